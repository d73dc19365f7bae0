import { type BlockRange, intersection, merged, without } from '@baleen/chain';
import { sql } from 'kysely';
import type { ContentRun } from './batch.ts';
import { equalBytes } from './bytes.ts';
import { literal, type Queries, run } from './connections.ts';
import type { LedgerKind } from './store.ts';

export type StoredKind = LedgerKind | 'validator_sets' | 'consensus_params' | `state:${string}`;

/** Ranges of a kind that touch `near` (all without it), ascending. */
export const ledgerRanges = (
  db: Queries,
  chainId: string,
  kind: StoredKind,
  near: BlockRange = { from: 0, to: Number.MAX_SAFE_INTEGER },
): Promise<BlockRange[]> =>
  db
    .selectFrom('ranges')
    .select(['from_height as from', 'to_height as to'])
    .where('chain_id', '=', chainId)
    .where('kind', '=', kind)
    .where('from_height', '<=', near.to)
    .where('to_height', '>=', near.from)
    .orderBy('from_height')
    .execute();

/** Parts of `range` that lack one of `kinds`. Heights without blocks and heights without only results stay apart: the
 * former are written, the latter replaced. */
export async function missing(
  db: Queries,
  chainId: string,
  range: BlockRange,
  kinds: readonly LedgerKind[],
): Promise<BlockRange[]> {
  const blocks = await ledgerRanges(db, chainId, 'blocks', range);
  const absent = without(range, blocks);
  if (!kinds.includes('results')) return absent;
  const results = await ledgerRanges(db, chainId, 'results', range);
  const bare = blocks
    .flatMap((there) => intersection(there, range) ?? [])
    .flatMap((part) => without(part, results));
  const all = kinds.includes('blocks') ? [...absent, ...bare] : bare;
  return all.sort((left, right) => left.from - right.from);
}

/** Adds ranges of kinds, all in one query; those that touch become one. Under the chain's lock. */
export async function addRanges(
  db: Queries,
  chainId: string,
  added: readonly (readonly [StoredKind, readonly BlockRange[]])[],
): Promise<void> {
  const statements = added.flatMap(([kind, ranges]) =>
    merged(ranges).map(
      ({ from, to }) => `
      with touched as (
        delete from baleen_store.ranges
        where chain_id = ${literal(chainId)} and kind = ${literal(kind)} and from_height <= ${to + 1} and to_height >= ${from - 1}
        returning from_height, to_height
      )
      insert into baleen_store.ranges (chain_id, kind, from_height, to_height)
      select ${literal(chainId)}, ${literal(kind)}, least(${from}, min(from_height)), greatest(${to}, max(to_height))
      from touched`,
    ),
  );
  await run(db, statements.join(';'));
}

/** Where the ranges of content-addressed rows are kept. */
export interface RunTable {
  readonly kind: 'validator_sets' | 'consensus_params';
  readonly table: string;
  readonly hashColumn: string;
}

export const RUN_TABLES = {
  validatorSets: {
    kind: 'validator_sets',
    table: 'baleen_store.validator_set_ranges',
    hashColumn: 'validators_hash',
  },
  consensusParams: {
    kind: 'consensus_params',
    table: 'baleen_store.consensus_params_ranges',
    hashColumn: 'params_hash',
  },
} as const satisfies Record<string, RunTable>;

/** Adds runs of content; equal neighbours become one, so that any order of writing gives the same rows. Under the lock. */
export async function addRuns(
  db: Queries,
  chainId: string,
  { table, hashColumn }: RunTable,
  runs: readonly ContentRun[],
): Promise<void> {
  const first = runs[0];
  const last = runs.at(-1);
  if (first === undefined || last === undefined) return;
  const stored = await sql<ContentRun>`
    delete from ${sql.table(table)}
    where chain_id = ${chainId} and from_height <= ${last.to + 1} and to_height >= ${first.from - 1}
    returning from_height as from, to_height as to, ${sql.ref(hashColumn)} as hash`.execute(db);
  const joined = joinRuns([...stored.rows, ...runs]);
  await sql`
    insert into ${sql.table(table)} (chain_id, from_height, to_height, ${sql.ref(hashColumn)})
    select ${chainId}, * from unnest(
      ${joined.map(({ from }) => from)}::int8[], ${joined.map(({ to }) => to)}::int8[],
      ${joined.map(({ hash }) => Buffer.from(hash))}::bytea[]
    )`.execute(db);
}

function joinRuns(runs: readonly ContentRun[]): ContentRun[] {
  const result: { hash: Uint8Array; from: number; to: number }[] = [];
  for (const run of runs.toSorted((left, right) => left.from - right.from)) {
    const before = result.at(-1);
    if (before !== undefined && run.from <= before.to + 1 && equalBytes(before.hash, run.hash))
      before.to = Math.max(before.to, run.to);
    else result.push({ ...run });
  }
  return result;
}
