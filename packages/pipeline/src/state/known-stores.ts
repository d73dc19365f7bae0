import { BaleenError, type StateEraName } from '@baleen/chain';
import { createStateDecoder, type DoubtfulStore, doubtfulStores, recogniseState } from '@baleen/decode/state';
import type { State, StateStore } from '@baleen/source';

/** What of a state can be read. */
export interface KnownStores {
  readonly era: StateEraName;
  /** The stores that can be read, in order of their names. */
  readonly stores: readonly StateStore[];
  /** The stores that are skipped entirely, each with the reason in words. */
  readonly leftOut: readonly DoubtfulStore[];
}

/** Finds the stores whose layouts are known for sure: by the names of all stores, by the versions of their modules, and by trying
 * some leaves of each kind.
 *
 * @param prefix    of account addresses: `terra`
 * @param givenEra  taken instead of what the names and versions tell
 * @throws BaleenError operator `STATE_APPLICATION_UNKNOWN` */
export function knownStores(state: State, prefix: string, givenEra?: StateEraName): KnownStores {
  const { info } = state;
  const trees = info.stores.filter(({ kind }) => kind === 'iavl');
  const names = trees.map(({ name }) => name);
  const era = givenEra ?? recogniseState({ stores: names, moduleVersions: info.moduleVersions });
  if (typeof era !== 'string')
    throw new BaleenError(
      'operator',
      'STATE_APPLICATION_UNKNOWN',
      `read the state at ${info.height} of ${info.path}: ${era.why}; it is left out as a whole`,
    );
  const leftOut = doubtfulStores(
    names,
    (store, range) => state.entries(store, range),
    createStateDecoder(era, prefix),
  );
  return { era, stores: trees.filter(({ name }) => !leftOut.some(({ store }) => store === name)), leftOut };
}
