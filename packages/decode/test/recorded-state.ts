import { openState } from '@baleen/source';
import { type FixtureName, fixtureData } from '@baleen/testing';

export interface Leaf {
  readonly store: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly version: number;
}

/** Every leaf of every store after a block of a recorded chain. */
export function leavesAt(name: FixtureName, height: number): Leaf[] {
  using state = openState(fixtureData(name), { height });
  const stores = state.info.stores.filter(({ kind }) => kind === 'iavl');
  return stores.flatMap(({ name: store }) =>
    Array.from(state.tree(store).leaves(), ({ key, value, version }) => ({ store, key, value, version })),
  );
}
