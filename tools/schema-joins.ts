/** Which columns of the views name a row of another view. */

export interface ViewColumns {
  readonly name: string;
  readonly columns: readonly { readonly name: string }[];
}

/** Each row of `from` whose `columns` are not NULL names a row of `to` by its `key`; both begin with `chain_id`. */
export interface Join {
  readonly from: string;
  readonly columns: readonly string[];
  readonly to: string;
  readonly key: readonly string[];
}

interface Target {
  readonly to: string;
  /** Beside chain_id. */
  readonly key: readonly string[];
  /** Sets of columns that mean this key wherever they stand, the first that a view has counts as well as the others. */
  readonly namedBy: readonly (readonly string[])[];
}

/** From the finest to the coarsest: a row that names an event needs no arrow to the event's tx. */
const OF_BLOCKS: readonly Target[] = [
  { to: 'events', key: ['height', 'event_index'], namedBy: [['height', 'event_index']] },
  { to: 'txs', key: ['height', 'tx_index'], namedBy: [['height', 'tx_index']] },
  { to: 'blocks', key: ['height'], namedBy: [['height']] },
];

const OF_STATE: readonly Target[] = [
  {
    to: 'validators',
    key: ['operator_address'],
    namedBy: [['operator_address'], ['source_operator_address'], ['destination_operator_address']],
  },
  {
    to: 'accounts',
    key: ['address'],
    namedBy: [
      ['address'],
      ['delegator'],
      ['granter'],
      ['voter'],
      ['depositor'],
      ['operator_account'],
      ['creator'],
    ],
  },
  { to: 'proposals_state', key: ['proposal_id'], namedBy: [['proposal_id']] },
  { to: 'wasm_contracts', key: ['address'], namedBy: [['contract']] },
  { to: 'wasm_codes', key: ['code_id'], namedBy: [['code_id']] },
];

/** Facts over ranges of heights, which are no state. */
const RANGES: ReadonlySet<string> = new Set([
  'consensus_params',
  'coverage',
  'failed_ranges',
  'gaps',
  'validator_sets',
]);

/** Views of state alone: events, messages and old validator sets name validators and accounts that may be gone from the state. */
const isOfState = ({ name, columns }: ViewColumns): boolean =>
  !RANGES.has(name) &&
  columns.some((column) => column.name === 'from_height' || column.name === 'as_of_height');

export function joinsOf(views: readonly ViewColumns[]): Join[] {
  return views.flatMap((view) => {
    const joins = [
      ...firstOf(OF_BLOCKS, view),
      ...(isOfState(view) ? OF_STATE.flatMap((target) => joinsTo(target, view)) : []),
    ];
    return joins.length > 0 || view.name === 'chains'
      ? joins
      : [{ from: view.name, columns: [], to: 'chains', key: [] }];
  });
}

function firstOf(targets: readonly Target[], view: ViewColumns): Join[] {
  for (const target of targets) {
    const joins = joinsTo(target, view);
    if (joins.length > 0) return joins;
  }
  return [];
}

function joinsTo({ to, key, namedBy }: Target, view: ViewColumns): Join[] {
  const names = new Set(view.columns.map(({ name }) => name));
  return namedBy
    .filter((columns) => columns.every((column) => names.has(column)))
    .filter((columns) => view.name !== to || columns.some((column) => !key.includes(column)))
    .map((columns) => ({ from: view.name, columns, to, key }));
}
