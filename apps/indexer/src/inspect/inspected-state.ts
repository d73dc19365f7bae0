/** What can be had of an application's state. */
import { BaleenError } from '@baleen/chain';
import { openState, type Source } from '@baleen/source';
import { grouped } from '../output/table.ts';

export interface InspectedState {
  /** Newest height that is proved. */
  readonly height: number;
  readonly keys: number;
  /** 64 hex digits. */
  readonly appHash: string;
  /** What has the same app hash, in words; undefined: nothing there. */
  readonly provedBy: string | undefined;
}

export interface NoState {
  /** In words. */
  readonly why: string;
}

export function inspectState({ info }: Source): InspectedState | NoState {
  if (info.backend === 'rpc') return { why: 'a node does not hand out its state over RPC: read its files' };
  if (!info.databases.includes('application.db')) return { why: 'no application.db' };
  try {
    using state = openState(info.path);
    const { height, appHash, provedBy, stores } = state.info;
    const keys = stores.reduce((sum, store) => sum + (store.keys ?? 0), 0);
    return { height, keys, appHash: Buffer.from(appHash).toString('hex'), provedBy };
  } catch (error) {
    if (error instanceof BaleenError) return { why: error.message };
    throw error;
  }
}

export function stateText(state: InspectedState | NoState): string {
  if ('why' in state) return `none: ${state.why}`;
  const { height, keys, provedBy } = state;
  const proof = provedBy === undefined ? 'not proved' : `its app hash is in ${provedBy}`;
  return `at ${height}, ${grouped(keys)} keys; ${proof}`;
}
