import { BaleenError, type Block, type BlockRange, merged } from '@baleen/chain';
import {
  type Content,
  type ContentTable,
  contentTables,
  hasNeeded,
  type Seen,
  type Table,
  type TableName,
  tableNames,
  tables,
} from '@baleen/tables';
import { equalBytes, shortHash } from '../hashes.ts';
import { UndecodedCounter } from '../ledger/undecoded-counter.ts';
import type { ContentRun, EncodedBatch } from './batch.ts';
import { RowEncoder } from './encode-rows.ts';

/** Encodes blocks of consecutive heights as one batch. It runs in worker threads and takes most of their time.
 *
 * @param names  tables for which the batch has rows; default: all
 * @throws BaleenError `STORE_BROKEN_LINK`: a block does not follow the one before */
export function encodeBlocks(
  blocks: readonly Block[],
  names: readonly TableName[] = tableNames,
): EncodedBatch {
  const first = blocks[0];
  const last = blocks.at(-1);
  if (first === undefined || last === undefined) throw new TypeError('encodeBlocks: no blocks');
  checkLinks(blocks);
  const { rowCounts, copies, undecoded, bytes } = encodeTables(blocks, names);
  return {
    chainId: first.chainId,
    range: { from: first.height, to: last.height },
    hasResults: first.results !== undefined,
    rowCounts,
    copies,
    undecoded,
    bytes,
    first: {
      height: first.height,
      blockHash: owned(first.id.hash),
      lastBlockHash: owned(first.header.lastBlockId.hash),
      lastResultsHash: owned(first.header.lastResultsHash),
    },
    last: {
      height: last.height,
      blockHash: owned(last.id.hash),
      resultsHash: last.results === undefined ? undefined : owned(last.results.hash),
    },
    covered: coveredBy(blocks),
    runs: contentRuns(blocks),
  };
}

/** Returns the buffers of a batch, which `postMessage(batch, transferables(batch))` transfers instead of copying. */
export const transferables = (batch: EncodedBatch): ArrayBuffer[] =>
  Object.values(batch.copies).map((copy) => copy.buffer as ArrayBuffer);

/** An encoder per table. Each thread loads this module once, and keeps its encoders with their buffers for all of its batches. */
const encoders = new Map(tableNames.map((name) => [name, new RowEncoder(tables[name] as Table<object>)]));

type EncodedTables = Pick<EncodedBatch, 'rowCounts' | 'copies' | 'undecoded' | 'bytes'>;

function encodeTables(blocks: readonly Block[], names: readonly TableName[]): EncodedTables {
  const rowCounts = Object.fromEntries(tableNames.map((name) => [name, 0])) as Record<TableName, number>;
  const copies: Partial<Record<TableName, Uint8Array>> = {};
  const counter = new UndecodedCounter();
  let bytes = 0;
  for (const name of names) {
    const table = tables[name] as Table<object>;
    const encoder = encoders.get(name)!;
    encoder.reset();
    const seen: Seen = new Set();
    for (const block of blocks) {
      const rows = table.rows(block, seen);
      encoder.append(rows);
      counter.append(name, rows);
    }
    rowCounts[name] = encoder.count;
    if (encoder.count === 0) continue;
    const copy = encoder.take();
    copies[name] = copy;
    bytes += copy.length;
  }
  return { rowCounts, copies, undecoded: counter.take(), bytes };
}

/** Checks that each block follows the one before by height, parent hash and results hash, and that either all blocks have results or
 * none. */
function checkLinks(blocks: readonly Block[]): void {
  for (let index = 1; index < blocks.length; index++) {
    const before = blocks[index - 1]!;
    const block = blocks[index]!;
    if (block.height !== before.height + 1 || block.chainId !== before.chainId)
      throw new TypeError(
        `encodeBlocks: ${block.chainId} ${block.height} after ${before.chainId} ${before.height}`,
      );
    if ((block.results === undefined) !== (before.results === undefined))
      throw new TypeError(
        `encodeBlocks: results of ${before.height} and of ${block.height}: expected both or none`,
      );
    if (!equalBytes(block.header.lastBlockId.hash, before.id.hash))
      throw brokenLink(block, 'parent', block.header.lastBlockId.hash, before.id.hash);
    if (before.results !== undefined && !equalBytes(block.header.lastResultsHash, before.results.hash))
      throw brokenLink(block, 'last_results_hash', block.header.lastResultsHash, before.results.hash);
  }
}

function brokenLink(block: Block, what: string, expected: Uint8Array, found: Uint8Array): BaleenError {
  return new BaleenError(
    'data',
    'STORE_BROKEN_LINK',
    `encode block ${block.height} of ${block.chainId}: its ${what} is ${shortHash(expected)}, block ${block.height - 1} ` +
      `of the source gives ${shortHash(found)}; the source is corrupt`,
  );
}

/** Returns for each table the heights whose blocks have what the table needs. */
const coveredBy = (blocks: readonly Block[]): Record<TableName, BlockRange[]> =>
  Object.fromEntries(
    tableNames.map((name) => [
      name,
      merged(
        blocks
          .filter((block) => hasNeeded(block, tables[name].needs))
          .map(({ height }) => ({ from: height, to: height })),
      ),
    ]),
  ) as Record<TableName, BlockRange[]>;

function contentRuns(blocks: readonly Block[]): Partial<Record<ContentTable, ContentRun[]>> {
  const all: Partial<Record<ContentTable, ContentRun[]>> = {};
  for (const name of contentTables) {
    const { runs } = tables[name].storage as Content;
    if (runs !== undefined) all[name] = equalRuns(blocks, runs.hashOf);
  }
  return all;
}

/** Joins neighbouring heights whose content has the same hash into runs. Heights without a hash are in no run. */
function equalRuns(blocks: readonly Block[], hashOf: (block: Block) => Uint8Array | undefined): ContentRun[] {
  const found: { hash: Uint8Array; from: number; to: number }[] = [];
  for (const block of blocks) {
    const hash = hashOf(block);
    const run = found.at(-1);
    if (hash === undefined) continue;
    if (run !== undefined && run.to === block.height - 1 && equalBytes(run.hash, hash)) run.to = block.height;
    else found.push({ hash: owned(hash), from: block.height, to: block.height });
  }
  return found;
}

/** Returns a copy of the bytes. If they were a view, postMessage would copy the whole buffer of the block. */
const owned = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
