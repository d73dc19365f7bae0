import { createReadStream } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { toHex } from '@baleen/codec';
import type { LevelDb } from '@baleen/leveldb';
import { createPrefixFinder } from './bech32-prefix.ts';
import { asciiKey } from './block-store.ts';
import { dataError } from './errors.ts';
import { type GenesisFacts, GenesisScanner } from './genesis-scanner.ts';

/** A place that holds the genesis document. */
export interface GenesisPlace {
  /** `state.db`: the value of the key `genesisDoc` there. */
  readonly kind: 'state.db' | 'file';
  /** Of the file, or of the database. */
  readonly path: string;
}

export interface GenesisSummary {
  /** Where the text and `hash` come from. */
  readonly place: GenesisPlace;
  /** sha256 (32 bytes) of the text without insignificant white space, order and number text untouched. */
  readonly hash: Uint8Array;
  /** sha256 of the bytes of genesis.json; undefined: only state.db holds the document. */
  readonly fileSha256: Uint8Array | undefined;
  /** Length of the text without insignificant white space. */
  readonly bytes: number;
  readonly chainId: string;
  /** 1 where the document names none. */
  readonly initialHeight: number;
  /** `terra`; undefined: the document holds no account address. */
  readonly bech32Prefix: string | undefined;
}

/** The genesis document of a node. It may be larger than any string or buffer, so it only ever comes in pieces. */
export interface GenesisSource {
  /** Places that hold it, in the order in which they count. */
  readonly places: readonly GenesisPlace[];
  /** Reads every place once; the answer is remembered.
   * @throws BaleenError `SOURCE_GENESIS_DISAGREES`, `SOURCE_GENESIS_MALFORMED`, `SOURCE_CHAIN_MISMATCH` */
  summary(signal?: AbortSignal): Promise<GenesisSummary>;
  /** The text without insignificant white space, in pieces of at most 1 MiB that are cut anywhere. Each is the caller's. */
  chunks(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

const CHUNK_BYTES = 1024 * 1024;

/** @param files  genesis.json files, the one that counts first; state.db counts before all
 * @returns undefined where there is no genesis document */
export function createGenesisSource(
  state: LevelDb | undefined,
  files: readonly string[],
  chainId: string,
): GenesisSource | undefined {
  const places: GenesisPlace[] = [];
  if (state?.get(asciiKey('genesisDoc')) !== undefined) places.push({ kind: 'state.db', path: state.path });
  for (const path of files) places.push({ kind: 'file', path });
  const [first] = places;
  if (first === undefined) return undefined;
  let known: Promise<GenesisSummary> | undefined;
  return {
    places,
    summary: (signal) => {
      known ??= summarise(places, state, chainId, signal).catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
    chunks: (signal) => minified(first, state, signal),
  };
}

/** Prefix of account addresses, from the first place that tells it; reads no further than that. Files come first here:
 * they are read in pieces, whereas a value of state.db has to be read whole. */
export async function findBech32Prefix(
  state: LevelDb | undefined,
  files: readonly string[],
): Promise<string | undefined> {
  const places: GenesisPlace[] = files.map((path) => ({ kind: 'file', path }));
  if (state !== undefined) places.push({ kind: 'state.db', path: state.path });
  for (const place of places) {
    const finder = createPrefixFinder();
    for await (const chunk of rawChunks(place, state)) {
      const prefix = finder.push(chunk);
      if (prefix !== undefined) return prefix;
    }
  }
  return undefined;
}

async function summarise(
  places: readonly GenesisPlace[],
  state: LevelDb | undefined,
  chainId: string,
  signal?: AbortSignal,
): Promise<GenesisSummary> {
  const readings: Reading[] = [];
  for (const place of places) readings.push(await scan(place, state, signal));
  const [first, ...others] = readings as [Reading, ...Reading[]];
  for (const other of others) if (!agree(first, other)) throw disagreement(first, other);
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
  };
}

interface Reading {
  readonly place: GenesisPlace;
  readonly facts: GenesisFacts;
  readonly bech32Prefix: string | undefined;
}

async function scan(place: GenesisPlace, state: LevelDb | undefined, signal?: AbortSignal): Promise<Reading> {
  const scanner = new GenesisScanner();
  const finder = createPrefixFinder();
  const target = new Uint8Array(CHUNK_BYTES);
  let bech32Prefix: string | undefined;
  for await (const chunk of rawChunks(place, state, signal)) {
    const length = orMalformed(place, () => scanner.push(chunk, target));
    bech32Prefix ??= finder.push(target.subarray(0, length));
  }
  return { place, facts: orMalformed(place, () => scanner.finish()), bech32Prefix };
}

async function* minified(
  place: GenesisPlace,
  state: LevelDb | undefined,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const scanner = new GenesisScanner();
  for await (const chunk of rawChunks(place, state, signal)) {
    const target = new Uint8Array(chunk.length);
    const length = orMalformed(place, () => scanner.push(chunk, target));
    if (length > 0) yield target.subarray(0, length);
  }
}

async function* rawChunks(
  place: GenesisPlace,
  state: LevelDb | undefined,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (place.kind === 'file') {
    const stream = createReadStream(place.path, { highWaterMark: CHUNK_BYTES, ...(signal && { signal }) });
    yield* stream as AsyncIterable<Uint8Array>;
    return;
  }
  const value = state?.get(asciiKey('genesisDoc')) ?? new Uint8Array(0);
  for (let from = 0; from < value.length; from += CHUNK_BYTES) {
    signal?.throwIfAborted();
    yield value.subarray(from, from + CHUNK_BYTES);
    await setImmediate();
  }
}

/** A node stores the document as its own encoder writes it: defaults filled in, `<` as `\u003c`, times in another form. What
 * the chain starts from is the same when the chain id, the first height and the application's state are. */
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

function disagreement(first: Reading, other: Reading): Error {
  const tell = ({ facts }: Reading): string =>
    `chain id ${facts.chainId}, initial height ${facts.initialHeight}, sha256 ${toHex(facts.hash)}`;
  return dataError(
    'SOURCE_GENESIS_DISAGREES',
    `read genesis ${nameOf(other.place)}: expected that of ${nameOf(first.place)} (${tell(first)}), found another (${tell(other)}); remove the wrong one`,
  );
}

/** Runs a step of the scanner, which says what it expected and found but not where. */
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
  place.kind === 'file' ? place.path : `genesisDoc of ${place.path}`;
