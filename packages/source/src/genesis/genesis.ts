import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import type { LevelDb } from '@baleen/leveldb';
import { dataError } from '../errors.ts';
import { asciiKey } from '../leveldb/block-store.ts';
import { createPrefixFinder } from './bech32-prefix.ts';
import { type GenesisFacts, GenesisScanner } from './genesis-scanner.ts';
import { createModuleFinder } from './module-finder.ts';

/** A place where the genesis document is. */
export interface GenesisPlace {
  /** `state.db`: the value of its key `genesisDoc`. `file`: a genesis.json. `rpc`: the answer of a node. */
  readonly kind: 'state.db' | 'file' | 'rpc';
  /** Path of the file or the database, or address of the node. */
  readonly path: string;
}

export interface GenesisSummary {
  /** The place from which the text and `hash` come. */
  readonly place: GenesisPlace;
  /** sha256 (32 bytes) of the text without insignificant white space. The order of keys and the text of numbers stay as they are. */
  readonly hash: Uint8Array;
  /** sha256 of the bytes of genesis.json; undefined if there is no such file. */
  readonly fileSha256: Uint8Array | undefined;
  /** Length of the text without insignificant white space, in bytes. */
  readonly bytes: number;
  readonly chainId: string;
  /** First height of the chain; 1 if the document names none. */
  readonly initialHeight: number;
  /** Bech32 prefix of account addresses, `terra`; undefined if the document contains no account address. */
  readonly bech32Prefix: string | undefined;
  /** Lines about other documents that were found but are not used, because they contradict the one at `place` or can't be read. */
  readonly notUsed: readonly string[];
}

