import type { Tx, TxContent, TxResult } from '@baleen/chain';
import { jsonCells } from '../json-cell.ts';
import { placeOf, txPlace } from '../place.ts';
import { heldOrNull, heldText, rawText } from '../postgres-text.ts';
import { leaves } from '../storage.ts';
import { defineTable, indexed, optional, required } from '../table.ts';
import { TX_DECODING } from '../tx-decoding.ts';

const UNDECODED = 'NULL: the tx could not be decoded';
const NO_RESULT = 'NULL: the source has no results of this block.';

export const txs = defineTable({
  name: 'txs',
  doc: 'One row is a tx in a block. Key: chain_id, height, tx_index. Its hash stands in tx_hashes.',
  storage: leaves({ key: ['tx_index'], factor: 8 }),
  needs: 'blocks',
  version: 2 + TX_DECODING,
  ofResults: 'code, gas, log and data',
  columns: {
    ...txPlace,
    code: optional('int8', 'hash', `0: success; else why it failed, in codespace. ${NO_RESULT}`),
    codespace: optional('text', 'digest', `Module that code belongs to. ${NO_RESULT}`),
    codespace_raw: optional(
      'bytea',
      'digest',
      'Exact bytes of codespace, only where Postgres cannot hold them.',
    ),
    gas_wanted: optional('numeric', 'digest', `Gas the tx asked for, as its result says. ${NO_RESULT}`),
    gas_used: optional('numeric', 'digest', `Gas the tx used. ${NO_RESULT}`),
    data: optional('bytea', 'hash', `Bytes that the tx answered. ${NO_RESULT}`),
    log: optional('text', 'digest', `Log of the result, exactly as text. ${NO_RESULT}`),
    log_raw: optional('bytea', 'digest', 'Exact bytes of log, only where Postgres cannot hold them.'),
    info: optional('text', 'digest', `Info of the result. ${NO_RESULT}`),
    info_raw: optional('bytea', 'digest', 'Exact bytes of info, only where Postgres cannot hold them.'),
    memo: optional('text', 'redecode', `Memo of the tx. ${UNDECODED}.`),
    memo_raw: optional('bytea', 'redecode', 'Exact bytes of memo, only where Postgres cannot hold them.'),
    fee_gas: optional('numeric', 'redecode', `Gas limit that the fee pays for. ${UNDECODED}.`),
    fee_payer: indexed(
      optional(
        'text',
        'redecode',
        `Granter of the fee, else its payer, else the first signer. ${UNDECODED}, or unknown.`,
      ),
    ),
    fee_granter: optional('text', 'redecode', 'Who grants the fee. NULL: nobody, or the era has no grants.'),
    timeout_height: optional(
      'numeric',
      'redecode',
      'Last height the tx is valid at, 0: any. NULL: the era has no such field.',
    ),
    extra: optional(
      'jsonb',
      'redecode',
      'What else body and auth info set, as REST prints it: extension options, tip, unordered, timeout_timestamp. NULL: nothing, or not understood; or see extra_raw.',
    ),
    extra_raw: optional('bytea', 'redecode', 'Exact JSON text (UTF-8), only where extra is not equal to it.'),
    message_count: optional('int4', 'redecode', `The tx's own messages. ${UNDECODED}.`),
    decode_error: optional('text', 'redecode', 'Why the tx could not be decoded. NULL: it could.'),
    raw: required('bytea', 'hash', 'The tx as it stands in the block.'),
  },
  rows(block) {
    const place = placeOf(block);
    return block.txs.map((tx) => ({
      ...place,
      tx_index: tx.index,
      ...result(tx.result),
      ...content(tx.content),
      decode_error: heldOrNull(tx.decodeError),
      raw: tx.raw,
    }));
  },
});

const NO_RESULT_CELLS = {
  code: null,
  codespace: null,
  codespace_raw: null,
  gas_wanted: null,
  gas_used: null,
  data: null,
  log: null,
  log_raw: null,
  info: null,
  info_raw: null,
};

const result = (result: TxResult | undefined) =>
  result === undefined
    ? NO_RESULT_CELLS
    : {
        code: result.code,
        codespace: heldText(result.codespace),
        codespace_raw: rawText(result.codespace),
        gas_wanted: result.gasWanted,
        gas_used: result.gasUsed,
        data: result.data,
        log: heldText(result.log),
        log_raw: rawText(result.log),
        info: heldText(result.info),
        info_raw: rawText(result.info),
      };

const NO_CONTENT_CELLS = {
  memo: null,
  memo_raw: null,
  fee_gas: null,
  fee_payer: null,
  fee_granter: null,
  timeout_height: null,
  extra: null,
  extra_raw: null,
  message_count: null,
};

function content(content: TxContent | undefined) {
  if (content === undefined) return NO_CONTENT_CELLS;
  const extra = jsonCells(content.extra);
  return {
    memo: heldText(content.memo),
    memo_raw: rawText(content.memo),
    fee_gas: content.feeGas,
    fee_payer: content.feePayer,
    fee_granter: heldOrNull(content.feeGranter),
    timeout_height: content.timeoutHeight ?? null,
    extra: extra.value,
    extra_raw: extra.raw,
    message_count: content.messages.filter(isOwn).length,
  };
}

const isOwn = (message: { readonly path: string }): boolean => message.path === '';

export const succeeded = (tx: Tx): boolean | null => (tx.result === undefined ? null : tx.result.code === 0);
