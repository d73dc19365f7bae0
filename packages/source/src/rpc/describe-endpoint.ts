/** What one endpoint says of itself and what it keeps. */
import type { BaleenError, BlockRange, EraName } from '@baleen/chain';
import { eraOfVersion, readVersions } from '@baleen/decode/consensus';
import { operatorError, sourceError } from '../errors.ts';
import { ifThere } from './facts.ts';
import { type Described, type Member, versionOf } from './member.ts';
import { Pool } from './pool.ts';
import { type NodeStatus, readStatus } from './status.ts';
import { type Answer, RpcRefusal, type TransportOptions } from './transport.ts';

/** Asks for its status and for results at both ends of what it keeps.
 * @throws BaleenError operator `SOURCE_EMPTY`, `SOURCE_ERA_UNSUPPORTED`; source `SOURCE_OVERSTATED`; what asking throws */
export async function describeEndpoint(
  member: Member,
  options: TransportOptions,
  signal: AbortSignal,
): Promise<Described> {
  const { address } = member;
  const status = await readStatus(member.transport, options);
  const era = eraOf(status, address);
  if (status.latest === 0)
    throw operatorError(
      'SOURCE_EMPTY',
      `open ${address}: expected blocks, found none; wait until the node has some`,
    );
  const pool = new Pool([member]);
  const alone: Ask = (route) => pool.ask({ route }, signal);
  const base = status.earliest ?? (await findBase(alone, status.latest));
  const results = await findResults(alone, base, status.latest);
  const isDoubtful = (results?.to ?? 0) < status.latest - 1;
  if (isDoubtful && !(await hasBlock(alone, status.latest))) throw overstated(address, status.latest);
  return {
    chainId: status.chainId,
    era,
    nodeVersion: status.version,
    base,
    head: status.latest,
    resultsBase: results?.from,
    resultsHead: results?.to,
    notes: notesOf(status, base, results),
  };
}

const overstated = (address: string, latest: number): BaleenError =>
  sourceError(
    'SOURCE_OVERSTATED',
    `open ${address}: expected block ${latest}, of which its status tells, found that it does not have it; use another endpoint`,
  );

type Ask = (route: string) => Promise<Answer>;

function notesOf(status: NodeStatus, base: number, results: BlockRange | undefined): string[] {
  const notes: string[] = [];
  if (status.catchingUp)
    notes.push(`the node is catching up: its head ${status.latest} is behind the chain's`);
  if (base > 1)
    notes.push(`blocks below ${base} are not there: pruned, or the chain or the node began there`);
  if (results === undefined) notes.push('no results: pruned or discarded by the node');
  else if (results.from > base || results.to < status.latest)
    notes.push(`results are there for ${results.from}..${results.to} of ${base}..${status.latest}`);
  return notes;
}

function eraOf({ version: text }: NodeStatus, address: string): EraName {
  const version = versionOf(text);
  const era = version && eraOfVersion(version);
  if (era !== undefined) return era.name;
  throw operatorError(
    'SOURCE_ERA_UNSUPPORTED',
    `open ${address}: expected a node of ${readVersions()}, found version '${text}'; this version of baleen cannot read it`,
  );
}

/** Nodes before 0.33.4 don't say where their blocks begin, and don't prune: at 1, or where they were started from. */
async function findBase(alone: Ask, head: number): Promise<number> {
  const has = (height: number): Promise<boolean> => hasBlock(alone, height);
  return (await has(1)) ? 1 : firstWith(has, 1, head);
}

async function hasBlock(alone: Ask, height: number): Promise<boolean> {
  try {
    const { result } = await alone(`/block?height=${height}`);
    return typeof result === 'object' && result !== null && 'block' in result && result.block !== null;
  } catch (error) {
    if (error instanceof RpcRefusal) return false;
    throw error;
  }
}

/** As a node prunes from below, and can be told to discard from some height on, they touch one end or the other. */
async function findResults(alone: Ask, base: number, head: number): Promise<BlockRange | undefined> {
  const has = async (height: number): Promise<boolean> =>
    (await ifThere(() => alone(`/block_results?height=${height}`))) !== undefined;
  for (const top of new Set([head, Math.max(base, head - 1)])) {
    if (!(await has(top))) continue;
    return { from: top === base || (await has(base)) ? base : await firstWith(has, base, top), to: top };
  }
  if (!(await has(base))) return undefined;
  let [low, high] = [base, head];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await has(middle)) low = middle;
    else high = middle;
  }
  return { from: base, to: low };
}

/** Lowest height with `has`, which is false at `without` and true at `found`. */
async function firstWith(
  has: (height: number) => Promise<boolean>,
  without: number,
  found: number,
): Promise<number> {
  let [low, high] = [without, found];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await has(middle)) high = middle;
    else low = middle;
  }
  return high;
}