/** The genesis document of a node. It may be larger than any string or buffer, so it is only read in pieces. */
export interface GenesisSource {
  /** Places where the document is. The first one counts; the others are compared with it. */
  readonly places: readonly GenesisPlace[];
  /** Reads every place once, and remembers the result.
   * @throws BaleenError about the document that counts: `SOURCE_GENESIS_MALFORMED`, `SOURCE_CHAIN_MISMATCH`; over RPC also
   *   `SOURCE_GENESIS_DISAGREES` */
  summary(signal?: AbortSignal): Promise<GenesisSummary>;
  /** Yields the text without insignificant white space, in pieces of at most 1 MiB that are cut anywhere. The caller may keep them. */
  chunks(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

const CHUNK_BYTES = 1024 * 1024;
/** Number of bytes of a genesis.json that are read at once. V8 soon frees strings that are made from so few bytes; larger ones pile up. */
const READ_BYTES = 64 * 1024;

/** A place of the genesis document, and a function that reads its bytes there. */
export interface GenesisText {
  readonly place: GenesisPlace;
  chunks(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Finds the genesis document of a node's folder.
 * @param files  genesis.json files, the one that counts first. A document in state.db counts before all of them
 * @returns undefined if there is no genesis document */
export function createGenesisSource(
  state: LevelDb | undefined,
  files: readonly string[],
  chainId: string,
): GenesisSource | undefined {
  const stored = state?.get(asciiKey('genesisDoc')) === undefined ? [] : [storedText(state)];
  return genesisOf([...stored, ...files.map(fileText)], chainId, true);
}

/** Makes the genesis source from the documents that were found.
 * @param texts  the documents, the one that counts first
 * @param isLenient  true if a document that contradicts the first one is only named in `notUsed` and is no error. It is true if the first
 *   one is known to be the chain's */
export function genesisOf(
  texts: readonly GenesisText[],
  chainId: string,
  isLenient = false,
): GenesisSource | undefined {
  const [first] = texts;
  if (first === undefined) return undefined;
  let known: Promise<GenesisSummary> | undefined;
  return {
    places: texts.map(({ place }) => place),
    summary: (signal) => {
      known ??= summarise(texts, chainId, isLenient, signal).catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
    chunks: (signal) => minified(first, signal),
  };
}

/** Returns true if a genesis.json names another chain at its beginning, where nodes write the chain id. */
function isOfAnotherChain(file: string, chainId: string): boolean {
  const start = Buffer.alloc(READ_BYTES);
  const fd = openSync(file, 'r');
  try {
    const text = start.toString('utf8', 0, readSync(fd, start, 0, start.length, 0));
    const found = /"chain_id"\s*:\s*"([^"]*)"/.exec(text)?.[1];
    return found !== undefined && found !== chainId;
  } finally {
    closeSync(fd);
  }
}

/** The facts that are taken from the beginning of a genesis document. */
export interface GenesisLook {
  /** Bech32 prefix of account addresses; undefined if no address was found. */
  readonly bech32Prefix: string | undefined;
  /** Names of the modules in `app_state`; undefined if the document is larger than MOST_LOOKED_AT. */
  readonly modules: readonly string[] | undefined;
}

/** Number of bytes that are read to find the modules, as many as a node returns in one chunk. Documents of large chains have a gigabyte. */
const MOST_LOOKED_AT = 16 * 1024 * 1024;

/** Reads the prefix of account addresses and the modules from the first place that has an address, and reads no more than needed. Files
 * come first here, since they are read in pieces, whereas a value of state.db must be read whole. */
export function lookIntoGenesis(
  state: LevelDb | undefined,
  files: readonly string[],
  chainId: string,
): Promise<GenesisLook> {
  const own = files.filter((file) => !isOfAnotherChain(file, chainId));
  return lookInto([...own.map(fileText), ...(state === undefined ? [] : [storedText(state)])]);
}

export async function lookInto(texts: readonly GenesisText[]): Promise<GenesisLook> {
  let modules: readonly string[] | undefined;
  for (const text of texts) {
    const prefixFinder = createPrefixFinder();
    const moduleFinder = createModuleFinder();
    let bech32Prefix: string | undefined;
    let bytes = 0;
    for await (const chunk of text.chunks()) {
      bytes += chunk.length;
      bech32Prefix ??= prefixFinder.push(chunk);
      if (bytes <= MOST_LOOKED_AT) modules ??= moduleFinder.push(chunk);
      if (bech32Prefix !== undefined && (modules !== undefined || bytes > MOST_LOOKED_AT)) break;
    }
    if (bech32Prefix !== undefined) return { bech32Prefix, modules };
  }
  return { bech32Prefix: undefined, modules };
}

const fileText = (path: string): GenesisText => ({
  place: { kind: 'file', path },
  chunks: (signal) =>
    createReadStream(path, {
      highWaterMark: READ_BYTES,
      ...(signal && { signal }),
    }) as AsyncIterable<Uint8Array>,
});

const storedText = (state: LevelDb): GenesisText => ({
  place: { kind: 'state.db', path: state.path },
  async *chunks(signal) {
    const value = state.get(asciiKey('genesisDoc')) ?? new Uint8Array(0);
    for (let from = 0; from < value.length; from += CHUNK_BYTES) {
      signal?.throwIfAborted();
      yield value.subarray(from, from + CHUNK_BYTES);
      await setImmediate();
    }
  },
});

async function summarise(
  texts: readonly GenesisText[],
  chainId: string,
  isLenient: boolean,
  signal?: AbortSignal,
): Promise<GenesisSummary> {
  const [firstText, ...otherTexts] = texts as readonly [GenesisText, ...GenesisText[]];
  const first = await scan(firstText, signal);
  const readings = [first];
  const notUsed: string[] = [];
  for (const text of otherTexts) {
    const other = await (isLenient ? scanOther(text, signal) : scan(text, signal));
    if (typeof other === 'string') notUsed.push(other);
    else if (agree(first, other)) readings.push(other);
    else if (isLenient) notUsed.push(disagreement(first, other));
    else throw dataError('SOURCE_GENESIS_DISAGREES', disagreement(first, other));
  }
  if (first.facts.chainId !== chainId)
    throw dataError(
      'SOURCE_CHAIN_MISMATCH',
      `read genesis ${nameOf(first.place)}: expected chain id ${chainId}, as in the blocks, found ${first.facts.chainId}; use the genesis of that chain`,
    );
  return {
    place: first.place,
    hash: first.facts.hash,
    fileSha256: readings.find(({ place }) => place.kind === 'file')?.facts.rawHash,
    bytes: first.facts.minifiedBytes,
    chainId,
    initialHeight: first.facts.initialHeight,
    bech32Prefix: first.bech32Prefix,
    notUsed,
  };
}

/** Reads a document beside the one that counts. If it can't be read, returns the reason in words. */
async function scanOther(text: GenesisText, signal?: AbortSignal): Promise<Reading | string> {
  try {
    return await scan(text, signal);
  } catch (error) {
    if (error instanceof BaleenError) return `${error.message}; not used`;
    throw error;
  }
}

interface Reading {
  readonly place: GenesisPlace;
  readonly facts: GenesisFacts;
  readonly bech32Prefix: string | undefined;
}

async function scan({ place, chunks }: GenesisText, signal?: AbortSignal): Promise<Reading> {
  const scanner = new GenesisScanner();
  const finder = createPrefixFinder();
  const target = new Uint8Array(CHUNK_BYTES);
  let bech32Prefix: string | undefined;
  for await (const chunk of chunks(signal)) {
    const length = orMalformed(place, () => scanner.push(chunk, target));
    bech32Prefix ??= finder.push(target.subarray(0, length));
  }
  return { place, facts: orMalformed(place, () => scanner.finish()), bech32Prefix };
}

async function* minified({ place, chunks }: GenesisText, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const scanner = new GenesisScanner();
  for await (const chunk of chunks(signal)) {
    const target = new Uint8Array(chunk.length);
    const length = orMalformed(place, () => scanner.push(chunk, target));
    if (length > 0) yield target.subarray(0, length);
  }
}

/** Returns true if the chain starts from the same facts by both documents: chain id, first height and the application's state. Their bytes
 * may differ, since a node stores the document as its own encoder writes it, with defaults filled in, `<` as `\u003c`, and times in
 * another form. */
function agree(left: Reading, right: Reading): boolean {
  const [a, b] = [left.facts, right.facts];
  if (sameBytes(a.hash, b.hash)) return true;
  return (
    a.chainId === b.chainId &&
    a.initialHeight === b.initialHeight &&
    sameBytes(a.appStateHash, b.appStateHash)
  );
}

const sameBytes = (left: Uint8Array | undefined, right: Uint8Array | undefined): boolean =>
  left === undefined || right === undefined ? left === right : Buffer.compare(left, right) === 0;

function disagreement(first: Reading, other: Reading): string {
  const tell = ({ facts }: Reading): string =>
    `chain id ${facts.chainId}, initial height ${facts.initialHeight}, sha256 ${toHex(facts.hash)}`;
  return `the genesis of ${nameOf(other.place)} (${tell(other)}) is not used: ${nameOf(first.place)} has the chain's (${tell(first)})`;
}

/** Runs a step of the scanner, and adds the place of the document to its error, which only says what was expected and found. */
function orMalformed<Value>(place: GenesisPlace, scan: () => Value): Value {
  try {
    return scan();
  } catch (error) {
    const what = error instanceof SyntaxError ? `JSON, found ${error.message}` : (error as Error).message;
    throw dataError(
      'SOURCE_GENESIS_MALFORMED',
      `read genesis ${nameOf(place)}: expected ${what}; use another copy`,
    );
  }
}

const nameOf = (place: GenesisPlace): string =>
  place.kind === 'state.db' ? `genesisDoc of ${place.path}` : place.path;
