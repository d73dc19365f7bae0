/** The applications whose txs and stores are known. One more is a file of this folder and a line here. */
import type { ApplicationSigns, EraName } from '@baleen/chain';
import type { Application } from './application.ts';
import { columbus1 } from './columbus-1.ts';
import { columbus2 } from './columbus-2.ts';
import { columbus3 } from './columbus-3.ts';
import { columbus4 } from './columbus-4.ts';
import { columbus5 } from './columbus-5.ts';
import { cosmoshub2 } from './cosmoshub-2.ts';
import { cosmoshub3 } from './cosmoshub-3.ts';
import { genericAmino } from './generic-amino.ts';
import { phoenix } from './phoenix.ts';
import { sdk045 } from './sdk-0.45.ts';
import { sdk047 } from './sdk-0.47.ts';
import { sdk050 } from './sdk-0.50.ts';
import { sdk053 } from './sdk-0.53.ts';
import { terraClassic3 } from './terra-classic-3.ts';

export { countMessages } from '../protobuf/descriptor-set.ts';
export type { Application } from './application.ts';
export { listMessages } from './listed-messages.ts';

export const applications: readonly Application[] = [
  cosmoshub2,
  columbus1,
  columbus2,
  columbus3,
  columbus4,
  terraClassic3,
  phoenix,
  columbus5,
  sdk053,
  sdk050,
  sdk047,
  sdk045,
  cosmoshub3,
  genericAmino,
];

/** A chain's block, as far as it tells the application. */
export interface BlockPlace {
  readonly chainId: string;
  readonly era: EraName;
  readonly height: number;
  readonly applicationSigns?: ApplicationSigns | undefined;
}

/** An application, and what tells that it is this one, in words. */
export interface ChosenApplication {
  readonly application: Application;
  readonly reason: string;
  /** Whether anything tells it. false: it is the one that is tried where nothing does. */
  readonly isKnown: boolean;
}

/** Finds the application that a block's txs are of. What tells it, first that does: a name that was given, an upgrade that the
 * chain carried out, the chain's id, the
 * stores that the application committed, the modules in the genesis document. */
export function chooseApplication(place: BlockPlace): ChosenApplication {
  const named = place.applicationSigns?.named?.findLast(({ from }) => from <= place.height);
  if (named !== undefined) return { ...known(applicationNamed(named.name)), reason: 'given by its name' };
  const ofEra = applications.filter(({ consensus }) => consensus.includes(place.era));
  const ofPlan = begunByPlan(ofEra, place);
  if (ofPlan !== undefined) return ofPlan;
  const ofChain = ofEra.find(({ chains }) => runs(chains, place));
  if (ofChain !== undefined) return { ...known(ofChain), reason: `chain ${place.chainId} is known` };
  const { stores } = place.applicationSigns ?? {};
  const ofStores =
    stores && ofEra.find(({ state }) => state !== undefined && sameNames(state.stores, stores));
  if (ofStores !== undefined) return { ...known(ofStores), reason: 'it has the same stores' };
  const marked = markedBy(ofEra, stores) ?? markedBy(ofEra, place.applicationSigns?.modules);
  if (marked !== undefined) return { ...known(marked), reason: `it has ${modulesText(marked.marks!)}` };
  return { application: ofEra.at(-1)!, reason: 'nothing tells another', isKnown: false };
}

/** The application that the last upgrade up to a block's height began; undefined: none did that is known. */
function begunByPlan(
  candidates: readonly Application[],
  { chainId, height, applicationSigns }: BlockPlace,
): ChosenApplication | undefined {
  for (const done of applicationSigns?.donePlans?.toReversed() ?? []) {
    if (done.height > height) continue;
    const application = candidates.find(({ plans }) =>
      plans?.some(({ chainId: id, plan }) => id === chainId && plan === done.name),
    );
    if (application !== undefined)
      return { ...known(application), reason: `upgrade ${done.name} began it at height ${done.height}` };
  }
  return undefined;
}

const modulesText = (names: readonly string[]): string =>
  `the ${names.length === 1 ? 'module' : 'modules'} ${names.join(' and ')}`;

const markedBy = (
  candidates: readonly Application[],
  names: readonly string[] | undefined,
): Application | undefined =>
  names && candidates.find(({ marks }) => marks?.every((mark) => names.includes(mark)));

const known = (application: Application) => ({ application, isKnown: true });

/** @throws TypeError there is none of that name */
export function applicationNamed(name: string): Application {
  const found = applications.find((each) => each.name === name);
  if (found === undefined) throw new TypeError(`no application '${name}'`);
  return found;
}

const runs = (chains: Application['chains'], { chainId, height }: BlockPlace): boolean =>
  chains.some((chain) => chain.chainId === chainId && chain.from <= height);

const sameNames = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name) => other.includes(name));
