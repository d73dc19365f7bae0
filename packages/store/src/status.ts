import type { Queries } from './connections.ts';
import { allMissingIndexes } from './finish.ts';
import type { ChainStatus, Gap } from './store.ts';

export async function readStatus(db: Queries): Promise<ChainStatus[]> {
  const chains = await db.selectFrom('baleen.chains').selectAll().orderBy('chain_id').execute();
  return Promise.all(
    chains.map(async (chain) => ({
      chainId: chain.chain_id,
      lineage: chain.lineage,
      headHeight: chain.head_height ?? undefined,
      completeTo: chain.complete_to ?? undefined,
      lagSeconds: chain.lag_seconds ?? undefined,
      lastWrite: chain.last_write ?? undefined,
      ranges: await db
        .selectFrom('baleen.coverage')
        .select(['from_height as from', 'to_height as to', 'kind'])
        .where('chain_id', '=', chain.chain_id)
        .where('kind', 'in', ['blocks', 'results'])
        .orderBy('kind')
        .orderBy('from_height')
        .$narrowType<{ kind: 'blocks' | 'results' }>()
        .execute(),
      failed: await db
        .selectFrom('baleen.failed_ranges')
        .select(['from_height as from', 'to_height as to', 'reason', 'attempts'])
        .where('chain_id', '=', chain.chain_id)
        .orderBy('from_height')
        .execute(),
      missingIndexes: await allMissingIndexes(db, chain.chain_id),
    })),
  );
}

export const readGaps = (db: Queries): Promise<Gap[]> =>
  db
    .selectFrom('baleen.gaps')
    .select(['chain_id as chainId', 'kind', 'reason', 'from_height as from', 'to_height as to'])
    .orderBy('chain_id')
    .orderBy('kind')
    .orderBy('from_height')
    .execute();
