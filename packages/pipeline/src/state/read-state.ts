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
  /** Height of the state, one that the node has kept; undefined means the newest that is proved. */
  readonly height?: number | undefined;
  readonly chainId: string;
  /** Layouts by which the stores are read; undefined means those that are recognised from the state itself. */
  readonly era?: StateEraName;
  /** Bech32 prefix of account addresses: `terra`. */
  readonly prefix: string;
  readonly store: Store;
  /** True if a state of a greater height in the database is kept, and this one is then not written. */
  readonly keepsNewer?: boolean | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StateProgress) => void;
}

export interface StateProgress {
  /** Number of leaves that were read so far, and of all leaves. */
  readonly leaves: number;
  readonly totalLeaves: number;
}

export interface StateReport {
  readonly chainId: string;
  readonly height: number;
  /** App hash of the state, 64 hex digits. */
  readonly appHash: string;
  /** What the app hash was compared with, in words; undefined if nothing in the source contains it. */
  readonly provedBy: string | undefined;
  /** Number of leaves in all stores that were read. */
  readonly leaves: number;
  /** Stores that were skipped entirely because their leaves do not have the expected layout. */
  readonly leftOut: readonly DoubtfulStore[];
  readonly outcome: StateOutcome | 'interrupted';
  /** The stores that were read, in order of their names; empty if the state was not written. */
  readonly stores: readonly StoreCounts[];
  /** Lines for the operator about everything that this state lacks. */
  readonly notes: readonly string[];
}

/** Reads a state, and replaces the chain's state in the database with it. The chain must be prepared before.
 *
 * If this ends early, the old state stays, with one exception. If the application is not known, the old state is removed, since an earlier
 * version of Baleen may have read it by the layouts of another application.
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
