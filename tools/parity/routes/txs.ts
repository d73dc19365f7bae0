import { NOT_FOUND, type Route, type Row } from '../route.ts';

/* Byte-identical txs stand in several blocks; REST knows the last one. */
const TX = `select t.*,
  (select json_agg(json_build_object('type', m.type, 'value', m.value, 'raw', encode(m.value_raw, 'hex')) order by m.msg_index)
    from baleen.messages m where (m.chain_id, m.height, m.tx_index) = (t.chain_id, t.height, t.tx_index) and m.path = '') as messages,
  (select json_agg(json_build_object('denom', f.denom, 'amount', f.amount::text) order by f.fee_index)
    from baleen.tx_fees f where (f.chain_id, f.height, f.tx_index) = (t.chain_id, t.height, t.tx_index)) as fee,
  (select json_agg(json_build_object('signer', s.signer, 'public_key', s.public_key, 'sequence', s.sequence::text, 'sign_mode', s.sign_mode,
      'members', s.members, 'signature', translate(encode(s.signature, 'base64'), E'\\n', '')) order by s.signature_index)
    from baleen.tx_signatures s where (s.chain_id, s.height, s.tx_index) = (t.chain_id, t.height, t.tx_index)) as signatures,
  (select json_agg(json_build_object('type', e.type, 'attributes', e.attributes) order by e.event_index)
    from baleen.events e where (e.chain_id, e.height, e.tx_index) = (t.chain_id, t.height, t.tx_index)) as events
from baleen.txs t where t.tx_hash = :'hash' order by t.height desc, t.tx_index desc limit 1`;

interface Message {
  readonly type: string;
  readonly value: object | null;
  readonly raw: string | null;
}

interface Signature {
  readonly signer: string;
  readonly public_key: { readonly public_keys?: readonly unknown[] } | null;
  readonly sequence: string;
  readonly sign_mode: string | null;
  readonly members: readonly { readonly key_index: number; readonly sign_mode: string }[] | null;
  readonly signature: string;
}

interface TxEvent {
  readonly type: string;
  readonly attributes: readonly (readonly [key: string, value: string])[];
}

const list = <Item>(value: unknown): readonly Item[] => (value ?? []) as readonly Item[];

/** What Postgres can't hold as text or jsonb stands beside it in bytes. */
const text = (row: Row, name: string): string =>
  row[`${name}_raw`] === null ? (row[name] as string) : (row[`${name}_raw`] as Buffer).toString('utf8');
const bodyOf = ({ value, raw }: Message): unknown =>
  raw === null ? value : JSON.parse(Buffer.from(raw, 'hex').toString('utf8'));

const seconds = (row: Row): string => `${(row.time as string).slice(0, 19).replace(' ', 'T')}Z`;
const dataOf = (row: Row): string => (row.data as Buffer).toString('hex').toUpperCase();
/** A failed tx's log is a sentence. */
const logsOf = (row: Row): object[] | undefined =>
  row.code === '0' ? JSON.parse(text(row, 'log')) : undefined;

function aminoTx(row: Row): unknown {
  const failed = row.code !== '0';
  return {
    height: row.height,
    txhash: row.tx_hash,
    ...(failed && { codespace: text(row, 'codespace'), code: Number(row.code) }),
    ...(dataOf(row) !== '' && { data: dataOf(row) }),
    raw_log: text(row, 'log'),
    ...(!failed && { logs: logsOf(row) }),
    gas_wanted: row.gas_wanted,
    gas_used: row.gas_used,
    tx: {
      type: 'core/StdTx',
      value: {
        msg: list<Message>(row.messages).map((message) => ({ type: message.type, value: bodyOf(message) })),
        fee: { amount: list(row.fee), gas: row.fee_gas },
        signatures: list<Signature>(row.signatures).map(({ public_key, signature }) => ({
          pub_key: public_key,
          signature,
        })),
        memo: text(row, 'memo'),
      },
    },
    timestamp: seconds(row),
  };
}

