import { BaleenError, type BlockRange, covers, shownRange } from '@baleen/chain';
import { type Content, contentTables, tableNames, tables } from '@baleen/tables';
import type pg from 'pg';
import type { ChainLeaves } from '../chain/leaves.ts';
import { equalBytes, shortHash } from '../hashes.ts';
import { forgetWrittenFailures } from '../ledger/failures.ts';
import { checkLease, type Lease } from '../ledger/leases.ts';
import { addRanges, addRuns, ledgerRanges } from '../ledger/ledger.ts';
import { addUndecoded } from '../ledger/undecoded.ts';
import { type Queries, transaction } from '../postgres/connections.ts';
import { lockChain } from '../postgres/locks.ts';
import { notify } from '../postgres/notify.ts';
import type { EncodedBatch } from './batch.ts';
import { copyAll } from './copy.ts';
import { removeHeights } from './heights.ts';
import { insertMissedVotes, keysTaken, nameAbsent, nameOperators } from './missed-votes.ts';
import { insertContent, staged } from './staging.ts';
import { tried } from './tried.ts';

/** new: the database has no height of the batch. replace: it has the blocks without results, and the batch has results; or it has the first
 * block with results that nothing proves. already: it has all that the batch has. */
type Mode = 'new' | 'replace' | 'already';

export interface WriteOptions {
  /** Lease of the job that writes. Without a lease only the ledger keeps others from writing the range. */
  readonly lease?: Lease | undefined;
  /** Whether the batch may begin with the highest block of a stored range and replace it: its second block proves the results. */
  readonly replacesUnproved?: boolean;
}

/** Writes a batch in one transaction: rows, content, checks of neighbours, ledger, notification.
 *
 * @throws BaleenError `STORE_FENCED`, `STORE_OVERLAP`, `STORE_BROKEN_NEIGHBOUR`, `STORE_RESULTS_REFUTED`, `STORE_OTHER_BLOCK`,
 *   `STORE_LIMIT`; those of `explained` */
export async function writeBatch(
  pool: pg.Pool,
  chain: ChainLeaves,
  batch: EncodedBatch,
  options: WriteOptions = {},
): Promise<'written' | 'already'> {
  return tried(batch, () => transaction(pool, (db, client) => writeOnce(db, client, chain, batch, options)));
}

async function writeOnce(
  db: Queries,
  client: pg.PoolClient,
  chain: ChainLeaves,
  batch: EncodedBatch,
  { lease, replacesUnproved = false }: WriteOptions,
): Promise<'written' | 'already'> {
  let mode = await modeOf(db, batch, replacesUnproved);
  if (mode === 'already') return 'already';
  let keysBefore: readonly Uint8Array[] = [];
  if (mode === 'replace') {
    await lockChain(db, chain.number);
    mode = await modeOf(db, batch, replacesUnproved);
    if (mode === 'already') return 'already';
    keysBefore = await keysTaken(db, batch.chainId, batch.range);
    await removeHeights(db, batch.chainId, batch.range);
  }
  await copyAll(client, await staged(db, batch));
  await lockChain(db, chain.number);
  if (lease !== undefined) await checkLease(db, lease);
  await checkNeighbours(db, batch);
  await insertContent(db, batch);
  await addToLedger(db, batch);
  await nameVoters(db, batch, keysBefore);
  await notify(db, batch.chainId, batch.range);
  return 'written';
}

async function modeOf(db: Queries, batch: EncodedBatch, replacesUnproved: boolean): Promise<Mode> {
  const { chainId, range } = batch;
  const blocks = await ledgerRanges(db, chainId, 'blocks', range);
  if (blocks.length === 0) return 'new';
  const results = await ledgerRanges(db, chainId, 'results', range);
  if (covers(blocks, range)) {
    await checkEqual(db, batch);
    if (!batch.hasResults || covers(results, range)) return 'already';
    if (results.length === 0) return 'replace';
  }
  if (replacesUnproved && beginsUnproved(batch, blocks)) {
    await checkFirst(db, batch);
    return 'replace';
  }
  throw overlap(batch, blocks, results);
}

/** Whether the database has the batch's first block and no other of it. Nothing stored proves that block's results yet; the batch's second
 * block proves those of the batch. */
const beginsUnproved = ({ range, hasResults }: EncodedBatch, blocks: readonly BlockRange[]): boolean =>
  hasResults && range.to > range.from && blocks.length === 1 && blocks[0]!.to === range.from;

async function checkFirst(db: Queries, { chainId, first }: EncodedBatch): Promise<void> {
  const stored = await db
    .selectFrom('blocks')
    .select('block_hash')
    .where('chain_id', '=', chainId)
    .where('height', '=', first.height)
    .executeTakeFirstOrThrow();
  if (!equalBytes(stored.block_hash, first.blockHash))
    throw otherBlock(chainId, `block ${first.height}`, first.blockHash, stored.block_hash);
}

