import { jsonCells } from '../json-cell.ts';
import { heldOrNull } from '../postgres-text.ts';
import { required } from '../table.ts';
import { address, baseUnits, consensusAddress, json, operatorAddress, time, timeCells } from './columns.ts';
import { defineStateTable } from './state-table.ts';

const bytes = (doc: string) => required('bytea', 'hash', doc);
const delegator = address("The delegator's address.");
const shares = (doc: string) => required('decimal', 'hash', doc);
const rate = (doc: string) => required('decimal', 'hash', `${doc}: 0.1 is 10 %.`);

export const validators = defineStateTable({
  name: 'state_validators',
  doc: 'One row is a validator of the staking module, bonded or not. (validators has the consensus keys of blocks.) Key: chain_id, operator_address, from_height.',
  kinds: ['validator'],
  columns: {
    operator_address: operatorAddress,
    operator_account: address("The operator's own account; delegations of it are the self-delegation."),
    consensus_address: consensusAddress,
    key_type: required('text', 'hash', 'Type of the consensus key: ed25519.'),
    public_key: bytes('Consensus key.'),
    consensus_pubkey: required('jsonb', 'hash', 'Consensus key as REST prints it.'),
    jailed: required('bool', 'hash', 'Whether it is jailed.'),
    status: required('text', 'hash', 'bonded, unbonding or unbonded.'),
    tokens: baseUnits('Coins that are delegated to it.'),
    delegator_shares: shares('Shares of all its delegators; a share is worth tokens / delegator_shares.'),
    moniker: required('text', 'hash', 'Name that it gave itself; U+FFFD for what Postgres refuses.'),
    ...json('description', 'Moniker, identity, website, security contact, details, as REST prints them.'),
    unbonding_height: required('numeric', 'hash', 'Height at which it last began to unbond; 0: never.'),
    ...time('unbonding_time', 'When its unbonding ends or ended; 1970: it never unbonded.'),
    commission_rate: rate('Commission'),
    commission_max_rate: rate('Highest commission'),
    commission_max_change_rate: rate('Most that the commission may change in a day'),
    ...time('commission_update_time', 'When the commission changed last.'),
    min_self_delegation: baseUnits('Least that the operator must delegate.'),
  },
  rows: (record) => {
    const description = jsonCells(record.descriptionJson);
    return [
      {
        operator_address: record.operatorAddress,
        operator_account: record.operatorAccount,
        consensus_address: record.consensusAddress,
        key_type: record.keyType,
        public_key: record.publicKey,
        consensus_pubkey: record.consensusPubkeyJson,
        jailed: record.jailed,
        status: record.status,
        tokens: record.tokens,
        delegator_shares: record.delegatorShares,
        moniker: heldOrNull(record.moniker)!,
        description: description.value,
        description_raw: description.raw,
        unbonding_height: record.unbondingHeight,
        ...timeCells('unbonding_time', record.unbondingTime),
        commission_rate: record.commissionRate,
        commission_max_rate: record.commissionMaxRate,
        commission_max_change_rate: record.commissionMaxChangeRate,
        ...timeCells('commission_update_time', record.commissionUpdateTime),
        min_self_delegation: record.minSelfDelegation,
      },
    ];
  },
});

export const validatorPowers = defineStateTable({
  name: 'state_validator_powers',
  doc: 'One row is a bonded validator and the power that Tendermint was last told. Key: chain_id, operator_address, from_height.',
  kinds: ['validator_power'],
  columns: { operator_address: operatorAddress, power: required('int8', 'hash', 'Voting power.') },
  rows: (record) => [{ operator_address: record.operatorAddress, power: record.power }],
});

export const delegations = defineStateTable({
  name: 'state_delegations',
  doc: 'One row is a delegation. What it is worth: shares * tokens / delegator_shares of the validator, rounded to 18 places half to even, then cut. Key: chain_id, delegator, operator_address, from_height.',
  kinds: ['delegation'],
  columns: { delegator, operator_address: operatorAddress, shares: shares("The delegator's shares.") },
  rows: (record) => [
    { delegator: record.delegator, operator_address: record.operatorAddress, shares: record.shares },
  ],
});

const entryIndex = required('int4', 'hash', 'Position of the entry, from 0.');
const creationHeight = required('numeric', 'hash', 'Height at which the entry began.');

