import type { BlockRange } from '@baleen/chain';
import type { ContentRun } from './batch.ts';
import { equalBytes } from './bytes.ts';
import type { Queryable } from './database.ts';
import { merged, without } from './ranges.ts';
import type { LedgerKind } from './store.ts';

export type StoredKind = LedgerKind | 'validator_sets' | 'consensus_params';

interface StoredRange {
  from: string;
  to: string;
}

/** Ranges of a kind that touch `near` (all without it), ascending. */
export async function ledgerRanges(
  client: Queryable,
  chainId: string,
  kind: StoredKind,
  near: BlockRange = { from: 0, to: Number.MAX_SAFE_INTEGER },
): Promise<BlockRange[]> {
  const { rows } = await client.query<StoredRange>(
    `select from_height as from, to_height as to from baleen_store.ranges
     where chain_id = $1 and kind = $2 and from_height <= $4 and to_height >= $3 order by from_height`,
    [chainId, kind, near.from, near.to],
  );
  return rows.map(({ from, to }) => ({ from: Number(from), to: Number(to) }));
}

/** Parts of `range` that lack one of `kinds`. Heights without blocks and heights without only results stay apart: the
 * former are written, the latter replaced. */
export async function missing(
  client: Queryable,
  chainId: string,
  range: BlockRange,
  kinds: readonly LedgerKind[],
): Promise<BlockRange[]> {
  const blocks = await ledgerRanges(client, chainId, 'blocks', range);
  const absent = without(range, blocks);
  if (!kinds.includes('results')) return absent;
  const results = await ledgerRanges(client, chainId, 'results', range);
  const bare = blocks
    .map(({ from, to }) => ({ from: Math.max(from, range.from), to: Math.min(to, range.to) }))
    .flatMap((part) => without(part, results));
  const all = kinds.includes('blocks') ? [...absent, ...bare] : bare;
  return all.sort((left, right) => left.from - right.from);
}

/** Adds ranges of a kind; those that touch become one. Under the chain's lock. */
export async function addRanges(
  client: Queryable,
  chainId: string,
  kind: StoredKind,
  added: readonly BlockRange[],
): Promise<void> {
  for (const range of merged(added)) {
    await client.query(
      `with touched as (
         delete from baleen_store.ranges
         where chain_id = $1 and kind = $2 and from_height <= $4 + 1 and to_height >= $3 - 1
         returning from_height, to_height
       )
       insert into baleen_store.ranges (chain_id, kind, from_height, to_height)
       select $1, $2, least($3, min(from_height)), greatest($4, max(to_height)) from touched`,
      [chainId, kind, range.from, range.to],
    );
  }
}

/** Where the ranges of content-addressed rows are kept. */
export interface RunTable {
  readonly kind: 'validator_sets' | 'consensus_params';
  readonly table: string;
  readonly hashColumn: string;
}

export const RUN_TABLES = {
  validatorSets: { kind: 'validator_sets', table: 'validator_set_ranges', hashColumn: 'validators_hash' },
  consensusParams: { kind: 'consensus_params', table: 'consensus_params_ranges', hashColumn: 'params_hash' },
} as const satisfies Record<string, RunTable>;

/** Adds runs of content; equal neighbours become one, so that any order of writing gives the same rows. Under the lock. */
export async function addRuns(
  client: Queryable,
  chainId: string,
  { kind, table, hashColumn }: RunTable,
  runs: readonly ContentRun[],
): Promise<void> {
  const first = runs[0];
  const last = runs.at(-1);
  if (first === undefined || last === undefined) return;
  const { rows } = await client.query<StoredRange & { hash: Buffer }>(
    `delete from baleen_store.${table} where chain_id = $1 and from_height <= $3 and to_height >= $2
     returning from_height as from, to_height as to, ${hashColumn} as hash`,
    [chainId, first.from - 1, last.to + 1],
  );
  const stored = rows.map(({ from, to, hash }) => ({ from: Number(from), to: Number(to), hash }));
  const joined = joinRuns([...stored, ...runs]);
  await client.query(
    `insert into baleen_store.${table} (chain_id, from_height, to_height, ${hashColumn})
     select $1, * from unnest($2::int8[], $3::int8[], $4::bytea[])`,
    [
      chainId,
      joined.map(({ from }) => from),
      joined.map(({ to }) => to),
      joined.map(({ hash }) => Buffer.from(hash)),
    ],
  );
  await addRanges(client, chainId, kind, runs);
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
