/** Finds out which application state a source has, how far it is proved, and which of its stores can't be read. */
import { BaleenError } from '@baleen/chain';
import { type BlockSource, knownStores } from '@baleen/pipeline';
import { kindOf } from '@baleen/source';
import { grouped } from '../output/table.ts';

export interface InspectedState {
  /** Height of the state: the newest one that is proved. */
  readonly height: number;
  /** Number of keys in all stores that can be read. */
  readonly keys: number;
  /** Stores that `baleen state` would skip entirely, each with the reason in words. */
  readonly leftOut: readonly { readonly store: string; readonly why: string }[];
  /** The app hash of this state, 64 hex digits. */
  readonly appHash: string;
  /** In words, the file or record that has the same app hash and so proves the state. undefined if nothing in the directory has it. */
  readonly provedBy: string | undefined;
}

export interface NoState {
  /** Why no state can be read, in words. */
  readonly why: string;
}

export function inspectState({ ref, info }: BlockSource): InspectedState | NoState {
  const kind = kindOf(ref);
  if (!kind.keepsState) return { why: 'a node does not hand out its state over RPC: read its files' };
  if (!info.databases.includes('application.db')) return { why: 'no application.db' };
  try {
    using state = kind.openState({});
    const { height, appHash, provedBy } = state.info;
    // Any prefix is good enough here: it only appears in decoded addresses, which are thrown away.
    const { stores, leftOut } = knownStores(state, info.bech32Prefix ?? 'cosmos');
    const keys = stores.reduce((sum, store) => sum + (store.keys ?? 0), 0);
    return { height, keys, leftOut, appHash: Buffer.from(appHash).toString('hex'), provedBy };
  } catch (error) {
    if (error instanceof BaleenError) return { why: error.message };
    throw error;
  }
}

export function stateText(state: InspectedState | NoState): string {
  if ('why' in state) return `none: ${state.why}`;
  const { height, keys, provedBy, leftOut } = state;
  const proof = provedBy === undefined ? 'not proved' : `its app hash is in ${provedBy}`;
  const without = leftOut.map(({ store, why }) => `; store ${store} is left out as a whole: ${why}`);
  return `at ${height}, ${grouped(keys)} keys; ${proof}${without.join('')}`;
}
