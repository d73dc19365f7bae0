/** Finds which application wrote the txs of a chain, height by height. */
import type { ApplicationChoice, ApplicationSigns, ApplicationSpan, DonePlan, EraName } from '@baleen/chain';
import type { Application, KnownChain } from './application.ts';
import { applicationNamed, applications } from './table.ts';

/** A chain, as far as a source tells its applications. */
export interface ChainSigns {
  readonly chainId: string;
  /** Consensus era of the source's newest blocks. */
  readonly era: EraName;
  readonly applicationSigns?: ApplicationSigns | undefined;
  /** Version that a node names over RPC, `0.37.2`; of several nodes each, in any order. */
  readonly nodeVersion?: string | undefined;
}

export interface ChosenApplication extends ApplicationChoice {
  /** Whether anything tells it. false: it is the one that is tried where nothing does. */
  readonly isKnown: boolean;
}

/** Finds the applications of a chain, in order of heights; the first begins at 0, and neighbours differ. What tells an application,
 * first that does: a name that was given, the table of known chains, the upgrades that the chain carried out, the modules in the genesis
 * document, the stores that the application committed last. */
export function chooseApplications(chain: ChainSigns): ChosenApplication[] {
  const chosen: ChosenApplication[] = [];
  for (const from of heightsOfChange(chain)) {
    const next = { ...applicationFrom(from, chain), from };
    if (chosen.at(-1)?.name !== next.name) chosen.push(next);
  }
  return chosen;
}

/** The span that a height belongs to. Heights below the first span belong to it.
 * @param spans  in order of heights; not empty */
export const spanAt = <Span extends ApplicationSpan>(spans: readonly Span[], height: number): Span =>
  spans.findLast(({ from }) => from <= height) ?? spans[0]!;

type Found = Omit<ChosenApplication, 'from'>;

/** Heights at which another application may begin, ascending. */
function heightsOfChange(chain: ChainSigns): number[] {
  const { named = [], donePlans = [] } = chain.applicationSigns ?? {};
  const heights = [
    ...named.map(({ from }) => from),
    ...knownSpans(chain).map(({ from }) => from),
    ...donePlans.map(({ height }) => height),
  ];
  return [...new Set([0, ...heights])].sort((one, other) => one - other);
}

function applicationFrom(height: number, chain: ChainSigns): Found {
  const { named } = chain.applicationSigns ?? {};
  const given = named?.findLast(({ from }) => from <= height);
  if (given !== undefined) return known(applicationNamed(given.name), 'given by its name');
  return (
    knownSpans(chain).findLast(({ from }) => from <= height)?.found ??
    byUpgrades(height, chain) ??
    byModules(height, chain) ??
    byStores(height, chain) ?? { ...known(fallback(height, chain), 'nothing tells another'), isKnown: false }
  );
}

interface KnownSpan {
  readonly from: number;
  readonly found: Found;
}

/** What the table of known chains says of this one, ascending. */
const knownSpans = ({ chainId, era, applicationSigns }: ChainSigns): KnownSpan[] =>
  likeEra(era)
    .flatMap((application) =>
      application.chains
        .filter((chain) => chain.chainId === chainId)
        .flatMap((chain) => knownSpan(application, chain, applicationSigns?.donePlans) ?? []),
    )
    .sort((one, other) => one.from - other.from);

function knownSpan(
  application: Application,
  { chainId, from, plan }: KnownChain,
  donePlans: readonly DonePlan[] = [],
): KnownSpan | undefined {
  const done = donePlans.find(({ name }) => name === plan);
  if (done !== undefined) return { from: done.height, found: known(application, upgradeText(done)) };
  return from === undefined ? undefined : { from, found: known(application, `chain ${chainId} is known`) };
}

/** The application that the upgrades up to a height began; undefined: they tell none. */
function byUpgrades(height: number, { era, applicationSigns }: ChainSigns): Found | undefined {
  const { donePlans = [], stores: newest } = applicationSigns ?? {};
  const done = donePlans.filter((plan) => plan.height <= height);
  const candidates = done.length === donePlans.length ? ofEra(era) : likeEra(era);
  for (const plan of done.toReversed()) {
    const { stores = newest ?? [] } = plan;
    const named = candidates.find(
      ({ plans, marks = [] }) => plans?.includes(plan.name) && has(stores, marks),
    );
    if (named !== undefined) return known(named, upgradeText(plan));
    const marked = markedBy(candidates, plan.stores);
    if (marked !== undefined)
      return known(marked, `since upgrade ${plan.name} it has ${modulesText(marked)}`);
  }
  return undefined;
}

function byModules(height: number, chain: ChainSigns): Found | undefined {
  const candidates = isBelowUpgrade(height, chain) ? likeEra(chain.era) : ofEra(chain.era);
  const marked = markedBy(candidates, chain.applicationSigns?.modules);
  return marked && known(marked, `its genesis has ${modulesText(marked)}`);
}

function byStores(height: number, chain: ChainSigns): Found | undefined {
  const stores = chain.applicationSigns?.stores;
  if (stores === undefined || isBelowUpgrade(height, chain)) return undefined;
  const candidates = ofEra(chain.era);
  const same = candidates.find(({ state }) => state !== undefined && sameNames(state.stores, stores));
  if (same !== undefined) return known(same, 'it has the same stores');
  const marked = markedBy(candidates, stores);
  return marked && known(marked, `it has ${modulesText(marked)}`);
}

/** The SDK's own messages of the node's line, else of the era's; below an upgrade, of the oldest line. */
function fallback(height: number, chain: ChainSigns): Application {
  if (isBelowUpgrade(height, chain)) return likeEra(chain.era).at(-1)!;
  const candidates = ofEra(chain.era);
  const runs = ({ nodeVersion }: Application): boolean =>
    nodeVersion !== undefined && (chain.nodeVersion?.startsWith(`${nodeVersion}.`) ?? false);
  return candidates.find(runs) ?? candidates.at(-1)!;
}

/** Whether an upgrade that tells an application came above the height: the newest stores don't tell of it then. */
const isBelowUpgrade = (height: number, chain: ChainSigns): boolean =>
  (chain.applicationSigns?.donePlans ?? []).some(
    (plan) => plan.height > height && byUpgrades(plan.height, chain) !== undefined,
  );

const ofEra = (era: EraName): Application[] =>
  applications.filter(({ consensus }) => consensus.includes(era));

/** The applications whose txs are encoded as those of the era: a node may have lived through several eras. */
function likeEra(era: EraName): Application[] {
  const { encoding } = ofEra(era)[0]!.transactions;
  return applications.filter(({ transactions }) => transactions.encoding === encoding);
}

const markedBy = (candidates: readonly Application[], names: readonly string[] | undefined) =>
  names && candidates.find(({ marks }) => marks !== undefined && has(names, marks));

const has = (names: readonly string[], marks: readonly string[]): boolean =>
  marks.every((mark) => names.includes(mark));

const known = ({ name }: Application, reason: string): Found => ({ name, reason, isKnown: true });

const upgradeText = ({ name, height }: DonePlan): string => `upgrade ${name} began it at height ${height}`;

const modulesText = ({ marks = [] }: Application): string =>
  `the ${marks.length === 1 ? 'module' : 'modules'} ${marks.join(' and ')}`;

const sameNames = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name) => other.includes(name));
