/** Finds what can be had from a source, view by view. */
import type { BlockSource } from '@baleen/pipeline';
import { type Needs, type Table, tables } from '@baleen/tables';
import type { InspectedState, NoState } from './inspected-state.ts';

export interface ViewCoverage {
  readonly view: string;
  readonly coverage: 'full' | 'partial' | 'nothing';
  /** Why the view is partial or empty. For a full view of state: its height; for another full view: empty. */
  readonly why: string;
}

/** What a source lacks of each part of a block that tables need, in words; undefined if it lacks nothing of a part. */
interface Lacks extends Readonly<Record<Exclude<Needs, 'results'>, string | undefined>> {
  readonly results: ResultsLack | undefined;
}

interface ResultsLack {
  readonly all: boolean;
  readonly why: string;
}

/** Views of application state that people ask for first, and the stores that each is made of; the others come with them. */
const STATE_VIEWS: Readonly<Record<string, readonly string[]>> = {
  accounts: ['acc'],
  balances: ['acc', 'bank'],
  supply: ['bank', 'supply'],
  delegations: ['staking'],
  unbonding_delegations: ['staking'],
  redelegations: ['staking'],
  validators: ['staking'],
  pending_rewards: ['distribution', 'staking'],
  module_params: ['params'],
  contract_state: ['wasm'],
};

export async function viewCoverage(
  source: BlockSource,
  state: InspectedState | NoState,
): Promise<ViewCoverage[]> {
  const lacks = await findLacks(source);
  return [
    ...Object.values<Table>(tables).flatMap((table) =>
      table.views.map((view) => ofTable(view, table, lacks, source.info.head)),
    ),
    ...Object.entries(STATE_VIEWS).map(([view, stores]) => ofState(view, stores, state)),
  ];
}

function ofTable(
  view: string,
  { needs, ofResults, storage }: Table,
  lacks: Lacks,
  head: number,
): ViewCoverage {
  if (needs === 'results') return ofBlockResults(view, lacks);
  if (needs !== 'blocks') return ofNode(view, lacks.blocks, lacks[needs]);
  const columns = ofResults && lacks.results && `${ofResults}: ${lacks.results.why}`;
  const comesLater = storage.kind !== 'content' && storage.heightsBelow > 0;
  return partial(
    view,
    joined(
      lacks.blocks,
      columns,
      comesLater ? `those of the head ${head} come with the next block` : undefined,
    ),
  );
}

async function findLacks(source: BlockSource): Promise<Lacks> {
  const { base, head, initialHeight } = source.info;
  const newest = await source.blockAt(head);
  const noState = stateLack(source, 'state.db does not have it', 'the node does not have it');
  return {
    blocks: base > (initialHeight ?? 1) ? `from height ${base}, below it is pruned` : undefined,
    results: findResultsLack(source),
    validators: newest?.validatorSet === undefined ? noState : undefined,
    params: newest?.consensusParams === undefined ? noState : undefined,
  };
}

/** Says why something that state.db holds is not there. */
function stateLack({ info }: BlockSource, inDatabase: string, overRpc: string): string {
  if (info.backend === 'rpc') return overRpc;
  return info.databases.includes('state.db') ? inDatabase : 'no state.db';
}

function findResultsLack(source: BlockSource): ResultsLack | undefined {
  const { base, head, resultsBase, resultsHead } = source.info;
  if (resultsBase === undefined || resultsHead === undefined)
    return {
      all: true,
      why: stateLack(source, 'results were pruned or discarded', 'the node pruned or discarded results'),
    };
  if (resultsBase <= base && resultsHead >= head) return undefined;
  return { all: false, why: `results are there for ${resultsBase}..${resultsHead} of ${base}..${head}` };
}

const partial = (view: string, why: string | undefined): ViewCoverage => ({
  view,
  coverage: why === undefined ? 'full' : 'partial',
  why: why ?? '',
});

const ofBlockResults = (view: string, { blocks, results }: Lacks): ViewCoverage =>
  results?.all
    ? { view, coverage: 'nothing', why: results.why }
    : partial(view, joined(blocks, results?.why));

/** Coverage of a view that needs what state.db has of each height. */
const ofNode = (view: string, blocks: string | undefined, lack: string | undefined): ViewCoverage =>
  lack === undefined ? partial(view, blocks) : { view, coverage: 'nothing', why: lack };

function ofState(view: string, stores: readonly string[], state: InspectedState | NoState): ViewCoverage {
  if ('why' in state) return { view, coverage: 'nothing', why: state.why };
  const lack = state.leftOut.find(({ store }) => stores.includes(store));
  if (lack !== undefined)
    return { view, coverage: 'nothing', why: `store ${lack.store} is left out: ${lack.why}` };
  return { view, coverage: 'full', why: `as of height ${state.height}` };
}

const joined = (...reasons: (string | undefined)[]): string | undefined =>
  reasons.filter((reason) => reason !== undefined).join('; ') || undefined;
