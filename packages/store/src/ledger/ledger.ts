import { type BlockRange, intersection, without } from '@baleen/chain';
import type { Runs } from '@baleen/tables';
import { sql } from 'kysely';
import { equalBytes } from '../hashes.ts';
import { type Queries, storeTable } from '../postgres/connections.ts';
import type { ContentRun } from '../write/batch.ts';
import type { LedgerKind, StoredKind } from './ledger-kinds.ts';

/** Stored ranges of a kind that overlap `near`, ascending. Default: all of the chain. */
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

/** Parts of `range` that lack one of `kinds`, ascending. Heights without a block and heights that lack only results are never joined: the
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

/** Ranges of heights of one kind that are to be added to the ledger. */
export interface LedgerEntry {
  readonly kind: StoredKind;
  /** Version of the table (see packages/tables) that made the rows; null if the kind is no table. */
  readonly version: number | null;
  readonly ranges: readonly BlockRange[];
}

/** Adds heights to the ledger. Ranges of one kind and version that touch become one. The caller holds the chain's lock. */
export async function addRanges(
  db: Queries,
  chainId: string,
  entries: readonly LedgerEntry[],
): Promise<void> {
  const added = entries.flatMap(({ ranges, ...entry }) => ranges.map((range) => ({ ...entry, ...range })));
  if (added.length === 0) return;
  await sql`
    with added as (
      select * from unnest(
        ${added.map(({ kind }) => kind)}::text[], ${added.map(({ version }) => version)}::int4[],
        ${added.map(({ from }) => from)}::int8[], ${added.map(({ to }) => to)}::int8[]
      ) as a (kind, version, from_height, to_height)
    ), touched as (
      delete from baleen_store.ranges r using added a
      where r.chain_id = ${chainId} and r.kind = a.kind and r.version is not distinct from a.version
        and r.from_height <= a.to_height + 1 and r.to_height >= a.from_height - 1
      returning r.kind, r.version, r.from_height, r.to_height
    ), joined as (
      select kind, version, range_agg(int8range(from_height, to_height, '[]')) as heights
      from (select * from added union all select * from touched) one
      group by kind, version
    )
    insert into baleen_store.ranges (chain_id, kind, version, from_height, to_height)
    select ${chainId}, kind, version, lower(part), upper(part) - 1 from joined, unnest(heights) as part`.execute(
    db,
  );
}

/** Adds runs of content. Neighbours with equal content become one, so that any order of writing gives the same rows. The caller holds the
 * chain's lock. */
export async function addRuns(
  db: Queries,
  chainId: string,
  { table, column }: Runs,
  runs: readonly ContentRun[],
): Promise<void> {
  const first = runs[0];
  const last = runs.at(-1);
  if (first === undefined || last === undefined) return;
  const stored = await sql<ContentRun>`
    delete from ${storeTable(table)}
    where chain_id = ${chainId} and from_height <= ${last.to + 1} and to_height >= ${first.from - 1}
    returning from_height as from, to_height as to, ${sql.ref(column)} as hash`.execute(db);
  const joined = joinRuns([...stored.rows, ...runs]);
  await sql`
    insert into ${storeTable(table)} (chain_id, from_height, to_height, ${sql.ref(column)})
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
