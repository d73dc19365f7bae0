/** Recognises which application wrote a state by what the state itself contains. The chain's id is not used. */
import type { StateEraName } from '@baleen/chain';
import type { KnownState } from '../applications/application.ts';
import { applications } from '../applications/index.ts';

/** The parts of a state that show which application wrote it. */
export interface StateEvidence {
  /** Names of the stores that the application committed. */
  readonly stores: readonly string[];
  /** Consensus versions of the application's modules by name, from the store `upgrade`; empty if that store has none. */
  readonly moduleVersions: Readonly<Record<string, number>>;
}

/** Returns the name of the layouts of the state's stores. If they are not known, returns the reason in words. */
export function recogniseState(evidence: StateEvidence): StateEraName | { readonly why: string } {
  const known = applications.flatMap(({ software, state }) =>
    state === undefined ? [] : [{ software, ...state, differences: differencesTo(state, evidence) }],
  );
  const same = known.find(({ differences }) => differences.length === 0);
  if (same !== undefined) return same.layouts;
  const shared = ({ stores }: KnownState): number =>
    stores.filter((name) => evidence.stores.includes(name)).length;
  const [nearest] = known.sort((one, other) => shared(other) - shared(one));
  return {
    why: `its stores are of an application whose layouts are not known; unlike ${nearest!.software} it has ${shortened(nearest!.differences)}`,
  };
}

function differencesTo({ stores, newestVersions }: KnownState, evidence: StateEvidence): string[] {
  const { stores: found, moduleVersions } = evidence;
  return [
    ...stores.filter((name) => !found.includes(name)).map((name) => `no store ${name}`),
    ...found.filter((name) => !stores.includes(name)).map((name) => `store ${name}`),
    ...Object.entries(newestVersions)
      .filter(([module, newest]) => (moduleVersions[module] ?? 0) > newest)
      .map(([module, newest]) => `module ${module} at version ${moduleVersions[module]} (not ${newest})`),
  ];
}

const MOST_SHOWN = 6;

const shortened = (differences: readonly string[]): string =>
  differences.length <= MOST_SHOWN
    ? differences.join(', ')
    : `${differences.slice(0, MOST_SHOWN).join(', ')} and ${differences.length - MOST_SHOWN} other differences`;
