import { decimalOf, Fields, integerOf, textOf } from '../json-fields.ts';
import type { MakeRecords } from '../layout.ts';

export const rate: MakeRecords = ({ key, value }) => [
  { kind: 'oracle_rate', denom: key.text(), value: decimalOf(value.data) },
];

export const tobinTax: MakeRecords = ({ key, value }) => [
  { kind: 'oracle_tobin_tax', denom: key.text(), value: decimalOf(value.data) },
];

export const feeder: MakeRecords = ({ key, value }) => {
  const operatorAddress = key.operator();
  key.end();
  return [{ kind: 'oracle_feeder', operatorAddress, feeder: textOf(value.data) }];
};

export const missCounter: MakeRecords = ({ key, value }) => {
  const operatorAddress = key.operator();
  key.end();
  return [{ kind: 'oracle_misses', operatorAddress, misses: integerOf(value.data) }];
};

/** Makes the record of a prevote for the rate of one denom (before columbus-5). */
export const prevote: MakeRecords = ({ key, value }) => {
  const denom = key.textBeforeAddress();
  const operatorAddress = key.operator();
  key.end();
  const fields = new Fields(value.data);
  fields.same('denom', denom);
  fields.same('voter', operatorAddress);
  return [
    {
      kind: 'oracle_prevote',
      operatorAddress,
      denom,
      hash: fields.text('hash'),
      submitBlock: fields.integer('submit_block'),
    },
  ];
};

/** Makes the record of a vote on the rate of one denom (before columbus-5). */
export const vote: MakeRecords = ({ key, value }) => {
  const denom = key.textBeforeAddress();
  const operatorAddress = key.operator();
  key.end();
  const fields = new Fields(value.data);
  fields.same('denom', denom);
  fields.same('voter', operatorAddress);
  const rates = [{ denom, rate: fields.decimal('exchange_rate') }];
  return [{ kind: 'oracle_vote', operatorAddress, aggregate: false, rates }];
};

export const aggregatePrevote: MakeRecords = ({ key, value }) => {
  const operatorAddress = key.operator();
  key.end();
  const fields = new Fields(value.data);
  fields.same('voter', operatorAddress);
  return [
    {
      kind: 'oracle_prevote',
      operatorAddress,
      denom: undefined,
      hash: fields.text('hash'),
      submitBlock: fields.integer('submit_block'),
    },
  ];
};

export const aggregateVote: MakeRecords = ({ key, value }) => {
  const operatorAddress = key.operator();
  key.end();
  const fields = new Fields(value.data);
  fields.same('voter', operatorAddress);
  const tuples = fields.list('exchange_rate_tuples').map((each) => new Fields(each));
  const rates = tuples.map((tuple) => ({ denom: tuple.name('denom'), rate: tuple.decimal('exchange_rate') }));
  return [{ kind: 'oracle_vote', operatorAddress, aggregate: true, rates }];
};
