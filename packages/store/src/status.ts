import type pg from 'pg';
import { allMissingIndexes } from './finish.ts';
import type { ChainStatus, Gap, LedgerKind } from './store.ts';

interface ChainRow {
  chain_id: string;
  lineage: string;
  head_height: string | null;
  complete_to: string | null;
  lag_seconds: number | null;
  last_write: Date | null;
}

interface RangeRow {
  chain_id: string;
  kind: LedgerKind;
  from_height: string;
  to_height: string;
  reason: string;
  attempts: number;
}

export async function readStatus(pool: pg.Pool): Promise<ChainStatus[]> {
  const chains = await pool.query<ChainRow>('select * from baleen.chains order by chain_id');
  const ranges = await pool.query<RangeRow>(
    `select * from baleen.coverage where kind in ('blocks', 'results') order by chain_id, kind, from_height`,
  );
  const failed = await pool.query<RangeRow>(
    'select * from baleen.failed_ranges order by chain_id, from_height',
  );
  return Promise.all(
    chains.rows.map(async (row) => ({
      chainId: row.chain_id,
      lineage: row.lineage,
      headHeight: row.head_height === null ? undefined : Number(row.head_height),
      completeTo: row.complete_to === null ? undefined : Number(row.complete_to),
      lagSeconds: row.lag_seconds ?? undefined,
      lastWrite: row.last_write ?? undefined,
      ranges: ranges.rows
        .filter(({ chain_id }) => chain_id === row.chain_id)
        .map((range) => ({ ...heights(range), kind: range.kind })),
      failed: failed.rows
        .filter(({ chain_id }) => chain_id === row.chain_id)
        .map((range) => ({ ...heights(range), reason: range.reason, attempts: range.attempts })),
      missingIndexes: await allMissingIndexes(pool, row.chain_id),
    })),
  );
}

export async function readGaps(pool: pg.Pool): Promise<Gap[]> {
  const { rows } = await pool.query<RangeRow>(
    'select * from baleen.gaps order by chain_id, kind, from_height',
  );
  return rows.map((row) => ({ chainId: row.chain_id, kind: row.kind, reason: row.reason, ...heights(row) }));
}

const heights = (row: RangeRow) => ({ from: Number(row.from_height), to: Number(row.to_height) });
