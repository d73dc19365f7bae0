/** Finds what can be had of an application's state. */
import { BaleenError } from '@baleen/chain';
import { type BlockSource, knownStores } from '@baleen/pipeline';
import { kindOf } from '@baleen/source';
import { grouped } from '../output/table.ts';

export interface InspectedState {
  /** Newest height that is proved. */
  readonly height: number;
  readonly keys: number;
  /** Stores that are left out as a whole, and why. */
  readonly leftOut: readonly { readonly store: string; readonly why: string }[];
  /** 64 hex digits. */
  readonly appHash: string;
  /** What holds the same app hash and so proves the state, in words; undefined: nothing in the directory does. */
  readonly provedBy: string | undefined;
}

export interface NoState {
  /** In words. */
  readonly why: string;
}

export function inspectState({ ref, info }: BlockSource): InspectedState | NoState {
  const kind = kindOf(ref);
  if (!kind.keepsState) return { why: 'a node does not hand out its state over RPC: read its files' };
  if (!info.databases.includes('application.db')) return { why: 'no application.db' };
  try {
    using state = kind.openState({});
    const { height, appHash, provedBy } = state.info;
    // Any prefix will do here: it only appears in decoded addresses, which are not kept.
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
