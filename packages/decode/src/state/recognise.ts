/** Which application wrote a state, told from what the state itself holds. A chain's name never counts. */
import type { StateEraName } from '@baleen/chain';

/** What a state tells of the application that wrote it. */
export interface StateEvidence {
  /** Names of the stores that the application committed. */
  readonly stores: readonly string[];
  /** Consensus versions of its modules, as the upgrade module stored them; empty: it stored none. */
  readonly moduleVersions: Readonly<Record<string, number>>;
}

/** The stores of an application whose layouts are known. */
interface KnownStores {
  readonly application: string;
  /** All stores that it commits, in order of names. */
  readonly stores: readonly string[];
  /** The newest version of each module that still writes these layouts. */
  readonly newestVersions: Readonly<Record<string, number>>;
}

const KNOWN: Readonly<Record<StateEraName, KnownStores>> = {
  // core v0.4.6 app/app.go
  'sdk-0.39': {
    application: 'Terra core 0.4 (SDK 0.39)',
    stores: [
      ...['acc', 'distribution', 'evidence', 'gov', 'main', 'market', 'mint', 'msgauth', 'oracle', 'params'],
      ...['slashing', 'staking', 'supply', 'treasury', 'upgrade', 'wasm'],
    ],
    newestVersions: {},
  },
  // core v0.5.23 app/app.go; versions: sdk v0.44.5 x/<module>/module.go ConsensusVersion. SDK 0.46 raised them.
  'sdk-0.44': {
    application: 'Terra core 0.5 (SDK 0.44)',
    stores: [
      ...[
        'acc',
        'authz',
        'bank',
        'capability',
        'distribution',
        'evidence',
        'feegrant',
        'gov',
        'ibc',
        'market',
      ],
      ...['mint', 'oracle', 'params', 'slashing', 'staking', 'transfer', 'treasury', 'upgrade', 'wasm'],
    ],
    newestVersions: {
      ...{ auth: 2, authz: 1, bank: 2, capability: 1, distribution: 2, evidence: 1, feegrant: 1, gov: 2 },
      ...{ mint: 1, params: 1, slashing: 2, staking: 2, upgrade: 1 },
    },
  },
};

/** The layouts of the state's stores, or why they are not known, in words. */
export function recogniseState(evidence: StateEvidence): StateEraName | { readonly why: string } {
  const differences = new Map(
    Object.entries(KNOWN).map(([era, known]) => [era as StateEraName, differencesTo(known, evidence)]),
  );
  const same = [...differences].find(([, found]) => found.length === 0);
  if (same !== undefined) return same[0];
  const shared = (era: StateEraName): number =>
    KNOWN[era].stores.filter((name) => evidence.stores.includes(name)).length;
  const [nearest, found] = [...differences].sort(([one], [other]) => shared(other) - shared(one))[0]!;
  return {
    why: `its stores are of an application whose layouts are not known; unlike ${KNOWN[nearest].application} it has ${shortened(found)}`,
  };
}

function differencesTo({ stores, newestVersions }: KnownStores, evidence: StateEvidence): string[] {
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
