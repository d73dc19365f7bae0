import type { RpcRef } from '@baleen/chain';
import { operatorError } from '../errors.ts';
import type { SourceKind } from '../source-kind.ts';
import type { SourceOptions } from '../source-options.ts';
import { holdsSecrets, withoutSecrets } from './endpoint-address.ts';
import type { RpcSource } from './rpc-source.ts';
import { shareLimits } from './shared-limit.ts';

/** RPC endpoints, which anybody may run: each answer is proved by the hashes of the chain. */
export const rpcKind = (ref: RpcRef): SourceKind => ({
  open: (options) => open(ref, options),
  openLive: (options) => open(ref, options),
  openState() {
    throw operatorError(
      'STATE_NEEDS_FILES',
      `open state of ${withoutSecrets(ref.endpoints[0]!)}: expected a node's folder, found the address of its RPC, which has no way to read a whole state`,
    );
  },
  keepsState: false,
  canCrossCheck: true,
  // The block above a job is asked for to prove its last results, and again by the thread that reads it.
  leastHeightsPerJob: 200,
  isOneWalkAtATime: true,
  // JSON makes more garbage than bytes do: with 12 MB a sixth of a thread's time went into collecting.
  youngGenerationMb: 48,
  shareLimits: () => shareLimits(ref.endpoints.length),
  // An address that only those who were told it may use is not for a queue that others read.
  sharedAddresses: ref.headers !== undefined || ref.endpoints.some(holdsSecrets) ? [] : ref.endpoints,
});

/** Loads the packages for RPC when an endpoint is opened, so that threads that read files do without them. */
async function open(ref: RpcRef, options: SourceOptions): Promise<RpcSource> {
  const { openRpcSource } = await import('./open-rpc-source.ts');
  return openRpcSource(ref, options);
}
