import { BaleenError, type NodeRef, type StateEraName } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import type { DoubtfulStore } from '@baleen/decode/state';
import { kindOf, type StateInfo } from '@baleen/source';
import type { StateDescription, StateOutcome, Store } from '@baleen/store';
import { type KnownStores, knownStores } from './known-stores.ts';
import type { StoreCounts } from './protocol.ts';
import { walkState } from './walk-state.ts';

export interface ReadStateOptions {
  readonly source: NodeRef;
  /** Height of the state: any that the node keeps. undefined: the newest that is proved. */
  readonly height?: number | undefined;
  readonly chainId: string;
  /** Layouts to read the stores by; default: those that the state itself tells of. */
  readonly era?: StateEraName;
  /** Bech32 prefix of account addresses: `terra`. */
  readonly prefix: string;
  readonly store: Store;
  /** True: a state of a higher height in the database is kept, and this one is not written. */
  readonly keepsNewer?: boolean | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StateProgress) => void;
}

export interface StateProgress {
  /** Number of leaves read so far, and of all leaves. */
  readonly leaves: number;
  readonly totalLeaves: number;
}

export interface StateReport {
  readonly chainId: string;
  readonly height: number;
  /** 64 hex digits. */
  readonly appHash: string;
  /** What the app hash was compared with, in words; undefined: nothing in the source knows it. */
  readonly provedBy: string | undefined;
  /** Leaves of all stores that are read. */
  readonly leaves: number;
  /** Stores that are left out as a whole, because their leaves do not have the layout that they should have. */
  readonly leftOut: readonly DoubtfulStore[];
  readonly outcome: StateOutcome | 'interrupted';
  /** Stores that were read, in order of names; none unless `written`. */
  readonly stores: readonly StoreCounts[];
  /** What is less than whole, in words. */
  readonly notes: readonly string[];
}

/** Reads a state and replaces the chain's state in the database with it. The chain has to be prepared.
 *
 * Whatever ends this early leaves the old state, but for an application that is not known: then a state of an earlier version, which
 * may have read its stores by another application's layouts, is removed.
 * @throws BaleenError of `openState`, of the walk or the store; operator `STATE_OTHER_CHAIN`, `STATE_APPLICATION_UNKNOWN` */
export async function readState(options: ReadStateOptions): Promise<StateReport> {
  const { store, signal, keepsNewer = false } = options;
  const { info, known } = await describe(options);
  const state = stateOf(info, known, options);
  const counts: StoreCounts[] = [];
  const report = { ...reportOf(info, known, state), stores: counts };
  const copies = (): ReturnType<typeof walkState> => until(signal, walk(options, state, known, counts));
  try {
    const outcome = await store.replaceState(state, copies, { keepsNewer });
    return { ...report, outcome };
  } catch (error) {
    if (error !== INTERRUPTED) throw error;
    return { ...report, stores: [], outcome: 'interrupted' };
  }
}

async function describe({ source, height, chainId, era, prefix, store }: ReadStateOptions): Promise<{
  readonly info: StateInfo;
  readonly known: KnownStores;
}> {
  using opened = kindOf(source).openState({ height });
  const { info } = opened;
  if (info.chainId !== undefined && info.chainId !== chainId) throw otherChain(info, chainId);
  try {
    return { info, known: knownStores(opened, prefix, era) };
  } catch (error) {
    if (error instanceof BaleenError && error.code === 'STATE_APPLICATION_UNKNOWN')
      await store.removeState(chainId);
    throw error;
  }
}

function stateOf(info: StateInfo, { stores }: KnownStores, { chainId }: ReadStateOptions): StateDescription {
  return {
    chainId,
    height: info.height,
    appHash: info.appHash,
    isProved: info.proved,
    stores: stores.map(({ name }) => name),
    leaves: stores.reduce((sum, { keys = 0 }) => sum + keys, 0),
  };
}

const reportOf = (
  { height, appHash, provedBy, notes }: StateInfo,
  { leftOut }: KnownStores,
  { chainId, leaves }: StateDescription,
): Omit<StateReport, 'outcome' | 'stores'> => ({
  chainId,
  height,
  appHash: toHex(appHash),
  provedBy,
  leaves,
  leftOut,
  notes,
});

function walk(
  { source, prefix, onProgress }: ReadStateOptions,
  { chainId, height, leaves: totalLeaves }: StateDescription,
  { era, stores }: KnownStores,
  counts: StoreCounts[],
): ReturnType<typeof walkState> {
  return walkState(
    { source, height, chainId, era, stores: stores.map(({ name }) => name), prefix },
    {
      onLeaves: (leaves) => onProgress?.({ leaves, totalLeaves }),
      onStore: (store) => counts.push(store),
    },
  );
}

const INTERRUPTED = new BaleenError(
  'operator',
  'STATE_INTERRUPTED',
  'read a state: interrupted; the old one stays',
);

async function* until<T>(signal: AbortSignal | undefined, items: AsyncGenerator<T>): AsyncGenerator<T> {
  for await (const item of items) {
    if (signal?.aborted) throw INTERRUPTED;
    yield item;
  }
  if (signal?.aborted) throw INTERRUPTED;
}

const otherChain = ({ path, chainId: found }: StateInfo, expected: string): BaleenError =>
  new BaleenError(
    'operator',
    'STATE_OTHER_CHAIN',
    `read the state of ${expected}: the blocks beside ${path} are of ${found}; nothing written`,
  );
