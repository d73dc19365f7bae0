import { jsonCells } from '../json-cell.ts';
import { heldOrNull } from '../postgres-text.ts';
import { bounded, indexed, optional, required } from '../table.ts';
import { json } from './columns.ts';
import { defineStateTable } from './state-table.ts';

/** Bytes of the longest name that packages/decode gives to a module or value. */
const MAX_WORD_BYTES = 64;

export const params = defineStateTable({
  name: 'state_params',
  doc: 'One row is a parameter of a module. Key: chain_id, subspace, key, from_height.',
  kinds: ['param'],
  columns: {
    subspace: indexed(required('text', 'hash', 'Module that it belongs to.')),
    key: indexed(
      required(
        'text',
        'hash',
        "Its key in the store, e.g. MaxValidators; governance's proposals name it so.",
      ),
    ),
    name: optional('text', 'hash', 'What REST calls it, e.g. max_validators. NULL: not known.'),
    ...json('value', 'The value as the store has it (amino-JSON); durations in nanoseconds.'),
  },
  rows: (record) => {
    const { value, raw } = jsonCells(record.valueJson);
    return [{ subspace: record.subspace, key: record.key, name: record.name ?? null, value, value_raw: raw }];
  },
});

export const moduleValues = defineStateTable({
  name: 'state_module_values',
  doc:
    'One row is a value that a module has once (minter, pool delta, tax rate, next proposal id, ...) or once per key (tax cap of a denom, ...). ' +
    'Key: chain_id, module, name, key, from_height.',
  kinds: ['module_value'],
  columns: {
    module: bounded(MAX_WORD_BYTES, required('text', 'hash', 'Module.')),
    name: bounded(MAX_WORD_BYTES, required('text', 'hash', 'What the value is.')),
    key: indexed(required('text', 'hash', "Which one, e.g. a denom; '': there is one.")),
    ...json('value', 'The value as REST prints such values: numbers are texts.'),
  },
  rows: (record) => {
    const { value, raw } = jsonCells(record.valueJson);
    return [{ module: record.module, name: record.name, key: record.key, value, value_raw: raw }];
  },
});

export const unknownLeaves = defineStateTable({
  name: 'state_unknown',
  doc: 'One row is a leaf of a store that was not understood, or only kept. Key: chain_id, store, leaf_key, from_height.',
  kinds: ['unknown'],
  columns: {
    store: indexed(required('text', 'hash', 'Store.')),
    leaf_key: required('bytea', 'hash', "The leaf's key."),
    leaf_value: required('bytea', 'hash', "The leaf's value."),
    reason: required('text', 'none', 'Why it is here.'),
  },
  rows: (record) => [
    {
      store: record.store,
      leaf_key: record.key,
      leaf_value: record.value,
      reason: heldOrNull(record.reason)!,
    },
  ],
});
