import { BaleenError, type EraName } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { stateEraOf } from '@baleen/decode/state';
import { openState, type StateInfo } from '@baleen/source';
import type { StateDescription, StateOutcome, Store } from '@baleen/store';
import type { StoreCounts } from './protocol.ts';
import { walkState } from './walk-state.ts';

export interface ReadStateOptions {
  /** What `openState` takes. */
  readonly path: string;
  /** Any kept height; default: the newest that is proved. */
  readonly height?: number | undefined;
  readonly chainId: string;
  /** Of the chain's blocks. */
  readonly era: EraName;
  /** Of account addresses: `terra`. */
  readonly prefix: string;
  readonly store: Store;
  /** A state of a higher height in the database stays. */
  readonly keepsNewer?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StateProgress) => void;
}

export interface StateProgress {
  /** Leaves read, and all of them. */
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
  /** Leaves of all stores. */
  readonly leaves: number;
  readonly outcome: StateOutcome | 'interrupted';
  /** Stores that were read, in order of names; none unless `written`. */
  readonly stores: readonly StoreCounts[];
  /** What is less than whole, in words. */
  readonly notes: readonly string[];
}

/** Reads a state and replaces the chain's state in the database with it. The chain has to be prepared.
 *
 * Whatever ends this early leaves the old state.
 * @throws BaleenError of `openState`, of the walk or the store; operator `STATE_OTHER_CHAIN` */
export async function readState(options: ReadStateOptions): Promise<StateReport> {
  const { store, signal, keepsNewer = false } = options;
  const info = describe(options);
  const state = stateOf(info, options);
  const counts: StoreCounts[] = [];
  const report = { ...reportOf(info, state), stores: counts };
  const copies = (): ReturnType<typeof walkState> => until(signal, walk(options, state, counts));
  try {
    const outcome = await store.replaceState(state, copies, { keepsNewer });
    return { ...report, outcome };
  } catch (error) {
    if (error !== INTERRUPTED) throw error;
    return { ...report, stores: [], outcome: 'interrupted' };
  }
}

function describe({ path, height, chainId }: ReadStateOptions): StateInfo {
  using opened = openState(path, height === undefined ? {} : { height });
  const { info } = opened;
  if (info.chainId !== undefined && info.chainId !== chainId) throw otherChain(info, chainId);
  return info;
}

function stateOf(info: StateInfo, { chainId }: ReadStateOptions): StateDescription {
  const read = info.stores.filter(({ kind }) => kind === 'iavl');
  return {
    chainId,
    height: info.height,
    appHash: info.appHash,
    isProved: info.proved,
    stores: read.map(({ name }) => name),
    leaves: read.reduce((sum, { keys = 0 }) => sum + keys, 0),
  };
}

const reportOf = (
  { height, appHash, provedBy, notes }: StateInfo,
  { chainId, leaves }: StateDescription,
): Omit<StateReport, 'outcome' | 'stores'> => ({
  chainId,
  height,
  appHash: toHex(appHash),
  provedBy,
  leaves,
  notes,
});

function walk(
  { path, era, prefix, onProgress }: ReadStateOptions,
  { chainId, height, leaves: totalLeaves }: StateDescription,
  counts: StoreCounts[],
): ReturnType<typeof walkState> {
  return walkState(
    { path, height, chainId, era: stateEraOf(era), prefix },
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
