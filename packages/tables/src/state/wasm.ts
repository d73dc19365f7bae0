import { isUtf8 } from 'node:buffer';
import { jsonCells, jsonHold } from '../json-cell.ts';
import { indexed, optional, required } from '../table.ts';
import { address, json } from './columns.ts';
import { defineStateTable } from './state-table.ts';

export const wasmCodes = defineStateTable({
  name: 'state_wasm_codes',
  doc: 'One row is a stored code; its bytes are not in the state. Key: chain_id, code_id, from_height.',
  kinds: ['wasm_code'],
  columns: {
    code_id: required('numeric', 'hash', 'Number of the code.'),
    code_hash: required('bytea', 'hash', "sha256 of the code's bytes."),
    creator: required('text', 'hash', 'Who stored it.'),
  },
  rows: (record) => [{ code_id: record.codeId, code_hash: record.codeHash, creator: record.creator }],
});

export const wasmContracts = defineStateTable({
  name: 'state_wasm_contracts',
  doc: 'One row is a contract. Key: chain_id, address, from_height.',
  kinds: ['wasm_contract'],
  columns: {
    address: address("The contract's address."),
    code_id: required('numeric', 'hash', 'Code that it runs.'),
    creator: optional('text', 'hash', 'Who made it. NULL: the era keeps only who owns it.'),
    admin: indexed(optional('text', 'hash', 'Who may migrate it; in columbus-4 its owner. NULL: nobody.')),
    migratable: optional(
      'bool',
      'hash',
      'Whether it may be migrated at all. NULL: the era has no such flag.',
    ),
    ...json(
      'init_message',
      'Message that it was made with; NULL with init_message_raw NULL: the message is no JSON.',
    ),
    ...json('value', 'The contract as REST prints it.'),
  },
  rows: (record) => {
    const message = jsonCells(record.initMessageJson);
    const value = jsonCells(record.valueJson);
    return [
      {
        address: record.address,
        code_id: record.codeId,
        creator: record.creator ?? null,
        admin: record.admin ?? null,
        migratable: record.migratable ?? null,
        init_message: message.value,
        init_message_raw: message.raw,
        value: value.value,
        value_raw: value.raw,
      },
    ];
  },
});

export const wasmEntries = defineStateTable({
  name: 'state_wasm_entries',
  doc: "One row is a key of a contract's own storage. Key: chain_id, contract, key, from_height.",
  kinds: ['wasm_entry'],
  columns: {
    contract: address("The contract's address."),
    key: required('bytea', 'hash', 'The key.'),
    key_text: optional('text', 'redecode', 'The key as text. NULL: not printable UTF-8.'),
    value: required('bytea', 'hash', 'The value.'),
    value_json: optional(
      'jsonb',
      'redecode',
      'The value as JSON. NULL: no JSON, or none that jsonb holds equally.',
    ),
  },
  rows: ({ contract, key, value }) => [
    { contract, key, key_text: printable(key), value, value_json: jsonOf(value) },
  ],
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

function printable(bytes: Uint8Array): string | null {
  if (!isUtf8(bytes)) return null;
  const text = Buffer.from(bytes).toString('utf8');
  return CONTROL.test(text) ? null : text;
}

/** First characters of JSON values. Most values that are not JSON begin otherwise, and need not be parsed. */
const LIKE_JSON = /^[{["\-0-9tfn]/;

function jsonOf(bytes: Uint8Array): string | null {
  if (bytes.length === 0 || !LIKE_JSON.test(String.fromCharCode(bytes[0]!)) || !isUtf8(bytes)) return null;
  const text = Buffer.from(bytes).toString('utf8');
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  return jsonHold(text) === 'exact' ? text : null;
}
