/** Whether the endpoints of a pool are of one chain, and which of them are not. */

import { BaleenError } from '@baleen/chain';
import { z } from 'zod';
import { operatorError } from '../errors.ts';
import type { Endpoint, EndpointDescription } from './endpoint.ts';
import { EndpointPool } from './endpoint-pool.ts';
import { RpcRefusal } from './failures.ts';

/** Part of `/commit`, which is small however large the block is. */
const schema = z.object({
  signed_header: z.object({
    commit: z.object({ block_id: z.object({ hash: z.string() }) }),
  }),
});

type DescribedEndpoint = Endpoint & { readonly described: EndpointDescription };

const isDescribed = (endpoint: Endpoint): endpoint is DescribedEndpoint => endpoint.described !== undefined;

/** Refuses those that are of another chain, another stored format or another block than most are.
 * @returns what was found, in words
 * @throws BaleenError operator `SOURCE_NOT_ONE_CHAIN` when no more than half of them agree */
export async function agreeOnChain(endpoints: readonly Endpoint[]): Promise<string[]> {
  if (endpoints.length === 1) return [];
  const notes = [
    ...refuseOthers(endpoints, 'chain id', ({ described }) => described.chainId),
    ...refuseOthers(endpoints, 'stored format', ({ described }) => described.era),
  ];
  const height = commonHeight(endpoints);
  if (height === undefined)
    return [
      ...notes,
      'the endpoints have no height in common: that they are of one chain is known by its id only',
    ];
  const hashes = await hashesAt(endpoints, height);
  if (new Set(hashes.values()).size < 2) return notes;
  // One wrong answer is a lie or a fault on the way, which the proof of the block will find; two are another chain.
  const below = await hashesAt(endpoints, Math.max(1, height - 1));
  if (new Set(below.values()).size < 2) return notes;
  const asked = endpoints.filter((endpoint) => hashes.has(endpoint));
  return [...notes, ...refuseOthers(asked, `hash of block ${height}`, (endpoint) => hashes.get(endpoint)!)];
}

const usable = (endpoints: readonly Endpoint[]): DescribedEndpoint[] =>
  endpoints.filter(isDescribed).filter(({ refused }) => refused === undefined);

function refuseOthers(
  endpoints: readonly Endpoint[],
  what: string,
  of: (endpoint: DescribedEndpoint) => string,
): string[] {
  const asked = usable(endpoints);
  const values = asked.map(of);
  const most = mostOf(values);
  const agreeing = values.filter((value) => value === most).length;
  if (agreeing === asked.length) return [];
  const told = asked.map((endpoint, index) => `${endpoint.address} has ${values[index]}`).join(', ');
  if (agreeing * 2 <= asked.length)
    throw operatorError(
      'SOURCE_NOT_ONE_CHAIN',
      `open source: expected endpoints of one chain, found another ${what} at each: ${told}; name those of one chain`,
    );
  return asked.flatMap((endpoint, index) => {
    if (values[index] === most) return [];
    endpoint.refused = `${what} ${values[index]}, the others have ${most}`;
    return [`${endpoint.address} is not used: ${endpoint.refused}`];
  });
}

function mostOf(values: readonly string[]): string | undefined {
  const count = (value: string): number => values.filter((each) => each === value).length;
  return values.toSorted((left, right) => count(right) - count(left))[0];
}

/** Highest that all have. */
function commonHeight(endpoints: readonly Endpoint[]): number | undefined {
  const all = usable(endpoints).map(({ described }) => described);
  const low = Math.max(...all.map(({ base }) => base));
  const high = Math.min(...all.map(({ head }) => head));
  return low <= high ? high : undefined;
}

/** Asks the endpoints for the hash of the block at a height. The result has those that answered. */
async function hashesAt(endpoints: readonly Endpoint[], height: number): Promise<Map<Endpoint, string>> {
  const hashes = new Map<Endpoint, string>();
  await Promise.all(
    usable(endpoints).map(async (endpoint) => {
      const hash = await hashAt(endpoint, height);
      if (hash !== undefined) hashes.set(endpoint, hash);
    }),
  );
  return hashes;
}

async function hashAt(endpoint: Endpoint, height: number): Promise<string | undefined> {
  try {
    const { result } = await new EndpointPool([endpoint]).ask({ route: `/commit?height=${height}` });
    const parsed = schema.safeParse(result);
    return parsed.success ? parsed.data.signed_header.commit.block_id.hash.toUpperCase() : undefined;
  } catch (error) {
    if (error instanceof RpcRefusal || error instanceof BaleenError) return undefined;
    throw error;
  }
}
