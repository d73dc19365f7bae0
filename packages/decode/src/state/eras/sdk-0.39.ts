import { aminoValues } from '../amino-values.ts';
import { layout, type ReadValue, type StateEra } from '../layout.ts';
import { address, anyBytes, bigEndian, jsonText } from '../plain-values.ts';
import { account, wholeSupply } from '../records/accounts.ts';
import { index, once, perKey } from '../records/common.ts';
import * as distributionRecords from '../records/distribution.ts';
import { deposit, proposal, vote } from '../records/gov.ts';
import { grant } from '../records/grants.ts';
import * as oracleRecords from '../records/oracle.ts';
import { param } from '../records/params.ts';
import * as stakingRecords from '../records/staking.ts';
import * as wasmRecords from '../records/wasm.ts';
import * as types from './sdk-0.39-types.ts';

/* Stores of columbus-4: x/<module>/types/keys.go at cosmos-sdk v0.39.3, x/<module>/internal/types/keys.go at core v0.4.6. */

const amino = aminoValues(types.stateRegistry);
const { scalar } = amino;

const readCoinList = amino.struct(...types.coinList);
/** A bare list is a struct of one repeated field. */
const coinList: ReadValue = (bytes, prefix) => {
  const { json } = readCoinList(bytes, prefix);
  const list = json.slice('{"coins":'.length, -1);
  return { json: list, data: JSON.parse(list) };
};
const nothing = anyBytes;

const acc = [
  layout(0x01, 'account, balance, vesting', amino.bareRegistered('account'), account),
  layout('globalAccountNumber', 'module_value', scalar('uint64'), once('auth', 'global_account_number')),
];

const supply = [layout(0x00, 'supply', amino.registered('supply'), wholeSupply)];

const staking = [
  layout(0x11, 'validator_power', scalar('int64'), stakingRecords.validatorPower),
  layout(0x12, 'module_value', scalar('integer'), once('staking', 'last_total_power')),
  layout(0x21, 'validator', amino.struct(...types.staking.validator), stakingRecords.validator),
  layout(0x22, 'index', nothing, index('staking', 'validator by consensus address')),
  layout(0x23, 'index', nothing, index('staking', 'validators by power')),
  layout(0x31, 'delegation', amino.struct(...types.staking.delegation), stakingRecords.delegation),
  layout(0x32, 'unbonding', amino.struct(...types.staking.unbonding), stakingRecords.unbonding),
  layout(0x33, 'index', nothing, index('staking', 'unbondings by validator')),
  layout(0x34, 'redelegation', amino.struct(...types.staking.redelegation), stakingRecords.redelegation),
  layout(0x35, 'index', nothing, index('staking', 'redelegations by source')),
  layout(0x36, 'index', nothing, index('staking', 'redelegations by destination')),
  layout(0x41, 'index', nothing, index('staking', 'unbondings by completion time')),
  layout(0x42, 'index', nothing, index('staking', 'redelegations by completion time')),
  layout(0x43, 'index', nothing, index('staking', 'unbonding validators by completion time')),
];

const { feePool, outstanding, startingInfo, historical, current, commission, slashEvent } =
  types.distribution;
const distribution = [
  layout(0x00, 'community_pool', amino.struct(...feePool), distributionRecords.communityPool),
  layout(0x01, 'module_value', scalar('consensus'), once('distribution', 'previous_proposer')),
  layout(0x02, 'outstanding_rewards', amino.struct(...outstanding), distributionRecords.outstandingRewards),
  layout(0x03, 'withdraw_address', address(''), distributionRecords.withdrawAddress),
  layout(0x04, 'starting_info', amino.struct(...startingInfo), distributionRecords.startingInfo),
  layout(0x05, 'historical_rewards', amino.struct(...historical), distributionRecords.historicalRewards),
  layout(0x06, 'current_rewards', amino.struct(...current), distributionRecords.currentRewards),
  layout(
    0x07,
    'accumulated_commission',
    amino.struct(...commission),
    distributionRecords.accumulatedCommission,
  ),
  layout(0x08, 'slash_event', amino.struct(...slashEvent), distributionRecords.slashEvent),
];

const slashing = [
  layout(0x01, 'signing_info', amino.struct(...types.signingInfo), stakingRecords.signingInfo),
  layout(0x02, 'missed_block', scalar('bool'), stakingRecords.missedBlock),
  layout(0x03, 'consensus_key', amino.registered('key'), stakingRecords.consensusKey),
];

