import { indexed, optional, required } from '../table.ts';
import { denom, operatorAddress } from './columns.ts';
import { defineStateTable } from './state-table.ts';

export const oracleRates = defineStateTable({
  name: 'state_oracle_rates',
  doc: "One row is what Terra's validators say a luna is worth in a denom. Key: chain_id, denom, from_height.",
  kinds: ['oracle_rate'],
  columns: { denom, rate: required('decimal', 'hash', 'Units of the denom for one unit of uluna.') },
  rows: (record) => [{ denom: record.denom, rate: record.value }],
});

export const oracleTobinTaxes = defineStateTable({
  name: 'state_oracle_tobin_taxes',
  doc: 'One row is the tax on swaps of a denom. Key: chain_id, denom, from_height.',
  kinds: ['oracle_tobin_tax'],
  columns: { denom, tax: required('decimal', 'hash', 'Tax: 0.01 is 1 %.') },
  rows: (record) => [{ denom: record.denom, tax: record.value }],
});

export const oracleFeeders = defineStateTable({
  name: 'state_oracle_feeders',
  doc: 'One row is who votes for a validator. Validators that are not here vote themselves. Key: chain_id, operator_address, from_height.',
  kinds: ['oracle_feeder'],
  columns: {
    operator_address: operatorAddress,
    feeder: required('text', 'hash', 'Account that votes for it.'),
  },
  rows: (record) => [{ operator_address: record.operatorAddress, feeder: record.feeder }],
});

export const oracleMisses = defineStateTable({
  name: 'state_oracle_misses',
  doc: 'One row is how many votes a validator missed in the slash window; none: none. Key: chain_id, operator_address, from_height.',
  kinds: ['oracle_misses'],
  columns: { operator_address: operatorAddress, misses: required('numeric', 'hash', 'Missed votes.') },
  rows: (record) => [{ operator_address: record.operatorAddress, misses: record.misses }],
});

export const oraclePrevotes = defineStateTable({
  name: 'state_oracle_prevotes',
  doc: 'One row is the hash of a vote to come. Key: chain_id, operator_address, denom, from_height.',
  kinds: ['oracle_prevote'],
  columns: {
    operator_address: operatorAddress,
    denom: indexed(optional('text', 'hash', 'Denom. NULL: of all denoms at once (aggregate).')),
    hash: required('text', 'hash', 'Hash of the vote, lower-case hex.'),
    submit_block: required('int8', 'hash', 'Height of the prevote.'),
  },
  rows: (record) => [
    {
      operator_address: record.operatorAddress,
      denom: record.denom ?? null,
      hash: record.hash,
      submit_block: record.submitBlock,
    },
  ],
});

export const oracleVotes = defineStateTable({
  name: 'state_oracle_votes',
  doc: 'One row is the rate of a denom that a validator votes for in this period. Key: chain_id, operator_address, aggregate, rate_index, denom, from_height.',
  kinds: ['oracle_vote'],
  columns: {
    operator_address: operatorAddress,
    aggregate: required('bool', 'hash', 'Whether it is part of a vote on all denoms at once.'),
    rate_index: required('int4', 'hash', 'Position within the aggregate vote, from 0; 0 otherwise.'),
    denom,
    rate: required('decimal', 'hash', 'Units of the denom for one unit of uluna; 0: abstained.'),
  },
  rows: (record) =>
    record.rates.map(({ denom: of, rate }, rate_index) => ({
      operator_address: record.operatorAddress,
      aggregate: record.aggregate,
      rate_index,
      denom: of,
      rate,
    })),
});
