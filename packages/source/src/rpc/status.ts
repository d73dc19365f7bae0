/** Reads what a node says about itself: its version, id and heights. */
import type { RpcClient } from '@cosmjs/tendermint-rpc';
import { atRoute } from './endpoint-address.ts';
import { notRpc } from './failures.ts';
import { headSchema, statusSchema } from './schemas.ts';
import type { Transport } from './transport.ts';

export interface NodeStatus {
  readonly chainId: string;
  /** Version of the node's software, without a leading `v`. It is only a hint: a build may name a branch, a commit or nothing. */
  readonly version: string;
  /** Id of the node, hexadecimal; undefined if a gateway in front of the node does not tell it. */
  readonly nodeId: string | undefined;
  /** Lowest height that the node has; undefined if it doesn't say (before 0.33.4) or has no block yet. */
  readonly earliest: number | undefined;
  readonly latest: number;
  readonly catchingUp: boolean;
}

type Ask = (route: string) => Promise<{ readonly result: unknown }>;

/** Reads the status of a node from `/status`.
 * @throws BaleenError of kind operator, `SOURCE_NOT_RPC`; the error of `ask` */
export async function readStatus({ endpoint }: Transport, ask: Ask): Promise<NodeStatus> {
  const { result } = await ask('/status');
  return (await typedStatus(result)) ?? looseStatus(result, atRoute(endpoint.address, '/status'));
}

/** Reads a status answer with cosmjs's client for 0.37 to 1.x. Returns undefined if the client refuses the answer's shape.
 *
 * The client wants every field of those versions to be there and not empty. The answers of gateways and of older nodes are not like
 * that. */
async function typedStatus(result: unknown): Promise<NodeStatus | undefined> {
  // This module is most of the code that `baleen` would load, so it is only loaded when a node is asked.
  const { Comet38Client } = await import('@cosmjs/tendermint-rpc');
  const answered: RpcClient = {
    execute: async ({ id }) => ({ jsonrpc: '2.0', id, result }),
    disconnect: () => undefined,
  };
  try {
    const { nodeInfo, syncInfo } = await Comet38Client.create(answered).status();
    return {
      chainId: nodeInfo.network,
      version: nodeInfo.version.replace(/^v/, ''),
      nodeId: Buffer.from(nodeInfo.id).toString('hex'),
      earliest: syncInfo.earliestBlockHeight,
      latest: syncInfo.latestBlockHeight,
      catchingUp: syncInfo.catchingUp,
    };
  } catch {
    return undefined;
  }
}

/** Reads a status answer that may lack fields.
 * @throws BaleenError of kind operator, `SOURCE_NOT_RPC` */
function looseStatus(result: unknown, url: string): NodeStatus {
  const parsed = statusSchema.safeParse(result);
  if (!parsed.success) throw notRpc(url, `one that is no status (${parsed.error.issues[0]?.message})`);
  const { node_info, sync_info } = parsed.data;
  return {
    chainId: node_info.network,
    version: (node_info.version ?? '').replace(/^v/, ''),
    nodeId: node_info.id?.toLowerCase() || undefined,
    // 0 means that the node has no block yet.
    earliest: Number(sync_info.earliest_block_height ?? 0) || undefined,
    latest: Number(sync_info.latest_block_height),
    catchingUp: sync_info.catching_up ?? false,
  };
}

/** Makes the status of a node that denies `/status` from its newest block.
 * @throws BaleenError of kind operator, `SOURCE_NOT_RPC`; the error of `ask` */
export async function readStatusOfBlock({ endpoint }: Transport, ask: Ask): Promise<NodeStatus> {
  const parsed = headSchema.safeParse((await ask('/block')).result);
  if (!parsed.success)
    throw notRpc(
      atRoute(endpoint.address, '/block'),
      `one that is no block (${parsed.error.issues[0]?.message})`,
    );
  const { chain_id, height } = parsed.data.block.header;
  return {
    ...{ chainId: chain_id, version: '', nodeId: undefined, earliest: undefined },
    ...{ latest: Number(height), catchingUp: false },
  };
}
