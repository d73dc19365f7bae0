import type { Message } from '@baleen/chain';
import { jsonCells } from '../json-cell.ts';
import { placeOf, txPlace } from '../place.ts';
import { heldText, rawText } from '../postgres-text.ts';
import { leaves } from '../storage.ts';
import { defineTable, indexed, optional, required } from '../table.ts';
import { TX_DECODING } from '../tx-decoding.ts';

export const messages = defineTable({
  name: 'messages',
  doc:
    'One row is a message of a tx, inner ones (authz, msgauth, gov v1, group) too. ' +
    'Key: chain_id, height, tx_index, msg_index, path. Messages of undecodable txs are not in it.',
  storage: leaves({ key: ['tx_index', 'msg_index', 'path'], factor: 4 }),
  needs: 'blocks',
  version: 1 + TX_DECODING,
  columns: {
    ...txPlace,
    msg_index: required('int4', 'redecode', "Position of the tx's own message, from 0."),
    path: indexed(
      required(
        'text',
        'redecode',
        "'' for a tx's own message; dotted zero-based indexes for inner ones, '0', '1.0'.",
      ),
    ),
    type: required(
      'text',
      'redecode',
      'What the chain calls it: bank/MsgSend, /cosmos.bank.v1beta1.MsgSend.',
    ),
    type_raw: optional('bytea', 'redecode', 'Exact bytes of type, only where Postgres cannot hold them.'),
    name: indexed(optional('text', 'redecode', 'Uniform name, bank.MsgSend. NULL: the type tells none.')),
    value: optional(
      'jsonb',
      'redecode',
      "The message as the chain's REST prints it. NULL: unknown type, see fields; or see value_raw.",
    ),
    value_raw: optional('bytea', 'redecode', 'Exact JSON text (UTF-8), only where value is not equal to it.'),
    fields: optional(
      'jsonb',
      'redecode',
      'Schemaless reading {"1": ...} of an unknown type. NULL: the type is known.',
    ),
    fields_raw: optional(
      'bytea',
      'redecode',
      'Exact JSON text (UTF-8), only where fields is not equal to it.',
    ),
    raw: required(
      'bytea',
      'hash',
      "The message's bytes: amino with its prefix, or the value of the protobuf Any.",
    ),
  },
  rows(block) {
    const place = placeOf(block);
    return block.txs.flatMap((tx) =>
      (tx.content?.messages ?? []).map((message) => ({ ...place, tx_index: tx.index, ...cells(message) })),
    );
  },
});

function cells(message: Message) {
  const value = jsonCells(message.value);
  const fields = jsonCells(message.fields);
  return {
    msg_index: message.index,
    path: message.path,
    type: heldText(message.type),
    type_raw: rawText(message.type),
    name: message.name,
    value: value.value,
    value_raw: value.raw,
    fields: fields.value,
    fields_raw: fields.raw,
    raw: message.raw,
  };
}