/** Checks that stored blocks equal those of the batch. Comparing the last hash is enough: it covers all blocks before. */
async function checkEqual(db: Queries, { chainId, last }: EncodedBatch): Promise<void> {
  const stored = await db
    .selectFrom('blocks')
    .select(['block_hash', 'results_hash'])
    .where('chain_id', '=', chainId)
    .where('height', '=', last.height)
    .executeTakeFirstOrThrow();
  if (!equalBytes(stored.block_hash, last.blockHash))
    throw otherBlock(chainId, `block ${last.height}`, last.blockHash, stored.block_hash);
  if (
    stored.results_hash !== null &&
    last.resultsHash !== undefined &&
    !equalBytes(stored.results_hash, last.resultsHash)
  )
    throw otherBlock(chainId, `results of ${last.height}`, last.resultsHash, stored.results_hash);
}

/** Says who missed the votes of the batch; and of votes above it, which were written before, what only the batch tells: the absent of its
 * last height, and the operators of its keys.
 *
 * @param keysBefore  consensus addresses that operators took in the blocks that the batch replaces */
async function nameVoters(
  db: Queries,
  { chainId, range, copies, runs }: EncodedBatch,
  keysBefore: readonly Uint8Array[],
): Promise<void> {
  if (copies.missed_votes !== undefined) await insertMissedVotes(db);
  if (runs.validator_sets?.at(-1)?.to === range.to) await nameAbsent(db, chainId, range.to);
  const keysNow = copies.validator_operators === undefined ? [] : await keysTaken(db, chainId, range);
  await nameOperators(db, chainId, [...keysBefore, ...keysNow], range.to);
}

/** Checks that the batch joins the stored blocks below and above it. The chain's lock is held, as others may have written them just now. */
async function checkNeighbours(db: Queries, { chainId, first, last }: EncodedBatch): Promise<void> {
  const neighbours = await db
    .selectFrom('blocks')
    .select(['height', 'block_hash', 'results_hash', 'last_block_hash', 'last_results_hash'])
    .where('chain_id', '=', chainId)
    .where('height', 'in', [first.height - 1, last.height + 1])
    .execute();
  const check = (what: string, said: Uint8Array, real: Uint8Array | null | undefined): void => {
    if (real !== null && real !== undefined && !equalBytes(said, real))
      throw brokenNeighbour(chainId, { from: first.height, to: last.height }, what, said, real);
  };
  for (const stored of neighbours) {
    if (stored.height < first.height) {
      check(`parent of ${first.height}`, first.lastBlockHash, stored.block_hash);
      if (stored.results_hash !== null && !equalBytes(first.lastResultsHash, stored.results_hash))
        throw resultsRefuted(chainId, first, stored.results_hash);
    } else {
      check(`stored parent of ${stored.height}`, stored.last_block_hash, last.blockHash);
      check(`stored last_results_hash of ${stored.height}`, stored.last_results_hash, last.resultsHash);
    }
  }
}

async function addToLedger(db: Queries, batch: EncodedBatch): Promise<void> {
  const { chainId, range } = batch;
  for (const table of contentTables) {
    const { runs } = tables[table].storage as Content;
    if (runs !== undefined) await addRuns(db, chainId, runs, batch.runs[table] ?? []);
  }
  await addRanges(db, chainId, [
    { kind: 'blocks', version: null, ranges: [range] },
    { kind: 'results', version: null, ranges: batch.hasResults ? [range] : [] },
    ...tableNames.map((table) => ({
      kind: `table:${table}` as const,
      version: tables[table].version,
      ranges: batch.covered[table],
    })),
  ]);
  await addUndecoded(db, chainId, batch.undecoded);
  await forgetWrittenFailures(db, chainId, range, batch.hasResults ? 'results' : 'blocks');
}

function overlap(
  { chainId, range }: EncodedBatch,
  blocks: readonly BlockRange[],
  results: readonly BlockRange[],
): BaleenError {
  const there = blocks.map(shownRange).join(', ');
  const withResults = results.map(shownRange).join(', ') || 'none';
  return new BaleenError(
    'source',
    'STORE_OVERLAP',
    `write blocks ${shownRange(range)} of ${chainId}: a part is there already (blocks ${there}; results ${withResults}), another ` +
      'process may be writing; nothing written; ask again what is missing and write only that',
  );
}

const brokenNeighbour = (
  chainId: string,
  range: BlockRange,
  what: string,
  said: Uint8Array,
  real: Uint8Array,
): BaleenError =>
  new BaleenError(
    'data',
    'STORE_BROKEN_NEIGHBOUR',
    `write blocks ${shownRange(range)} of ${chainId}: ${what} is ${shortHash(said)}, the block beside it has ${shortHash(real)}; ` +
      'nothing written, source and database differ',
  );

const resultsRefuted = (
  chainId: string,
  { height, lastResultsHash }: EncodedBatch['first'],
  stored: Uint8Array,
): BaleenError =>
  new BaleenError(
    'data',
    'STORE_RESULTS_REFUTED',
    `write block ${height} of ${chainId}: by its header the results of ${height - 1} have the hash ${shortHash(lastResultsHash)}, those stored ` +
      `have ${shortHash(stored)}: one of them is false; nothing written, ask for both blocks again`,
  );

const otherBlock = (chainId: string, what: string, source: Uint8Array, stored: Uint8Array): BaleenError =>
  new BaleenError(
    'data',
    'STORE_OTHER_BLOCK',
    `write ${chainId}: ${what} is ${shortHash(source)} in the source, ${shortHash(stored)} in the database; nothing written, ` +
      'source and database differ',
  );
