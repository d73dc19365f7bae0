/** Writes a node's directory with a long chain: the blocks of a recorded one over and over, linked anew, so that every hash that
 * Baleen proves is right. Signatures of commits, which `baleen index` does not check, stay those of the recording. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BlockId, GoTime, RawLevelDbBlock } from '@baleen/chain';
import { WireReader, WireWriter } from '@baleen/codec';
import { type ConsensusEra, consensusEras } from '@baleen/decode/consensus';
import { openLevelDb } from '@baleen/leveldb';
import { openSource, sourceAt } from '@baleen/source';
import { fixtureData, openLevelDbWriter } from '@baleen/testing';

const FIXTURE = 'terra-columbus5-devnet';
const ERA: ConsensusEra = consensusEras['tendermint-0.34'];
/** Of the first block, whose commit is empty, nothing can be repeated. */
const FIRST_REPEATED = 2;
const PART_BYTES = 65_536;
/** Heights in one write. */
const HEIGHTS_PER_WRITE = 500;

type Entry = readonly [key: string, value: Uint8Array];

/** One recorded block, taken apart. */
interface Template {
  readonly raw: RawLevelDbBlock;
  readonly body: ReturnType<ConsensusEra['decodeBlock']>;
  /** Fields of the block between header and commit: txs and evidence. */
  readonly middle: Uint8Array;
  readonly resultsHash: Uint8Array;
}

/** What the next block has of the one before. */
interface Previous {
  readonly id: BlockId;
  readonly time: GoTime;
  readonly resultsHash: Uint8Array;
}

interface Relinked extends Previous {
  readonly blocks: readonly Entry[];
  readonly state: readonly Entry[];
}

/** @param path  of a folder that is not there yet; it gets `data` with a block store and a state store, its tables as large as a node's */
export async function writeLongDirectory(path: string, heights: number): Promise<void> {
  const templates = await readTemplates();
  mkdirSync(join(path, 'data'), { recursive: true });
  const blocks = await openLevelDbWriter(join(path, 'data/blockstore.db'));
  const state = await openLevelDbWriter(join(path, 'data/state.db'));
  let previous: Previous | undefined;
  for (let from = 1; from <= heights; from += HEIGHTS_PER_WRITE) {
    const entries = { blocks: [] as Entry[], state: [] as Entry[] };
    for (let height = from; height < Math.min(from + HEIGHTS_PER_WRITE, heights + 1); height++) {
      const relinked: Relinked = relink(templates[templateOf(height, templates.length)]!, height, previous);
      entries.blocks.push(...relinked.blocks);
      entries.state.push(...relinked.state);
      previous = relinked;
    }
    await Promise.all([blocks.put(entries.blocks), state.put(entries.state)]);
  }
  const last = new WireWriter().varint(1, 1).varint(2, heights).finish();
  await blocks.put([['blockStore', last]]);
  await state.put(stateOfChain(heights));
  await Promise.all([blocks.close(), state.close()]);
}

/** Heights 1 to the recording's last, then from the second one on again and again. */
const templateOf = (height: number, count: number): number =>
  height <= count ? height - 1 : FIRST_REPEATED - 1 + ((height - count - 1) % (count - FIRST_REPEATED + 1));

async function readTemplates(): Promise<Template[]> {
  using source = await openSource(sourceAt(fixtureData(FIXTURE)));
  if (source.yields !== 'blocks') throw new Error(`${FIXTURE}: expected a folder`);
  const templates: Template[] = [];
  const { resultsBase: from, resultsHead: to } = source.info;
  for await (const raw of source.read({ from: from!, to: to! })) templates.push(templateFrom(raw));
  return templates;
}

function templateFrom(raw: RawLevelDbBlock): Template {
  const bytes = Buffer.concat(raw.parts);
  const reader = new WireReader(bytes);
  const middle = new WireWriter();
  while (!reader.done) {
    const field = reader.key() >>> 3;
    const value = reader.bytes();
    if (field === 2 || field === 3) middle.message(field, value);
  }
  const body = ERA.decodeBlock(bytes);
  return { raw, body, middle: middle.finish(), resultsHash: ERA.decodeResults(raw.results!).hash };
}

/** The block at another height, a second later than the one before, with hashes that fit it. */
function relink(
  { raw, body, middle, resultsHash }: Template,
  height: number,
  previous: Previous | undefined,
): Relinked {
  const time =
    previous === undefined ? body.header.time : { ...previous.time, seconds: previous.time.seconds + 1 };
  const header =
    previous === undefined
      ? body.header
      : { ...body.header, height, time, lastBlockId: previous.id, lastResultsHash: previous.resultsHash };
  const commit =
    previous === undefined
      ? new Uint8Array(0)
      : ERA.writing.commit({ ...body.lastCommit!, height: height - 1, blockId: previous.id });
  const headerBytes = ERA.writing.header(header);
  const block = new WireWriter().message(1, headerBytes).raw(middle).message(4, commit).finish();
  const parts: Uint8Array[] = [];
  for (let at = 0; at < block.length; at += PART_BYTES) parts.push(block.subarray(at, at + PART_BYTES));
  const id = {
    hash: ERA.hashes.header(header),
    partsTotal: parts.length,
    partsHash: ERA.hashes.parts(parts),
  };
  const meta = new WireWriter()
    .message(1, blockIdBytes(id))
    .varint(2, block.length)
    .message(3, headerBytes)
    .varint(4, body.txs.length)
    .finish();
  return {
    ...{ id, time, resultsHash },
    blocks: [
      [`H:${height}`, meta],
      ...parts.map((part, index): Entry => [`P:${height}:${index}`, partBytes(part, index)]),
      [`C:${height - 1}`, commit],
      [`BH:${Buffer.from(id.hash).toString('hex')}`, Buffer.from(String(height))],
    ],
    state: [
      [`abciResponsesKey:${height}`, raw.results!],
      [`validatorsKey:${height}`, raw.validators!],
      [`consensusParamsKey:${height}`, sinceHeight(raw.consensusParams!, height)],
    ],
  };
}

function blockIdBytes({ hash, partsTotal, partsHash }: BlockId): Uint8Array {
  const parts = new WireWriter().varint(1, partsTotal).bytes(2, partsHash).finish();
  return new WireWriter().bytes(1, hash).message(2, parts).finish();
}

/** Without the proof, which belongs to gossip. */
const partBytes = (bytes: Uint8Array, index: number): Uint8Array =>
  new WireWriter().varint(1, index).bytes(2, bytes).finish();

/** ConsensusParamsInfo that says to be stored at this height. */
function sinceHeight(raw: Uint8Array, height: number): Uint8Array {
  const reader = new WireReader(raw);
  const writer = new WireWriter();
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) writer.message(1, reader.bytes());
    else reader.skip(key);
  }
  return writer.varint(2, height).finish();
}

/** The recording's genesis, and its State with another height. */
function stateOfChain(height: number): Entry[] {
  using db = openLevelDb(join(fixtureData(FIXTURE), 'state.db'));
  const text = (key: string): Uint8Array => db.get(Buffer.from(key))!.slice();
  const reader = new WireReader(text('stateKey'));
  const writer = new WireWriter();
  while (!reader.done) {
    const start = reader.pos;
    const key = reader.key();
    reader.skip(key);
    if (key === 0x18) writer.varint(3, height);
    else writer.raw(reader.buffer.subarray(start, reader.pos));
  }
  return [
    ['genesisDoc', text('genesisDoc')],
    ['stateKey', writer.finish()],
  ];
}
