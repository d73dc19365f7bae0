import type { BlockRange } from '@baleen/chain';
import { allMissingIndexes } from '../chain/finish.ts';
import { outdatedTables } from '../ledger/outdated.ts';
import type { Queries } from '../postgres/connections.ts';
import { storedState } from '../state/state.ts';
import type { ChainStatus, Gap, SourceStatus, WorkerStatus } from './chain-status.ts';

export async function readStatus(db: Queries): Promise<ChainStatus[]> {
  const chains = await db.selectFrom('baleen.chains').selectAll().orderBy('chain_id').execute();
  // What nobody asked for is not missing.
  const gaps = (await readGaps(db)).filter(({ reason }) => reason === 'blocks: not indexed yet');
  return Promise.all(
    chains.map(async (chain) => {
      const chainId = chain.chain_id;
      const found = {
        headHeight: chain.head_height ?? undefined,
        missing: gaps.filter((gap) => gap.chainId === chainId).map(({ from, to }) => ({ from, to })),
        sources: await sourcesOf(db, chainId),
        workers: await workersOf(db, chainId),
      };
      return {
        chainId,
        lineage: chain.lineage,
        ...found,
        ...speedOf(found),
        completeTo: chain.complete_to ?? undefined,
        lagSeconds: chain.lag_seconds ?? undefined,
        lastWrite: chain.last_write ?? undefined,
        ranges: await rangesOf(db, chainId),
        failed: await failedOf(db, chainId),
        state: await storedState(db, chainId),
        missingIndexes: await allMissingIndexes(db, chainId),
        outdatedTables: await outdatedTables(db, chainId),
      };
    }),
  );
}

type Found = Pick<ChainStatus, 'headHeight' | 'missing' | 'sources' | 'workers'>;
type Speed = Pick<ChainStatus, 'sourceHead' | 'lagBlocks' | 'heightsPerSecond' | 'secondsLeft'>;

function speedOf({ headHeight, missing, sources, workers }: Found): Speed {
  const heads = sources.map(({ head }) => head).filter((head) => head !== undefined);
  const sourceHead = heads.length === 0 ? undefined : Math.max(...heads);
  const heightsPerSecond = workers.reduce((sum, worker) => sum + worker.heightsPerSecond, 0);
  const lagBlocks =
    sourceHead === undefined || headHeight === undefined ? undefined : Math.max(0, sourceHead - headHeight);
  const isFollowed = workers.some(({ command, state }) => command === 'follow' && state === 'working');
  const top = Math.max(headHeight ?? 0, missing.at(-1)?.to ?? 0);
  const left = heightsIn(missing) + (isFollowed ? Math.max(0, (sourceHead ?? 0) - top) : 0);
  const secondsLeft = left > 0 && heightsPerSecond > 0 ? left / heightsPerSecond : undefined;
  return { sourceHead, lagBlocks, heightsPerSecond, secondsLeft };
}

const heightsIn = (ranges: readonly BlockRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

const rangesOf = (db: Queries, chainId: string) =>
  db
    .selectFrom('baleen.coverage')
    .select(['from_height as from', 'to_height as to', 'kind'])
    .where('chain_id', '=', chainId)
    .where('kind', 'in', ['blocks', 'results'])
    .orderBy('kind')
    .orderBy('from_height')
    .$narrowType<{ kind: 'blocks' | 'results' }>()
    .execute();

const failedOf = (db: Queries, chainId: string) =>
  db
    .selectFrom('baleen.failed_ranges')
    .select(['from_height as from', 'to_height as to', 'reason', 'attempts'])
    .where('chain_id', '=', chainId)
    .orderBy('from_height')
    .execute();

async function sourcesOf(db: Queries, chainId: string): Promise<SourceStatus[]> {
  const rows = await db
    .selectFrom('baleen.sources')
    .select(['address', 'host', 'backend', 'requests', 'errors', 'concurrency', 'readers'])
    .select(['head_height', 'trouble', 'trouble_since', 'last_seen'])
    .where('chain_id', '=', chainId)
    .orderBy('address')
    .orderBy('host')
    .execute();
  return rows.map(({ head_height, trouble, trouble_since, last_seen, ...same }) => ({
    ...same,
    head: head_height ?? undefined,
    trouble: trouble ?? undefined,
    troubleSince: trouble_since ?? undefined,
    lastSeen: last_seen,
  }));
}

const workers = (db: Queries) =>
  db
    .selectFrom('baleen.workers')
    .select([
      'worker_id as workerId',
      'host',
      'pid',
      'command',
      'state',
      'doing',
      'doing_since as doingSince',
    ])
    .select(['last_seen as lastSeen', 'heights', 'heights_per_second as heightsPerSecond'])
    .select('rss_bytes as rssBytes')
    .orderBy('host')
    .orderBy('pid');

const workersOf = (db: Queries, chainId: string): Promise<WorkerStatus[]> =>
  workers(db).where('chain_id', '=', chainId).execute();

export const waitingWorkers = (db: Queries): Promise<WorkerStatus[]> =>
  workers(db).where('chain_id', 'is', null).execute();

export const readGaps = (db: Queries): Promise<Gap[]> =>
  db
    .selectFrom('baleen.gaps')
    .select(['chain_id as chainId', 'kind', 'reason', 'from_height as from', 'to_height as to'])
    .orderBy('chain_id')
    .orderBy('kind')
    .orderBy('from_height')
    .execute();
