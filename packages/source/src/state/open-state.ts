import type { BlockRange } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import {
  appHashOf,
  type IavlTree,
  type KeyRange,
  type Multistore,
  openMultistore,
  type ReadAheadLimits,
  type StoreAtVersion,
  type StoreKind,
} from '@baleen/iavl';
import { type LevelDb, openLevelDb } from '@baleen/leveldb';
import { dataError, unreadable, withContext } from '../errors.ts';
import { locateState, type StateFiles } from './locate-state.ts';
import { type KnownAppHash, knownAppHash } from './proved-hashes.ts';
import { readModuleVersions } from './upgrade-store.ts';

/** An application's state after one block. Plain data: it may cross threads. */
export interface StateInfo {
  /** application.db. */
  readonly path: string;
  /** Id of the chain; undefined if no database beside the application's names it. */
  readonly chainId: string | undefined;
  /** Height of the state: it is the state after this block was executed. */
  readonly height: number;
  /** Newest height that the application committed. */
  readonly latest: number;
  /** Computed from the hashes of the stores, 32 bytes. */
  readonly appHash: Uint8Array;
  /** Whether consensus knows the same app hash. A different one is an error. */
  readonly proved: boolean;
  /** Names the header, or the state in state.db, that confirms the app hash: `header 291 of /node/data/blockstore.db`. undefined if there
   * is none, see `proved`. */
  readonly provedBy: string | undefined;
  /** All stores, in order of their names. */
  readonly stores: readonly StateStore[];
  /** Versions of the modules that wrote the stores, by module, as the store `upgrade` keeps them. Empty: it keeps none, as before
   * SDK 0.43 and on chains that never stored them. */
  readonly moduleVersions: Readonly<Record<string, number>>;
  /** Remarks on what is missing, one sentence each. */
  readonly notes: readonly string[];
}

export interface StateStore {
  readonly name: string;
  /** Only `iavl` stores can be read; a memory store's contents are the running node's alone. */
  readonly kind: StoreKind;
  /** Root hash as committed; empty: see `StoreCommit`. */
  readonly hash: Uint8Array;
  /** Number of the store's keys; undefined if it is no `iavl` store. */
  readonly keys: number | undefined;
}

export interface State {
  readonly info: StateInfo;
  /** Keys and values of a store in order of keys; each is proved by the store's root hash as it comes. They own their bytes.
   * @throws BaleenError `IAVL_STORE_UNKNOWN`, `IAVL_NO_TREE`, `IAVL_NODE_MISSING`, `IAVL_CORRUPT`, LevelDB's own */
  entries(store: string, range?: KeyRange): Generator<readonly [key: Uint8Array, value: Uint8Array]>;
  /** A store's tree: single keys, proofs, its root recomputed. */
  tree(store: string): IavlTree;
  /** Heights at which a state is there, as ranges in order. Reads a key for each of them. */
  keptHeights(): BlockRange[];
  close(): void;
  [Symbol.dispose](): void;
}

export interface StateOptions {
  /** Any kept height. Default: the newest that is proved. */
  readonly height?: number | undefined;
  /** Decoded LevelDB blocks of application.db held in memory. Default 16 MiB. */
  readonly cacheBytes?: number;
  /** Memory of a walk. */
  readonly walk?: ReadAheadLimits;
}

/** Opens the state that a node's application keeps: no lock, no change, also while the node runs.
 *
 * The app hash is computed from what the application committed and has to be the one in the header of the next block, or in
 * the node's state where no such block is there yet.
 *
 * @param path  see `locateState`
 * @throws BaleenError  operator: `STATE_NOT_FOUND`, `STATE_NEEDS_FILES`, `IAVL_EMPTY`, `IAVL_VERSION_UNKNOWN`,
 *   `IAVL_VERSION_PRUNED`; data: `STATE_APP_HASH_MISMATCH`, `IAVL_CORRUPT`, `IAVL_NODE_MISSING`;
 *   LevelDB's own */