/** One bit per key, the first one highest. */
function bitArray(size: number, set: readonly number[]): unknown {
  const elems = Buffer.alloc(Math.ceil(size / 8));
  for (const index of set) elems[index >> 3]! |= 0x80 >> (index & 7);
  return { extra_bits_stored: size % 8, elems: elems.toString('base64') };
}

function modeInfo({ public_key, sign_mode, members }: Signature): unknown {
  if (members === null) return { single: { mode: sign_mode } };
  const keys = public_key?.public_keys?.length ?? 0;
  return {
    multi: {
      bitarray: bitArray(
        keys,
        members.map(({ key_index }) => key_index),
      ),
      mode_infos: members.map((member) => ({ single: { mode: member.sign_mode } })),
    },
  };
}

function gatewayTx(row: Row): unknown {
  const signatures = list<Signature>(row.signatures);
  return {
    body: {
      messages: list<Message>(row.messages).map((message) => ({
        '@type': message.type,
        ...(bodyOf(message) as object),
      })),
      memo: text(row, 'memo'),
      timeout_height: row.timeout_height,
      extension_options: [],
      non_critical_extension_options: [],
    },
    auth_info: {
      signer_infos: signatures.map((each) => ({
        public_key: each.public_key,
        mode_info: modeInfo(each),
        sequence: each.sequence,
      })),
      fee: {
        amount: list(row.fee),
        gas_limit: row.fee_gas,
        // The view has who pays; REST whom the tx names beside its first signer and the granter.
        payer: [signatures[0]?.signer, row.fee_granter].includes(row.fee_payer as string)
          ? ''
          : row.fee_payer,
        granter: row.fee_granter ?? '',
      },
    },
    signatures: signatures.map(({ signature }) => signature),
  };
}

const base64 = (value: string): string => Buffer.from(value).toString('base64');

const gatewayAnswer = (row: Row): unknown => ({
  tx: gatewayTx(row),
  tx_response: {
    height: row.height,
    txhash: row.tx_hash,
    codespace: text(row, 'codespace'),
    code: Number(row.code),
    data: dataOf(row),
    raw_log: text(row, 'log'),
    logs: (logsOf(row) ?? []).map(wholeLog),
    info: text(row, 'info'),
    gas_wanted: row.gas_wanted,
    gas_used: row.gas_used,
    tx: { '@type': '/cosmos.tx.v1beta1.Tx', ...(gatewayTx(row) as object) },
    timestamp: seconds(row),
    events: list<TxEvent>(row.events).map(({ type, attributes }) => ({
      type,
      attributes: attributes.map(([key, value]) => ({ key: base64(key), value: base64(value) })),
    })),
  },
});

interface Log {
  readonly events: readonly { readonly type: string; readonly attributes: readonly object[] }[];
}

/** The log as text leaves out what is empty. */
const wholeLog = (log: object): unknown => ({
  msg_index: 0,
  log: '',
  ...log,
  events: (log as Log).events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map((attribute) => ({ value: '', ...attribute })),
  })),
});

interface RecordedTx {
  readonly tx_response: { readonly events: readonly { readonly attributes: readonly object[] }[] };
}

/** Without the flag of the node's own index; null is an empty text. */
function withoutIndex(json: unknown): unknown {
  const { tx_response, ...others } = json as RecordedTx;
  const events = tx_response.events.map((event) => ({
    ...event,
    attributes: event.attributes.map((attribute) => {
      const { key, value } = attribute as { key: string | null; value: string | null };
      return { key: key ?? '', value: value ?? '' };
    }),
  }));
  return { ...others, tx_response: { ...tx_response, events } };
}

const found =
  (print: (row: Row) => unknown) =>
  ([row]: readonly Row[]): unknown =>
    row === undefined ? NOT_FOUND : print(row);

export const txRoutes: readonly Route[] = [
  { api: 'amino-0.39', of: 'blocks', path: '/txs/{hash}', sql: TX, print: found(aminoTx) },
  {
    api: 'gateway-0.44',
    of: 'blocks',
    path: '/cosmos/tx/v1beta1/txs/{hash}',
    sql: TX,
    print: found(gatewayAnswer),
    read: withoutIndex,
  },
];
