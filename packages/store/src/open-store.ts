import { BaleenError } from '@baleen/chain';
import { sql } from 'kysely';
import type pg from 'pg';
import { afterRedecode } from './chain/after-redecode.ts';
import { addPartitions, loadChain, prepareChain } from './chain/chains.ts';
import { finishChain } from './chain/finish.ts';
import { forget } from './chain/forget.ts';
import { storeGenesis } from './chain/genesis.ts';
import { readApplications } from './chain/learn-applications.ts';
import { type ChainLeaves, ensureLeaves, type LeafState } from './chain/leaves.ts';
import { replaceApplications } from './chain/replace-applications.ts';
import { databaseId, forgetEnqueued, readEnqueued, rememberEnqueued } from './ledger/enqueued.ts';
import { failedRanges, forgetFailure, recordFailure, retryFailures } from './ledger/failures.ts';
import { releaseLease, renewLease, takeLease } from './ledger/leases.ts';
import { missing } from './ledger/ledger.ts';
import { markOutdated } from './ledger/mark-outdated.ts';
import { outdatedTables, unreadableTables } from './ledger/outdated.ts';
import { migrate } from './migrate/migrate.ts';
import { forgetWorker, reportSources, reportWorker } from './operations/operations.ts';
import { readGaps, readStatus, waitingWorkers } from './operations/status.ts';
import { recordVerification } from './operations/verifications.ts';
import { openPool, type Queries, queriesOf } from './postgres/connections.ts';
import { removeState, replaceState } from './state/state.ts';
import type { RedecodeStore, Store, StoreOptions } from './store.ts';
import type { EncodedBatch } from './write/batch.ts';
import { readHead, rewriteBatch } from './write/rewrite.ts';
import { type WriteOptions, writeBatch } from './write/write.ts';

/** Opens a database by its URL; nothing is created until `migrate`.
 *
 * @throws BaleenError `STORE_ENCODING`; those of `explained` */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  const pool = openPool(url, options.holder);
  const db = queriesOf(pool);
  const write = writer(pool, db);
  try {
    await checkEncoding(db);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    migrate: (options) => migrate(pool, options),
    prepareChain: (chain) => prepareChain(pool, chain),
    applications: (chainId) => readApplications(db, chainId),
    replaceApplications: (chainId, choices, anew) => replaceApplications(pool, chainId, choices, anew),
    missing: (chainId, range, kinds) => missing(db, chainId, range, kinds),
    write: (batch, lease) => write.blocks(batch, { lease }),
    writeHead: (batch, lease) => write.blocks(batch, { lease, replacesUnproved: true }, 'indexed'),
    outdatedTables: (chainId) => outdatedTables(db, chainId),
    markOutdated: (chainId, asked) => markOutdated(pool, chainId, asked),
    unreadableTables: (chainId, heights) => unreadableTables(db, chainId, heights),
    head: (chainId) => readHead(db, chainId),
    rewrite: write.anew,
    afterRedecode: (chainId, names) => afterRedecode(pool, chainId, names),
    takeLease: (request) => takeLease(db, request),
    renewLease: (lease, forMs) => renewLease(db, lease, forMs),
    releaseLease: (lease) => releaseLease(db, lease),
    recordFailure: (chainId, range, reason, nextTry) => recordFailure(pool, chainId, range, reason, nextTry),
    failedRanges: (chainId, range) => failedRanges(db, chainId, range),
    forgetFailure: (chainId, range) => forgetFailure(db, chainId, range),
    retryFailures: (chainId, range) => retryFailures(db, chainId, range),
    rememberEnqueued: (asked) => rememberEnqueued(db, asked),
    enqueued: () => readEnqueued(db),
    forgetEnqueued: (done) => forgetEnqueued(db, done),
    databaseId: () => databaseId(db),
    finish: (chainId, signal) => finishChain(pool, chainId, signal),
    reportWorker: (report) => reportWorker(db, report),
    forgetWorker: (workerId) => forgetWorker(db, workerId),
    reportSources: (worker, chainId, sources) => reportSources(db, worker, chainId, sources),
    status: () => readStatus(db),
    waitingWorkers: () => waitingWorkers(db),
    gaps: () => readGaps(db),
    recordVerification: (verification) => recordVerification(db, verification),
    forget: (chainId, options) => forget(pool, chainId, options),
    storeGenesis: (chainId, chunks) => storeGenesis(pool, chainId, chunks),
    removeState: (chainId) => removeState(pool, chainId),
    replaceState: (state, copies, options) => replaceState(pool, state, copies, options),
    query: async (text, parameters = []) => (await pool.query(text, [...parameters])).rows,
    close: () => pool.end(),
  };
}

/** Memos and event attributes are any Unicode: another encoding would refuse some of them in the midst of a load. */
async function checkEncoding(db: Queries): Promise<void> {
  const { rows } = await sql<{ encoding: string; name: string }>`
    select current_setting('server_encoding') as encoding, current_database() as name`.execute(db);
  const { encoding, name } = rows[0]!;
  if (encoding === 'UTF8') return;
  throw new BaleenError(
    'operator',
    'STORE_ENCODING',
    `open database ${name}: expected encoding UTF8, found ${encoding}, which can't hold what chains hold; next: create database NAME encoding 'UTF8' locale 'C' template template0`,
  );
}

interface Writer {
  blocks(batch: EncodedBatch, options: WriteOptions, leafState?: LeafState): Promise<'written' | 'already'>;
  anew: RedecodeStore['rewrite'];
}

/** Writes batches. Remembers chains and leaves that it has seen, since nothing removes them while a process writes. */
function writer(pool: pg.Pool, db: Queries): Writer {
  const chains = new Map<string, ChainLeaves>();
  const leaves = new Set<string>();
  const prepared = async ({ chainId, range }: EncodedBatch, state?: LeafState): Promise<ChainLeaves> => {
    let chain = chains.get(chainId);
    if (chain === undefined) chains.set(chainId, (chain = await loadChain(db, chainId)));
    await ensureLeaves(pool, chain, range, leaves, state);
    return chain;
  };
  return {
    blocks: async (batch, options, leafState) =>
      writeBatch(pool, await prepared(batch, leafState), batch, options),
    async anew(batch, names, head) {
      if (!chains.has(batch.chainId)) await addPartitions(pool, batch.chainId);
      return rewriteBatch(pool, await prepared(batch), batch, names, head);
    },
  };
}