export function openState(path: string, options: StateOptions = {}): State {
  const opened: LevelDb[] = [];
  const open = (database: string, cacheBytes?: number): LevelDb => {
    const db = openLevelDb(database, cacheBytes === undefined ? {} : { cacheBytes });
    opened.push(db);
    return db;
  };
  const files = locateState(path);
  try {
    // A node commits its application first, then its state, then the next block: in this order nothing is behind.
    const application = open(files.application, options.cacheBytes);
    const state = files.state === undefined ? undefined : open(files.state);
    const blocks = files.blockStore === undefined ? undefined : open(files.blockStore);
    const multistore = openMultistore(application);
    const known = (height: number): KnownAppHash | undefined => knownAppHash(height, blocks, state);
    const height = options.height ?? chooseHeight(multistore, known);
    const info = describeState(files, multistore, height, known(height));
    for (const db of opened) if (db !== application) db.close();
    return new OpenState(info, multistore, application, options.walk ?? {});
  } catch (error) {
    for (const db of opened) db.close();
    throw withContext(`open state of ${path}`, unreadable('read its databases', error));
  }
}

/** The newest height; the one before it if only that is proved, as in a node that was killed between the two commits. */
function chooseHeight(multistore: Multistore, known: (height: number) => KnownAppHash | undefined): number {
  const { latest } = multistore;
  const candidates = [latest, latest - 1].filter((height) => multistore.isKept(height));
  return candidates.find((height) => known(height) !== undefined) ?? latest;
}

function describeState(
  files: StateFiles,
  multistore: Multistore,
  height: number,
  known: KnownAppHash | undefined,
): StateInfo {
  const appHash = appHashOf(multistore.commitInfo(height));
  if (known !== undefined && Buffer.compare(known.hash, appHash) !== 0)
    throw dataError(
      'STATE_APP_HASH_MISMATCH',
      `state at height ${height}: expected app hash ${toHex(known.hash)}, as ${known.from} says, found ${toHex(appHash)} in ${files.application}; the databases are of two nodes, or one is damaged: read another copy`,
    );
  return {
    path: files.application,
    chainId: known?.chainId,
    height,
    latest: multistore.latest,
    appHash,
    proved: known !== undefined,
    provedBy: known?.from,
    stores: multistore.stores(height).map((store) => describeStore(multistore, store, height)),
    moduleVersions: readModuleVersions(multistore, height),
    notes: notesOf(files, multistore, height, known),
  };
}

function describeStore(multistore: Multistore, store: StoreAtVersion, height: number): StateStore {
  const { name, kind, hash } = store;
  return { name, kind, hash, keys: kind === 'memory' ? undefined : multistore.tree(name, height).size };
}

function notesOf(
  files: StateFiles,
  { latest }: Multistore,
  height: number,
  known: KnownAppHash | undefined,
): string[] {
  const notes: string[] = [];
  if (known === undefined) {
    const missing = files.blockStore === undefined ? 'no blockstore.db' : `no header ${height + 1}`;
    const state = files.state === undefined ? 'no state.db' : `the state of state.db is of another height`;
    notes.push(`the app hash of ${height} is not proved: ${missing}, and ${state}`);
  }
  if (height < latest) notes.push(`the application is at ${latest}`);
  return notes;
}

class OpenState implements State {
  readonly info: StateInfo;
  private readonly multistore: Multistore;
  private readonly db: LevelDb;
  private readonly bounds: ReadAheadLimits;

  constructor(info: StateInfo, multistore: Multistore, db: LevelDb, bounds: ReadAheadLimits) {
    this.info = info;
    this.multistore = multistore;
    this.db = db;
    this.bounds = bounds;
  }

  entries(store: string, range: KeyRange = {}): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
    return this.tree(store).entries(range, this.bounds);
  }

  tree(store: string): IavlTree {
    return this.multistore.tree(store, this.info.height);
  }

  keptHeights(): BlockRange[] {
    return this.multistore.keptVersions();
  }

  close(): void {
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
