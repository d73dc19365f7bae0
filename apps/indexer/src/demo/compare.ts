/** REST's answers beside SQL's. */
import { isDeepStrictEqual } from 'node:util';
import type { RestTx } from './recording.ts';

/** A tx of the views, with its messages. */
export interface SqlTx {
  readonly tx_hash: string;
  readonly height: number;
  readonly code: number;
  readonly codespace: string;
  readonly gas_wanted: string;
  readonly gas_used: string;
  readonly memo: string;
  readonly log: string;
  readonly messages: readonly { readonly type: string; readonly value: unknown }[];
}

export const ALL_TXS = `
  select t.tx_hash, t.height::int, t.code::int, t.codespace, t.gas_wanted::text, t.gas_used::text, t.memo, t.log,
         (select jsonb_agg(jsonb_build_object('type', m.type, 'value', m.value) order by m.msg_index)
          from baleen.messages m
          where m.chain_id = t.chain_id and m.height = t.height and m.tx_index = t.tx_index and m.path = '') as messages
  from baleen.txs t
  order by t.height, t.tx_index`;

/** Names of the fields that differ. */
export function differences(rest: RestTx, sql: SqlTx | undefined): string[] {
  if (sql === undefined) return ['tx'];
  const pairs: Readonly<Record<string, readonly [unknown, unknown]>> = {
    height: [rest.height, sql.height],
    code: [rest.code, sql.code],
    codespace: [rest.codespace, sql.codespace],
    gas_wanted: [rest.gas_wanted, sql.gas_wanted],
    gas_used: [rest.gas_used, sql.gas_used],
    memo: [storable(rest.tx.value.memo), sql.memo],
    raw_log: [storable(rest.raw_log), sql.log],
    msg: [storableJson(rest.tx.value.msg), sql.messages],
  };
  return Object.entries(pairs)
    .filter(([, [left, right]]) => !isDeepStrictEqual(left, right))
    .map(([name]) => name);
}

/** REST knows one block per tx hash, the last; SQL has every block that the same bytes stand in. */
export function byHash(txs: readonly SqlTx[]): Map<string, SqlTx> {
  return new Map(txs.map((tx) => [tx.tx_hash, tx]));
}

/** Postgres's text holds no NUL: a view shows U+FFFD, and the exact bytes in the column's `_raw` twin. */
const storable = (text: string): string => text.replaceAll('\0', '\ufffd');

const storableJson = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '\ufffd'));
