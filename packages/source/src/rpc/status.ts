/** What a node says about itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { statusSchema } from './schemas.ts';
import { notRpc, reasonOf, type Transport, type TransportOptions, unreachable } from './transport.ts';

export interface NodeStatus {
  readonly chainId: string;
  /** Without a `v` before it. */
  readonly version: string;
  readonly earliest: number | undefined;
  readonly latest: number;
  readonly catchingUp: boolean;
}

const ATTEMPTS = 5;
const TIMEOUT_MS = 15_000;

/** Asks by JSON-RPC, with cosmjs's client: a status is small, and its whole answer has one timeout. */
export async function readStatus(
  transport: Transport,
  options: TransportOptions,
  attempts = ATTEMPTS,
): Promise<NodeStatus> {
  const { address, headers } = transport.endpoint;
  const url = `${address}/status`;
  const result = await withRetry(attempts, options.retryMs ?? 250, () =>
    transport.bounded(() => askStatus(url)),
  );
  const parsed = statusSchema.safeParse(result);
  if (!parsed.success) throw notRpc(url, `one that is no status (${parsed.error.issues[0]?.message})`);
  const { node_info, sync_info } = parsed.data;
  return {
    chainId: node_info.network,
    version: node_info.version.replace(/^v/, ''),
    // 0: the node has no block yet.
    earliest: Number(sync_info.earliest_block_height ?? 0) || undefined,
    latest: Number(sync_info.latest_block_height),
    catchingUp: sync_info.catching_up,
  };

  async function askStatus(where: string): Promise<unknown> {
    // Loaded when a node is asked: it is most of the code that `baleen` would load.
    const { HttpClient } = await import('@cosmjs/tendermint-rpc');
    const client = new HttpClient({ url: address, headers }, options.timeoutMs ?? TIMEOUT_MS);
    try {
      const response = await client.execute({ jsonrpc: '2.0', id: 1, method: 'status', params: {} });
      return response.result;
    } catch (error) {
      throw explain(where, error);
    }
  }
}

/** A node that may come back in a moment; a refused connection or an unknown host is told at once. */
class Passing extends Error {}

async function withRetry<Result>(
  attempts: number,
  retryMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      if (attempt === attempts) throw error.cause;
      await sleep(retryMs * 2 ** (attempt - 1));
    }
  }
}

function explain(url: string, error: unknown): unknown {
  const { cause } = error as { cause?: unknown };
  const status = httpStatus(cause);
  if (status !== undefined) {
    const passing = status === 429 || status >= 500;
    const told = passing
      ? unreachable(url, `HTTP status ${status}`, error)
      : notRpc(url, `HTTP status ${status}`);
    return passing ? new Passing('passing', { cause: told }) : told;
  }
  if (error instanceof SyntaxError) return notRpc(url, `text that is none (${error.message})`);
  if (error instanceof DOMException || cause instanceof Error)
    return unreachable(url, reasonOf(error), error);
  return notRpc(url, reasonOf(error));
}

const httpStatus = (cause: unknown): number | undefined =>
  typeof cause === 'object' && cause !== null && 'status' in cause ? Number(cause.status) : undefined;
