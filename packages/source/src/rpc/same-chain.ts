/** Whether the endpoints of a pool are of one chain, and which of them are not. */

import { BaleenError } from '@baleen/chain';
import { z } from 'zod';
import { operatorError } from '../errors.ts';
import { RpcRefusal } from './failures.ts';
import type { Described, Member } from './member.ts';
import { Pool } from './pool.ts';

/** Part of `/commit`, which is small however large the block is. */
const schema = z.object({
  signed_header: z.object({
    commit: z.object({ block_id: z.object({ hash: z.string() }) }),
  }),
});

type DescribedMember = Member & { readonly described: Described };

const isDescribed = (member: Member): member is DescribedMember => member.described !== undefined;

/** Refuses those that are of another chain, another stored format or another block than most are.
 * @returns what was found, in words
 * @throws BaleenError operator `SOURCE_NOT_ONE_CHAIN` when no more than half of them agree */
export async function agreeOnChain(members: readonly Member[]): Promise<string[]> {
  if (members.length === 1) return [];
  const notes = [
    ...refuseOthers(members, 'chain id', ({ described }) => described.chainId),
    ...refuseOthers(members, 'stored format', ({ described }) => described.era),
  ];
  const height = commonHeight(members);
  if (height === undefined)
    return [
      ...notes,
      'the endpoints have no height in common: that they are of one chain is known by its id only',
    ];
  const hashes = await hashesAt(members, height);
  if (new Set(hashes.values()).size < 2) return notes;
  // One wrong answer is a lie or a fault on the way, which the proof of the block will find; two are another chain.
  const below = await hashesAt(members, Math.max(1, height - 1));
  if (new Set(below.values()).size < 2) return notes;
  const asked = members.filter((member) => hashes.has(member));
  return [...notes, ...refuseOthers(asked, `hash of block ${height}`, (member) => hashes.get(member)!)];
}

const usable = (members: readonly Member[]): DescribedMember[] =>
  members.filter(isDescribed).filter(({ refused }) => refused === undefined);

function refuseOthers(
  members: readonly Member[],
  what: string,
  of: (member: DescribedMember) => string,
): string[] {
  const asked = usable(members);
  const values = asked.map(of);
  const most = mostOf(values);
  const agreeing = values.filter((value) => value === most).length;
  if (agreeing === asked.length) return [];
  const told = asked.map((member, index) => `${member.address} has ${values[index]}`).join(', ');
  if (agreeing * 2 <= asked.length)
    throw operatorError(
      'SOURCE_NOT_ONE_CHAIN',
      `open source: expected endpoints of one chain, found another ${what} at each: ${told}; name those of one chain`,
    );
  return asked.flatMap((member, index) => {
    if (values[index] === most) return [];
    member.refused = `${what} ${values[index]}, the others have ${most}`;
    return [`${member.address} is not used: ${member.refused}`];
  });
}

function mostOf(values: readonly string[]): string | undefined {
  const count = (value: string): number => values.filter((each) => each === value).length;
  return values.toSorted((left, right) => count(right) - count(left))[0];
}

/** Highest that all have. */
function commonHeight(members: readonly Member[]): number | undefined {
  const all = usable(members).map(({ described }) => described);
  const low = Math.max(...all.map(({ base }) => base));
  const high = Math.min(...all.map(({ head }) => head));
  return low <= high ? high : undefined;
}

/** Of those that answer. */
async function hashesAt(members: readonly Member[], height: number): Promise<Map<Member, string>> {
  const hashes = new Map<Member, string>();
  await Promise.all(
    usable(members).map(async (member) => {
      const hash = await hashAt(member, height);
      if (hash !== undefined) hashes.set(member, hash);
    }),
  );
  return hashes;
}

async function hashAt(member: Member, height: number): Promise<string | undefined> {
  try {
    const { result } = await new Pool([member]).ask({ route: `/commit?height=${height}` });
    const parsed = schema.safeParse(result);
    return parsed.success ? parsed.data.signed_header.commit.block_id.hash.toUpperCase() : undefined;
  } catch (error) {
    if (error instanceof RpcRefusal || error instanceof BaleenError) return undefined;
    throw error;
  }
}