export const unbondingEntries = defineStateTable({
  name: 'state_unbonding_entries',
  doc: 'One row is an entry of an unbonding delegation. Key: chain_id, delegator, operator_address, entry_index, from_height.',
  kinds: ['unbonding'],
  columns: {
    delegator,
    operator_address: operatorAddress,
    entry_index: entryIndex,
    creation_height: creationHeight,
    ...time('completion_time', 'When the coins come free.'),
    initial_balance: baseUnits('Coins at the beginning.'),
    balance: baseUnits('Coins that come free, slashes taken off.'),
  },
  rows: (record) => [
    {
      delegator: record.delegator,
      operator_address: record.operatorAddress,
      entry_index: record.entryIndex,
      creation_height: record.creationHeight,
      ...timeCells('completion_time', record.completionTime),
      initial_balance: record.initialBalance,
      balance: record.balance,
    },
  ],
});

export const redelegationEntries = defineStateTable({
  name: 'state_redelegation_entries',
  doc: 'One row is an entry of a redelegation. Its balance is shares_destination at the exchange rate of the destination. Key: chain_id, delegator, source_operator_address, destination_operator_address, entry_index, from_height.',
  kinds: ['redelegation'],
  columns: {
    delegator,
    source_operator_address: address('Operator address of the validator that was left.'),
    destination_operator_address: address('Operator address of the validator that was chosen.'),
    entry_index: entryIndex,
    creation_height: creationHeight,
    ...time('completion_time', 'Until when a slash of the source still counts.'),
    initial_balance: baseUnits('Coins at the beginning.'),
    shares_destination: shares('Shares of the destination that the coins became.'),
  },
  rows: (record) => [
    {
      delegator: record.delegator,
      source_operator_address: record.sourceOperatorAddress,
      destination_operator_address: record.destinationOperatorAddress,
      entry_index: record.entryIndex,
      creation_height: record.creationHeight,
      ...timeCells('completion_time', record.completionTime),
      initial_balance: record.initialBalance,
      shares_destination: record.sharesDestination,
    },
  ],
});

export const historicalInfos = defineStateTable({
  name: 'state_historical_infos',
  doc: 'One row is the header and the validators of a recent height, as the staking module keeps them. Key: chain_id, height, from_height.',
  kinds: ['historical_info'],
  columns: {
    height: required('int8', 'hash', 'Height of the block.'),
    ...json('value', 'Header and validators as REST prints them.'),
  },
  rows: (record) => {
    const { value, raw } = jsonCells(record.valueJson);
    return [{ height: record.height, value, value_raw: raw }];
  },
});

export const signingInfos = defineStateTable({
  name: 'state_signing_infos',
  doc: 'One row is how a validator signed lately. Key: chain_id, consensus_address, from_height.',
  kinds: ['signing_info'],
  columns: {
    consensus_address: consensusAddress,
    start_height: required('numeric', 'hash', 'Height from which its signatures count.'),
    index_offset: required('numeric', 'hash', 'Blocks that were counted since.'),
    ...time('jailed_until', 'Until when it can not leave the jail; 1970: it was not jailed.'),
    tombstoned: required('bool', 'hash', 'Whether it signed twice and never comes back.'),
    missed_blocks_counter: required('numeric', 'hash', 'Missed blocks in the window.'),
  },
  rows: (record) => [
    {
      consensus_address: record.consensusAddress,
      start_height: record.startHeight,
      index_offset: record.indexOffset,
      ...timeCells('jailed_until', record.jailedUntil),
      tombstoned: record.tombstoned,
      missed_blocks_counter: record.missedBlocksCounter,
    },
  ],
});

export const missedBlocks = defineStateTable({
  name: 'state_missed_blocks',
  doc: "One row is a place in a validator's window of signed blocks that was written. Key: chain_id, consensus_address, block_index, from_height.",
  kinds: ['missed_block'],
  columns: {
    consensus_address: consensusAddress,
    block_index: required('int8', 'hash', 'Place in the window: index_offset modulo its size.'),
    missed: required('bool', 'hash', 'Whether the block was missed.'),
  },
  rows: (record) => [
    {
      consensus_address: record.consensusAddress,
      block_index: record.blockIndex,
      missed: record.missed,
    },
  ],
});

export const consensusKeys = defineStateTable({
  name: 'state_consensus_keys',
  doc: 'One row is a consensus key that was bonded and is not removed. Key: chain_id, consensus_address, from_height.',
  kinds: ['consensus_key'],
  columns: {
    consensus_address: consensusAddress,
    key_type: required('text', 'hash', 'Type of the key: ed25519.'),
    public_key: bytes('Public key.'),
  },
  rows: (record) => [
    {
      consensus_address: record.consensusAddress,
      key_type: record.keyType,
      public_key: record.publicKey,
    },
  ],
});
