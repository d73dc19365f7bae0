/** An endpoint asked again what it is and how far it has come. */
import type { BaleenError } from '@baleen/chain';
import { sourceError } from '../errors.ts';
import type { Described, Member } from './member.ts';
import type { Pool } from './pool.ts';
import { type NodeStatus, readStatus } from './status.ts';
import { type TransportOptions, Trouble } from './transport.ts';

export type DescribedMember = Member & { described: Described };

export const isDescribed = (member: Member | undefined): member is DescribedMember =>
  member?.described !== undefined;

/** undefined: it can't be asked now, or is another node than it was and has to be described again.
 * @throws BaleenError source `SOURCE_CHANGED` when there is no other endpoint */
export async function look(
  member: DescribedMember,
  pool: Pool,
  options: TransportOptions,
): Promise<NodeStatus | undefined> {
  const begunAt = performance.now();
  let status: NodeStatus;
  try {
    status = await readStatus(member.transport, options, 1);
  } catch (error) {
    const retryAfterMs = error instanceof Trouble ? error.retryAfterMs : undefined;
    member.breaker.failed((error as Error).message, begunAt, 1, retryAfterMs);
    return undefined;
  }
  member.breaker.answered();
  const { described } = member as Member;
  if (described === undefined) return undefined;
  if (status.chainId === described.chainId && status.version === described.nodeVersion) {
    member.described = grown(described, status);
    return status;
  }
  if (!pool.members.some((other) => other !== member && isDescribed(other))) throw changed(member, status);
  (member as Member).described = undefined;
  return undefined;
}

function grown(described: Described, { latest, earliest }: NodeStatus): Described {
  const base = Math.max(described.base, earliest ?? 0);
  const { resultsBase } = described;
  const results =
    resultsBase === undefined
      ? {}
      : { resultsBase: Math.max(resultsBase, base), resultsHead: Math.max(latest, described.head) };
  return { ...described, base, head: Math.max(latest, described.head), ...results };
}

const changed = ({ address, described }: DescribedMember, { chainId, version }: NodeStatus): BaleenError =>
  sourceError(
    'SOURCE_CHANGED',
    `read ${described.chainId} from ${address}: expected the node of version ${described.nodeVersion} that was there, ` +
      `found one of ${version} (chain ${chainId}); it has to be opened again`,
  );
