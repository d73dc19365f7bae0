/** REST's answers about txs: amino (`/txs/<hash>`, StdTx) and protobuf (`/cosmos/tx/v1beta1/txs/<hash>`). */
import { at, isObject, type Json, list, text, textOr } from '../json.ts';
import type { Recorded, Scope } from '../kind.ts';
import type { Recording } from '../recording.ts';

const AMINO = /^\/txs\/[0-9A-Fa-f]{64}$/;
const PROTOBUF = /^\/cosmos\/tx\/v1beta1\/txs\/[0-9A-Fa-f]{64}$/;

/** A tx answer of either form. */
export interface RestTx {
  readonly hash: string;
  readonly height: number;
  /** The tx itself: a StdTx's value, or a protobuf Tx. Where a chain has both forms, the protobuf one is used. */
  readonly form: 'amino' | 'protobuf';
  readonly tx: Json;
  /** The result: `code`, `raw_log` ... */
  readonly result: Json;
}

export function restTxs({ rest }: Recording, form?: RestTx['form']): RestTx[] {
  const protobuf = rest.filter(({ path }) => PROTOBUF.test(path)).map(({ body }) => protobufTx(body));
  const amino = rest.filter(({ path }) => AMINO.test(path)).map(({ body }) => aminoTx(body));
  if (form !== undefined) return form === 'amino' ? amino : protobuf;
  return protobuf.length > 0 ? protobuf : amino;
}

const protobufTx = (body: Json): RestTx => ({
  ...placeOf(at(body, 'tx_response')),
  form: 'protobuf',
  tx: at(body, 'tx')!,
  result: at(body, 'tx_response')!,
});

const aminoTx = (body: Json): RestTx => ({
  ...placeOf(body),
  form: 'amino',
  tx: at(body, 'tx', 'value')!,
  result: body,
});

const placeOf = (result: Json | undefined): { hash: string; height: number } => ({
  hash: textOr(at(result, 'txhash'), ''),
  height: Number(text(at(result, 'height'))),
});

/** One answer per hash, which every row of that hash must equal. */
export const byHash = (recording: Recording, value: (tx: RestTx) => Json): Map<string, Recorded> =>
  new Map(restTxs(recording).map((tx) => [tx.hash, { height: tx.height, value: value(tx) }]));

export interface TxPlace {
  readonly key: string;
  readonly hash: string;
}

/** Every row of the view `txs`, in order. */
export async function txPlaces({ database, chainId }: Scope): Promise<TxPlace[]> {
  const { rows } = await database.query<TxPlace>(
    `select height || '/' || tx_index as key, tx_hash as hash from baleen.txs where chain_id = $1 order by height, tx_index`,
    [chainId],
  );
  return rows;
}

export const messagesOf = ({ form, tx }: RestTx): readonly Json[] =>
  form === 'amino' ? list(at(tx, 'msg')) : list(at(tx, 'body', 'messages'));

/** Type and value of a message, as the view has them. */
export function typeAndValue(form: RestTx['form'], message: Json): { type: string | null; value: Json } {
  if (form === 'amino') return { type: text(at(message, 'type')), value: at(message, 'value') ?? null };
  if (!isObject(message)) throw new TypeError('expected a message, got another value');
  const { '@type': type, ...value } = message;
  return { type: text(type), value };
}
