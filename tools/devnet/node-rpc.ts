/** The few questions that the runner itself has to its node. */

export interface NodeRpc {
  /** 0 before the first block. */
  height(): Promise<number>;
  /** What `abci_query` answers. */
  query(path: string, data: Uint8Array): Promise<Buffer>;
  /** Code of CheckTx; 0: it is in the mempool. */
  broadcast(tx: Uint8Array): Promise<{ readonly code: number; readonly log: string }>;
}

export function createNodeRpc(url: string): NodeRpc {
  const call = async (method: string, params: Record<string, string>): Promise<Record<string, unknown>> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const response = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(10_000) });
    const { result, error } = (await response.json()) as {
      result?: Record<string, unknown>;
      error?: unknown;
    };
    if (result === undefined) throw new Error(`${method} of ${url}: ${JSON.stringify(error)}`);
    return result;
  };
  return {
    async height() {
      const { sync_info } = (await call('status', {})) as { sync_info: { latest_block_height: string } };
      return Number(sync_info.latest_block_height);
    },
    async query(path, data) {
      const { response } = (await call('abci_query', { path, data: Buffer.from(data).toString('hex') })) as {
        response: { value?: string; log?: string };
      };
      if (!response.value) throw new Error(`abci_query ${path} of ${url}: ${response.log}`);
      return Buffer.from(response.value, 'base64');
    },
    async broadcast(tx) {
      const { code, log } = await call('broadcast_tx_sync', { tx: Buffer.from(tx).toString('base64') });
      return { code: Number(code), log: String(log) };
    },
  };
}
