import { plansOf } from '../../protobuf/index.ts';
import { layout, type StateEra } from '../layout.ts';
import { address, anyBytes, bigEndian, digits, jsonText } from '../plain-values.ts';
import { protoValues, wrappedAddress, wrappedFlag, wrappedInteger } from '../proto-values.ts';
import { account, balance, denomMetadata, denomTrace, supply } from '../records/accounts.ts';
import { index, once, perKey } from '../records/common.ts';
import * as distributionRecords from '../records/distribution.ts';
import { deposit, proposal, vote } from '../records/gov.ts';
import { feeAllowance, grant } from '../records/grants.ts';
import * as oracleRecords from '../records/oracle.ts';
import { param } from '../records/params.ts';
import * as stakingRecords from '../records/staking.ts';
import * as wasmRecords from '../records/wasm.ts';

/* Stores of columbus-5: x/<module>/types/keys.go at cosmos-sdk v0.44.5 and core v0.5.17. */

const proto = protoValues(plansOf(['terra-columbus5']));
const { message, member } = proto;
const decimal = member('cosmos.base.v1beta1.DecProto', 'dec');
const integer = member('cosmos.base.v1beta1.IntProto', 'int');
const nothing = anyBytes;

const acc = [
  layout(0x01, 'account, vesting', proto.any, account),
  layout('globalAccountNumber', 'module_value', wrappedInteger, once('auth', 'global_account_number')),
];

const bank = [
  layout(0x00, 'supply', digits, supply),
  layout(0x01, 'denom_metadata', message('cosmos.bank.v1beta1.Metadata'), denomMetadata),
  layout(0x02, 'balance', message('cosmos.base.v1beta1.Coin'), balance),
];

const ofStaking = (name: string) => message(`cosmos.staking.v1beta1.${name}`);
const staking = [
  layout(0x11, 'validator_power', wrappedInteger, stakingRecords.validatorPower),
  layout(0x12, 'module_value', integer, once('staking', 'last_total_power')),
  layout(0x21, 'validator', ofStaking('Validator'), stakingRecords.validator),
  layout(0x22, 'index', nothing, index('staking', 'validator by consensus address')),
  layout(0x23, 'index', nothing, index('staking', 'validators by power')),
  layout(0x31, 'delegation', ofStaking('Delegation'), stakingRecords.delegation),
  layout(0x32, 'unbonding', ofStaking('UnbondingDelegation'), stakingRecords.unbonding),
  layout(0x33, 'index', nothing, index('staking', 'unbondings by validator')),
  layout(0x34, 'redelegation', ofStaking('Redelegation'), stakingRecords.redelegation),
  layout(0x35, 'index', nothing, index('staking', 'redelegations by source')),
  layout(0x36, 'index', nothing, index('staking', 'redelegations by destination')),
  layout(0x41, 'index', nothing, index('staking', 'unbondings by completion time')),
  layout(0x42, 'index', nothing, index('staking', 'redelegations by completion time')),
  layout(0x43, 'index', nothing, index('staking', 'unbonding validators by completion time')),
  layout(0x50, 'historical_info', ofStaking('HistoricalInfo'), stakingRecords.historicalInfo),
];

const ofDistribution = (name: string) => message(`cosmos.distribution.v1beta1.${name}`);
const distribution = [
  layout(0x00, 'community_pool', ofDistribution('FeePool'), distributionRecords.communityPool),
  layout(0x01, 'module_value', wrappedAddress('valcons'), once('distribution', 'previous_proposer')),
  layout(
    0x02,
    'outstanding_rewards',
    ofDistribution('ValidatorOutstandingRewards'),
    distributionRecords.outstandingRewards,
  ),
  layout(0x03, 'withdraw_address', address(''), distributionRecords.withdrawAddress),
  layout(0x04, 'starting_info', ofDistribution('DelegatorStartingInfo'), distributionRecords.startingInfo),
  layout(
    0x05,
    'historical_rewards',
    ofDistribution('ValidatorHistoricalRewards'),
    distributionRecords.historicalRewards,
  ),
  layout(
    0x06,
    'current_rewards',
    ofDistribution('ValidatorCurrentRewards'),
    distributionRecords.currentRewards,
  ),
  layout(
    0x07,
    'accumulated_commission',
    ofDistribution('ValidatorAccumulatedCommission'),
    distributionRecords.accumulatedCommission,
  ),
  layout(0x08, 'slash_event', ofDistribution('ValidatorSlashEvent'), distributionRecords.slashEvent),
];

const slashing = [
  layout(
    0x01,
    'signing_info',
    message('cosmos.slashing.v1beta1.ValidatorSigningInfo'),
    stakingRecords.signingInfo,
  ),
  layout(0x02, 'missed_block', wrappedFlag, stakingRecords.missedBlock),
  layout(0x03, 'consensus_key', proto.any, stakingRecords.consensusKey),
];

