import { jsonCells } from '../json-cell.ts';
import { heldOrNull } from '../postgres-text.ts';
import { indexed, optional, required } from '../table.ts';
import { address, baseUnits, denom, json } from './columns.ts';
import { defineStateTable } from './state-table.ts';

export const accounts = defineStateTable({
  name: 'state_accounts',
  doc: 'One row is an account: any type, module and vesting accounts too. Its coins are in state_balances. Key: chain_id, address, from_height.',
  kinds: ['account'],
  columns: {
    address: address("The account's address."),
    type: required(
      'text',
      'hash',
      'Type as the chain calls it: core/Account, /cosmos.auth.v1beta1.BaseAccount, ...',
    ),
    account_number: required('numeric', 'hash', 'Number that its signatures cover.'),
    sequence: required('numeric', 'hash', 'Sequence of its next signature.'),
    public_key: optional('jsonb', 'hash', 'As REST prints it. NULL: it never signed.'),
    module_name: indexed(optional('text', 'hash', 'Name of the module. NULL: no module account.')),
    permissions: optional('text[]', 'hash', 'What the module may do. NULL: no module account.'),
    ...json(
      'vesting',
      'What a vesting account has beyond a plain one, as REST prints it; NULL with vesting_raw NULL: none. state_vesting has it per denom.',
    ),
  },
  rows: (record) => {
    const vesting = jsonCells(record.vestingJson);
    return [
      {
        address: record.address,
        type: record.type,
        account_number: record.accountNumber,
        sequence: record.sequence,
        public_key: record.publicKeyJson ?? null,
        module_name: record.moduleName,
        permissions: record.permissions ?? null,
        vesting: vesting.value,
        vesting_raw: vesting.raw,
      },
    ];
  },
});

export const balances = defineStateTable({
  name: 'state_balances',
  doc: 'One row is what an account holds of a denom; none of zero. Locked coins of vesting accounts are in it, delegated ones are not. Key: chain_id, address, denom, from_height.',
  kinds: ['balance'],
  columns: { address: address("The holder's address."), denom, amount: baseUnits('Amount.') },
  rows: (record) => [{ address: record.address, denom: record.denom, amount: record.amount }],
});

export const vesting = defineStateTable({
  name: 'state_vesting',
  doc: 'One row is a denom of a vesting account. Key: chain_id, address, denom, from_height.',
  kinds: ['vesting'],
  columns: {
    address: address("The account's address; state_accounts has its type."),
    denom,
    original_vesting: baseUnits('Amount that vests in all.'),
    delegated_free: baseUnits('Delegated of what was vested.'),
    delegated_vesting: baseUnits('Delegated of what was still vesting.'),
    start_time: optional('numeric', 'hash', 'Unix seconds from which it vests. NULL: the type has none.'),
    end_time: required('numeric', 'hash', 'Unix seconds at which all is vested; 0 where the schedules tell.'),
    schedules: optional(
      'jsonb',
      'hash',
      'Lazy graded: [{"start_time","end_time","ratio"}] in Unix seconds; periodic: [{"length","amount"}] in seconds. NULL: other types, or a denom without a schedule (vested from the start).',
    ),
  },
  rows: (record) => [
    {
      address: record.address,
      denom: record.denom,
      original_vesting: record.original,
      delegated_free: record.delegatedFree,
      delegated_vesting: record.delegatedVesting,
      start_time: record.startTime ?? null,
      end_time: record.endTime,
      schedules: record.schedulesJson ?? null,
    },
  ],
});

export const supply = defineStateTable({
  name: 'state_supply',
  doc: 'One row is how much of a denom exists. Key: chain_id, denom, from_height.',
  kinds: ['supply'],
  columns: { denom, amount: baseUnits('Amount.') },
  rows: (record) => [{ denom: record.denom, amount: record.amount }],
});

export const denomMetadata = defineStateTable({
  name: 'state_denom_metadata',
  doc: 'One row is what the chain says about a denom: name, symbol, units. Key: chain_id, denom, from_height.',
  kinds: ['denom_metadata'],
  columns: { denom, ...json('value', 'The metadata as REST prints it.') },
  rows: (record) => {
    const { value, raw } = jsonCells(record.valueJson);
    return [{ denom: record.denom, value, value_raw: raw }];
  },
});

export const denomTraces = defineStateTable({
  name: 'state_denom_traces',
  doc: 'One row is where a denom ibc/<hash> came from. Key: chain_id, hash, from_height.',
  kinds: ['denom_trace'],
  columns: {
    hash: indexed(
      required('text', 'hash', 'sha256 of path and base denom, upper-case hex, as in the denom.'),
    ),
    path: required('text', 'hash', 'Ports and channels that it came through.'),
    base_denom: required('text', 'hash', 'The denom on its own chain.'),
  },
  rows: (record) => [
    {
      hash: record.hash,
      path: heldOrNull(record.path)!,
      base_denom: heldOrNull(record.baseDenom)!,
    },
  ],
});
