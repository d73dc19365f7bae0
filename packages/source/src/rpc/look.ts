/** An endpoint asked again what it is and how far it has come. */
import type { BaleenError } from '@baleen/chain';
import { isOfOtherEra } from '@baleen/decode/consensus';
import { sourceError } from '../errors.ts';
import { TransientError } from './failures.ts';
import type { Described, Member } from './member.ts';
import type { Pool } from './pool.ts';
import { type NodeStatus, readStatus, readStatusOfBlock } from './status.ts';

export type DescribedMember = Member & { described: Described };

export const isDescribed = (member: Member | undefined): member is DescribedMember =>
  member?.described !== undefined;

/** undefined: it can't be asked now, or is of another chain than it was and has to be described again.
 * @throws BaleenError source `SOURCE_CHANGED` when there is no other endpoint */
export async function look(member: DescribedMember, pool: Pool): Promise<NodeStatus | undefined> {
  const begunAt = performance.now();
  let status: NodeStatus;
  try {
    const read = member.hasNoStatus ? readStatusOfBlock : readStatus;
    status = await read(member.transport, (route) => member.transport.ask(route));
  } catch (error) {
    const retryAfterMs = error instanceof TransientError ? error.retryAfterMs : undefined;
    member.breaker.failed((error as Error).message, begunAt, 1, retryAfterMs);
    return undefined;
  }
  member.breaker.answered();
  const { described } = member as Member;
  if (described === undefined) return undefined;
  if (status.chainId === described.chainId && !isOfOtherEra(status.version, described.era)) {
    const isOther = [status.nodeId, described.nodeId].every((id) => id !== undefined);
    member.isMixed ||= isOther && status.nodeId !== described.nodeId;
    member.described = grown(described, status, member.isMixed);
    return status;
  }
  if (!pool.members.some((other) => other !== member && isDescribed(other))) throw changed(member, status);
  (member as Member).described = undefined;
  return undefined;
}

/** Where several nodes stand behind the address, the one that has pruned most does not speak for all. */
function grown(described: Described, status: NodeStatus, isMixed: boolean): Described {
  const { latest, earliest, version: nodeVersion } = status;
  const base = isMixed ? described.base : Math.max(described.base, earliest ?? 0);
  const { resultsBase } = described;
  const head = Math.max(latest, described.head);
  const results =
    resultsBase === undefined ? {} : { resultsBase: Math.max(resultsBase, base), resultsHead: head };
  return { ...described, nodeVersion, base, head, ...results };
}

const changed = ({ address, described }: DescribedMember, { chainId, version }: NodeStatus): BaleenError =>
  sourceError(
    'SOURCE_CHANGED',
    `read ${described.chainId} from ${address}: expected the node of version ${described.nodeVersion} that was there, ` +
      `found one of ${version} (chain ${chainId}); it has to be opened again`,
  );
