import { columbus4Types } from '../../amino/columbus-4.ts';
import { makeRegistry } from '../../amino/registry.ts';
import {
  any,
  coins,
  type Field,
  field,
  type Kind,
  list,
  type Registration,
  struct,
} from '../../amino/schema.ts';
import { description, registered } from '../../amino/sdk-0.39.ts';

/* What SDK 0.39 and Terra core 0.4 keep in their stores: x/<module>/types at cosmos-sdk v0.39.3, x/<module>/internal/types
 * at core v0.4.6. Members are named as in REST's JSON where that shows them, else as the protobuf successor names them. */

const decimalCoins: Kind = { each: struct(field('denom', 'text'), field('amount', 'decimal')), absent: '[]' };

const baseAccount = struct(
  field('address', 'account'),
  field('coins', coins),
  field('pub_key', any('key')),
  field('account_number', 'uint64'),
  field('sequence', 'uint64'),
);
const baseVesting = struct(
  field('base_account', baseAccount),
  field('original_vesting', coins),
  field('delegated_free', coins),
  field('delegated_vesting', coins),
  field('end_time', 'int64'),
);
const startTime = field('start_time', 'int64');
const vesting = (name: string, ...own: readonly Field[]): Registration =>
  registered(name, 'account', field('base_vesting_account', baseVesting), ...own);
const lazySchedule = struct(
  field('start_time', 'int64'),
  field('end_time', 'int64'),
  field('ratio', 'decimal'),
);

/** Terra gave some types names of its own (core v0.4.6, x/auth/{internal,vesting}/types/codec.go), earlier releases more. */
const accounts: readonly Registration[] = [
  { name: 'core/Account', group: 'account', body: baseAccount },
  registered(
    'supply/ModuleAccount',
    'account',
    field('base_account', baseAccount),
    field('name', 'text'),
    field('permissions', list('text')),
  ),
  { name: 'core/BaseVestingAccount', group: 'account', body: baseVesting },
  vesting(
    'core/LazyGradedVestingAccount',
    field('vesting_schedules', list(struct(field('denom', 'text'), field('schedules', list(lazySchedule))))),
  ),
  vesting('core/ContinuousVestingAccount', startTime),
  vesting('core/DelayedVestingAccount'),
  vesting('cosmos-sdk/ContinuousVestingAccount', startTime),
  vesting('cosmos-sdk/DelayedVestingAccount'),
  vesting(
    'cosmos-sdk/PeriodicVestingAccount',
    startTime,
    field('vesting_periods', list(struct(field('length', 'int64'), field('amount', coins)))),
  ),
];

const others: readonly Registration[] = [
  registered('supply/Supply', 'supply', field('total', coins)),
  registered(
    'cosmos-sdk/Plan',
    'plan',
    field('name', 'text'),
    field('time', 'time'),
    field('height', 'int64'),
    field('info', 'text'),
  ),
];

export const stateRegistry = makeRegistry('core/StdTx', 'terra', [...columbus4Types, ...accounts, ...others]);

const delegator = field('delegator_address', 'account');
const operator = field('validator_address', 'operator');

export const staking = {
  validator: [
    field('operator_address', 'operator'),
    field('consensus_pubkey', 'consensus-key'),
    field('jailed', 'bool'),
    field('status', 'number'),
    field('tokens', 'integer'),
    field('delegator_shares', 'decimal'),
    field('description', description),
    field('unbonding_height', 'int64'),
    field('unbonding_time', 'time'),
    field(
      'commission',
      struct(
        field(
          'commission_rates',
          struct(field('rate', 'decimal'), field('max_rate', 'decimal'), field('max_change_rate', 'decimal')),
        ),
        field('update_time', 'time'),
      ),
    ),
    field('min_self_delegation', 'integer'),
  ],
  delegation: [delegator, operator, field('shares', 'decimal')],
  unbonding: [
    delegator,
    operator,
    field(
      'entries',
      list(
        struct(
          field('creation_height', 'int64'),
          field('completion_time', 'time'),
          field('initial_balance', 'integer'),
          field('balance', 'integer'),
        ),
      ),
    ),
  ],
  redelegation: [
    delegator,
    field('validator_src_address', 'operator'),
    field('validator_dst_address', 'operator'),
    field(
      'entries',
      list(
        struct(
          field('creation_height', 'int64'),
          field('completion_time', 'time'),
          field('initial_balance', 'integer'),
          field('shares_dst', 'decimal'),
        ),
      ),
    ),
  ],
} as const;

export const distribution = {
  feePool: [field('community_pool', decimalCoins)],
  outstanding: [field('rewards', decimalCoins)],
  commission: [field('commission', decimalCoins)],
  current: [field('rewards', decimalCoins), field('period', 'uint64')],
  historical: [field('cumulative_reward_ratio', decimalCoins), field('reference_count', 'number')],
  startingInfo: [field('previous_period', 'uint64'), field('stake', 'decimal'), field('height', 'uint64')],
  slashEvent: [field('validator_period', 'uint64'), field('fraction', 'decimal')],
} as const;

export const signingInfo = [
  field('address', 'consensus'),
  field('start_height', 'int64'),
  field('index_offset', 'int64'),
  field('jailed_until', 'time'),
  field('tombstoned', 'bool'),
  field('missed_blocks_counter', 'int64'),
] as const;

const tally = ['yes', 'abstain', 'no', 'no_with_veto'].map((name) => field(name, 'integer'));

export const gov = {
  proposal: [
    field('content', any('content')),
    field('id', 'uint64'),
    field('proposal_status', 'proposal-status'),
    field('final_tally_result', struct(...tally)),
    field('submit_time', 'time'),
    field('deposit_end_time', 'time'),
    field('total_deposit', coins),
    field('voting_start_time', 'time'),
    field('voting_end_time', 'time'),
  ],
  deposit: [field('proposal_id', 'uint64'), field('depositor', 'account'), field('amount', coins)],
  vote: [field('proposal_id', 'uint64'), field('voter', 'account'), field('option', 'vote-option')],
} as const;

export const minter = [field('inflation', 'decimal'), field('annual_provisions', 'decimal')] as const;

const voter = field('voter', 'operator');

export const oracle = {
  prevote: [field('hash', 'hex'), field('denom', 'text'), voter, field('submit_block', 'int64')],
  vote: [field('exchange_rate', 'decimal'), field('denom', 'text'), voter],
  aggregatePrevote: [field('hash', 'hex'), voter, field('submit_block', 'int64')],
  aggregateVote: [
    field('exchange_rate_tuples', list(struct(field('denom', 'text'), field('exchange_rate', 'decimal')))),
    voter,
  ],
} as const;

/** A bare list is a struct of one repeated field. */
export const coinList = [field('coins', coins)] as const;

export const wasm = {
  code: [field('code_id', 'uint64'), field('code_hash', 'base64'), field('creator', 'account')],
  contract: [
    field('address', 'account'),
    field('owner', 'account'),
    field('code_id', 'uint64'),
    field('init_msg', 'base64'),
    field('migratable', 'bool'),
  ],
} as const;

export const grant = [field('authorization', any('authorization')), field('expiration', 'time')] as const;

/** abci.ConsensusParams, whose bytes are protobuf's. */
export const consensusParams = [
  field('block', struct(field('max_bytes', 'int64'), field('max_gas', 'int64'))),
  field(
    'evidence',
    struct(
      field('max_age_num_blocks', 'int64'),
      field('max_age_duration', struct(field('seconds', 'int64'), field('nanos', 'int64'))),
    ),
  ),
  field('validator', struct(field('pub_key_types', list('text')))),
] as const;