const gov = [
  layout(
    0x00,
    'proposal',
    amino.struct(...types.gov.proposal),
    proposal({ id: 'id', status: 'proposal_status' }),
  ),
  layout(0x01, 'index', nothing, index('gov', 'proposals in voting by end time')),
  layout(0x02, 'index', nothing, index('gov', 'proposals in deposit by end time')),
  layout(0x03, 'module_value', bigEndian, once('gov', 'next_proposal_id')),
  layout(0x10, 'deposit', amino.struct(...types.gov.deposit), deposit),
  layout(0x20, 'vote', amino.struct(...types.gov.vote), vote),
];

const mint = [layout(0x00, 'module_value', amino.struct(...types.minter), once('mint', 'minter'))];

/** x/staking's and x/market's JSON (cosmos-sdk v0.39.3 x/staking/types/params.go, core v0.4.6 x/market/internal/types/params.go). */
const PARAM_NAMES = { keymaxentries: 'max_entries', minstabilityspread: 'min_spread' };
const params = [layout('', 'param', jsonText, param(PARAM_NAMES))];

const { prevote, vote: rateVote, aggregatePrevote, aggregateVote } = types.oracle;
const oracle = [
  layout(0x01, 'oracle_prevote', amino.struct(...prevote), oracleRecords.prevote),
  layout(0x02, 'oracle_vote', amino.struct(...rateVote), oracleRecords.vote),
  layout(0x03, 'oracle_rate', scalar('decimal'), oracleRecords.rate),
  layout(0x04, 'oracle_feeder', scalar('account'), oracleRecords.feeder),
  layout(0x05, 'oracle_misses', scalar('int64'), oracleRecords.missCounter),
  layout(0x06, 'oracle_prevote', amino.struct(...aggregatePrevote), oracleRecords.aggregatePrevote),
  layout(0x07, 'oracle_vote', amino.struct(...aggregateVote), oracleRecords.aggregateVote),
  layout(0x08, 'oracle_tobin_tax', scalar('decimal'), oracleRecords.tobinTax),
];

const market = [layout(0x01, 'module_value', scalar('decimal'), once('market', 'terra_pool_delta'))];

const treasury = [
  layout(0x01, 'module_value', scalar('decimal'), once('treasury', 'tax_rate')),
  layout(0x02, 'module_value', scalar('decimal'), once('treasury', 'reward_weight')),
  layout(
    0x03,
    'module_value',
    scalar('integer'),
    perKey('treasury', 'tax_cap', (key) => key.text()),
  ),
  layout(0x04, 'module_value', coinList, once('treasury', 'epoch_tax_proceeds')),
  layout(0x05, 'module_value', coinList, once('treasury', 'epoch_initial_issuance')),
  layout(
    0x06,
    'module_value',
    scalar('decimal'),
    perKey('treasury', 'tax_reward', (key) => key.uint64LittleEndian()),
  ),
  layout(
    0x07,
    'module_value',
    scalar('decimal'),
    perKey('treasury', 'seigniorage_reward', (key) => key.uint64LittleEndian()),
  ),
  layout(
    0x08,
    'module_value',
    scalar('integer'),
    perKey('treasury', 'total_staked_luna', (key) => key.uint64LittleEndian()),
  ),
  layout(0x09, 'module_value', scalar('int64'), once('treasury', 'cumulative_height')),
];

const wasm = [
  layout(0x01, 'module_value', bigEndian, once('wasm', 'last_code_id')),
  layout(0x02, 'module_value', bigEndian, once('wasm', 'last_instance_id')),
  layout(0x03, 'wasm_code', amino.struct(...types.wasm.code), wasmRecords.code),
  layout(0x04, 'wasm_contract', amino.struct(...types.wasm.contract), wasmRecords.ownedContract),
  layout(0x05, 'wasm_entry', anyBytes, wasmRecords.entry),
];

const msgauth = [
  layout(0x01, 'grant', amino.struct(...types.grant), grant),
  layout(0x02, 'index', nothing, index('msgauth', 'grants by expiration')),
];

const upgrade = [
  layout(0x00, 'module_value', amino.bareRegistered('plan'), once('upgrade', 'plan')),
  layout(
    0x01,
    'module_value',
    bigEndian,
    perKey('upgrade', 'done', (key) => key.text()),
  ),
];

const evidence = [
  layout(
    0x00,
    'module_value',
    amino.registered('evidence'),
    perKey('evidence', 'evidence', (key) => key.hex()),
  ),
];

const main = [
  layout(
    'consensus_params',
    'module_value',
    amino.bareStruct(...types.consensusParams),
    once('baseapp', 'consensus_params'),
  ),
];

export const sdk039State: StateEra = {
  addressStyle: 'fixed',
  stores: {
    acc,
    supply,
    staking,
    distribution,
    slashing,
    gov,
    mint,
    params,
    oracle,
    market,
    treasury,
    wasm,
    msgauth,
    upgrade,
    evidence,
    main,
  },
  rawStores: {},
};