const gov = [
  layout(
    0x00,
    'proposal',
    message('cosmos.gov.v1beta1.Proposal'),
    proposal({ id: 'proposal_id', status: 'status' }),
  ),
  layout(0x01, 'index', nothing, index('gov', 'proposals in voting by end time')),
  layout(0x02, 'index', nothing, index('gov', 'proposals in deposit by end time')),
  layout(0x03, 'module_value', bigEndian, once('gov', 'next_proposal_id')),
  layout(0x10, 'deposit', message('cosmos.gov.v1beta1.Deposit'), deposit),
  layout(0x20, 'vote', message('cosmos.gov.v1beta1.Vote'), vote),
];

const mint = [layout(0x00, 'module_value', message('cosmos.mint.v1beta1.Minter'), once('mint', 'minter'))];

const params = [layout('', 'param', jsonText, param({}))];

const ofOracle = (name: string) => message(`terra.oracle.v1beta1.${name}`);
const oracle = [
  layout(0x01, 'oracle_rate', decimal, oracleRecords.rate),
  layout(0x02, 'oracle_feeder', address(''), oracleRecords.feeder),
  layout(0x03, 'oracle_misses', wrappedInteger, oracleRecords.missCounter),
  layout(0x04, 'oracle_prevote', ofOracle('AggregateExchangeRatePrevote'), oracleRecords.aggregatePrevote),
  layout(0x05, 'oracle_vote', ofOracle('AggregateExchangeRateVote'), oracleRecords.aggregateVote),
  layout(0x06, 'oracle_tobin_tax', decimal, oracleRecords.tobinTax),
];

const market = [layout(0x01, 'module_value', decimal, once('market', 'terra_pool_delta'))];

const treasury = [
  layout(0x01, 'module_value', decimal, once('treasury', 'tax_rate')),
  layout(0x02, 'module_value', decimal, once('treasury', 'reward_weight')),
  layout(
    0x03,
    'module_value',
    integer,
    perKey('treasury', 'tax_cap', (key) => key.text()),
  ),
  layout(
    0x04,
    'module_value',
    member('terra.treasury.v1beta1.EpochTaxProceeds', 'tax_proceeds'),
    once('treasury', 'epoch_tax_proceeds'),
  ),
  layout(
    0x05,
    'module_value',
    member('terra.treasury.v1beta1.EpochInitialIssuance', 'issuance'),
    once('treasury', 'epoch_initial_issuance'),
  ),
  layout(
    0x06,
    'module_value',
    decimal,
    perKey('treasury', 'tax_reward', (key) => key.uint64LittleEndian()),
  ),
  layout(
    0x07,
    'module_value',
    decimal,
    perKey('treasury', 'seigniorage_reward', (key) => key.uint64LittleEndian()),
  ),
  layout(
    0x08,
    'module_value',
    integer,
    perKey('treasury', 'total_staked_luna', (key) => key.uint64LittleEndian()),
  ),
];

const wasm = [
  layout(0x01, 'module_value', bigEndian, once('wasm', 'last_code_id')),
  layout(0x02, 'module_value', bigEndian, once('wasm', 'last_instance_id')),
  layout(0x03, 'wasm_code', message('terra.wasm.v1beta1.CodeInfo'), wasmRecords.code),
  layout(0x04, 'wasm_contract', message('terra.wasm.v1beta1.ContractInfo'), wasmRecords.contract),
  layout(0x05, 'wasm_entry', anyBytes, wasmRecords.entry),
];

const authz = [layout(0x01, 'grant', message('cosmos.authz.v1beta1.Grant'), grant)];

const feegrant = [layout(0x00, 'fee_allowance', message('cosmos.feegrant.v1beta1.Grant'), feeAllowance)];

const upgrade = [
  layout(0x00, 'module_value', message('cosmos.upgrade.v1beta1.Plan'), once('upgrade', 'plan')),
  layout(
    0x01,
    'module_value',
    bigEndian,
    perKey('upgrade', 'done', (key) => key.text()),
  ),
  layout(
    0x02,
    'module_value',
    bigEndian,
    perKey('upgrade', 'module_version', (key) => key.text()),
  ),
];

const evidence = [
  layout(
    0x00,
    'module_value',
    proto.any,
    perKey('evidence', 'evidence', (key) => key.hex()),
  ),
];

const transfer = [
  layout(0x01, 'module_value', anyBytes, once('transfer', 'port_base64')),
  layout(0x02, 'denom_trace', message('ibc.applications.transfer.v1.DenomTrace'), denomTrace),
];

export const sdk044State: StateEra = {
  addressStyle: 'prefixed',
  stores: {
    acc,
    bank,
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
    authz,
    feegrant,
    upgrade,
    evidence,
    transfer,
  },
  rawStores: {
    ibc: 'kept raw: clients, connections, channels and packets of IBC',
    capability: 'kept raw: which module owns which IBC port and channel',
  },
};
