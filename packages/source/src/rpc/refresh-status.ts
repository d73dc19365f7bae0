/** Asks an endpoint again for its chain, version and heights. */
import type { BaleenError } from '@baleen/chain';
import { isOfOtherEra } from '@baleen/decode/consensus';
import { sourceError } from '../errors.ts';
import type { Endpoint, EndpointDescription } from './endpoint.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { TransientError } from './failures.ts';
import { type NodeStatus, readStatus, readStatusOfBlock } from './status.ts';

export type DescribedEndpoint = Endpoint & { described: EndpointDescription };

export const isDescribed = (endpoint: Endpoint | undefined): endpoint is DescribedEndpoint =>
  endpoint?.described !== undefined;

/** Asks an endpoint for its status again.
 * @param signal  when aborted, the answer is no longer waited for
 * @returns undefined if the endpoint can't be asked now, if its node is now one of another chain or era and has to be described again, or
 *   if the signal was aborted
 * @throws BaleenError of kind source, `SOURCE_CHANGED`: its node is one of another chain or era, and there is no other endpoint */
export async function refreshStatus(
  endpoint: DescribedEndpoint,
  pool: EndpointPool,
  signal?: AbortSignal,
): Promise<NodeStatus | undefined> {
  const begunAt = performance.now();
  let status: NodeStatus;
  try {
    const read = endpoint.hasNoStatus ? readStatusOfBlock : readStatus;
    status = await read(endpoint.transport, (route) => endpoint.transport.ask(route, { signal }));
  } catch (error) {
    if (signal?.aborted) return undefined;
    const retryAfterMs = error instanceof TransientError ? error.retryAfterMs : undefined;
    endpoint.breaker.failed((error as Error).message, begunAt, 1, retryAfterMs);
    return undefined;
  }
  endpoint.breaker.answered();
  const { described } = endpoint as Endpoint;
  if (described === undefined) return undefined;
  if (status.chainId === described.chainId && !isOfOtherEra(status.version, described.era)) {
    const isOther = [status.nodeId, described.nodeId].every((id) => id !== undefined);
    endpoint.isMixed ||= isOther && status.nodeId !== described.nodeId;
    endpoint.described = grown(described, status, endpoint.isMixed);
    return status;
  }
  if (!pool.endpoints.some((other) => other !== endpoint && isDescribed(other)))
    throw changed(endpoint, status);
  (endpoint as Endpoint).described = undefined;
  return undefined;
}

/** Returns the description with the heights of the new status. If there are several nodes behind the address, the lowest height stays,
 * since the node that has pruned most does not speak for all. */
function grown(described: EndpointDescription, status: NodeStatus, isMixed: boolean): EndpointDescription {
  const { latest, earliest, version: nodeVersion } = status;
  const base = isMixed ? described.base : Math.max(described.base, earliest ?? 0);
  const { resultsBase } = described;
  const head = Math.max(latest, described.head);
  const results =
    resultsBase === undefined ? {} : { resultsBase: Math.max(resultsBase, base), resultsHead: head };
  return { ...described, nodeVersion, base, head, ...results };
}

const changed = ({ address, described }: DescribedEndpoint, { chainId, version }: NodeStatus): BaleenError =>
  sourceError(
    'SOURCE_CHANGED',
    `read ${described.chainId} from ${address}: expected the node of version ${described.nodeVersion} that was there, ` +
      `found one of ${version} (chain ${chainId}); it has to be opened again`,
  );
