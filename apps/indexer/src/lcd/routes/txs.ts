import { NOT_FOUND, NOT_FROM_STATE, type Route, type Row } from '../route.ts';
import { aminoMessage, NoAminoName } from './amino-messages.ts';
import { aminoKey } from './shapes.ts';

export const TX_COLUMNS = `t.*,
  (select json_agg(json_build_object('type', m.type, 'value', m.value, 'raw', encode(m.value_raw, 'hex')) order by m.msg_index)
    from baleen.messages m where (m.chain_id, m.height, m.tx_index) = (t.chain_id, t.height, t.tx_index) and m.path = '') as messages,
  (select json_agg(json_build_object('denom', f.denom, 'amount', f.amount::text) order by f.fee_index)
    from baleen.tx_fees f where (f.chain_id, f.height, f.tx_index) = (t.chain_id, t.height, t.tx_index)) as fee,
  (select json_agg(json_build_object('signer', s.signer, 'public_key', s.public_key, 'sequence', s.sequence::text, 'sign_mode', s.sign_mode,
      'members', s.members, 'signature', translate(encode(s.signature, 'base64'), E'\\n', '')) order by s.signature_index)
    from baleen.tx_signatures s where (s.chain_id, s.height, s.tx_index) = (t.chain_id, t.height, t.tx_index)) as signatures,
  (select json_agg(json_build_object('type', e.type, 'attributes', e.attributes) order by e.event_index)
    from baleen.events e where (e.chain_id, e.height, e.tx_index) = (t.chain_id, t.height, t.tx_index)) as events`;
/* A hash may stand in several blocks with byte-identical txs; REST answers with the last one. */
const TX = `select ${TX_COLUMNS}
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

/** Returns a column's exact text: from its `_raw` twin where Postgres can't hold it. */
const text = (row: Row, name: string): string =>
  row[`${name}_raw`] === null ? (row[name] as string) : (row[`${name}_raw`] as Buffer).toString('utf8');
const bodyOf = ({ value, raw }: Message): unknown =>
  raw === null ? value : JSON.parse(Buffer.from(raw, 'hex').toString('utf8'));

const seconds = (row: Row): string => `${(row.time as string).slice(0, 19).replace(' ', 'T')}Z`;
const dataOf = (row: Row): string => (row.data as Buffer).toString('hex').toUpperCase();
/** The log as JSON; undefined for a failed tx, whose log is a sentence. */
const logsOf = (row: Row): object[] | undefined =>
  row.code === '0' ? JSON.parse(text(row, 'log')) : undefined;

export function aminoTx(row: Row): unknown {
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

/** A CompactBitArray as JSON prints it: one bit per key, the first key in the highest bit. */
function bitArray(size: number, set: readonly number[]): { extra_bits_stored: number; elems: string } {
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
        // The view names whoever pays. REST prints a payer only if the tx names one that is neither its first signer nor the granter.
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

const base64Events = (row: Row): unknown =>
  list<TxEvent>(row.events).map(({ type, attributes }) => ({
    type,
    attributes: attributes.map(([key, value]) => ({ key: base64(key), value: base64(value) })),
  }));

/** The gateway's two values: the tx, and its result. */
export const gatewayAnswer = (row: Row): { tx: unknown; tx_response: unknown } => ({
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
    events: base64Events(row),
  },
});

interface Log {
  readonly events: readonly { readonly type: string; readonly attributes: readonly object[] }[];
}

/** Adds the empty fields that the log as text leaves out. */
const wholeLog = (log: object): unknown => ({
  msg_index: 0,
  log: '',
  ...log,
  events: (log as Log).events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map((attribute) => ({ value: '', ...attribute })),
  })),
});

/** Lengths are below 128 in a signature of 64 bytes and a few bits. */
const field = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes]);

/** Turns protobuf's `MultiSignature`, which holds signatures alone, into amino's, which begins with a bit array of who signed. */
function aminoMultisignature({ public_key, members, signature }: Signature): string {
  const keys = public_key?.public_keys?.length ?? 0;
  const { extra_bits_stored, elems } = bitArray(
    keys,
    list<{ key_index: number }>(members).map(({ key_index }) => key_index),
  );
  const extra = extra_bits_stored === 0 ? [] : [0x08, extra_bits_stored];
  const bits = field(1, Buffer.concat([Buffer.from(extra), field(2, Buffer.from(elems, 'base64'))]));
  const bytes = Buffer.from(signature, 'base64');
  const signatures: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 2 + bytes[at + 1]!)
    signatures.push(field(2, bytes.subarray(at + 2, at + 2 + bytes[at + 1]!)));
  return Buffer.concat([bits, ...signatures]).toString('base64');
}

const AMINO_JSON = 'SIGN_MODE_LEGACY_AMINO_JSON';
const isAmino = ({ sign_mode, members }: Signature): boolean =>
  members === null ? sign_mode === AMINO_JSON : members.every((member) => member.sign_mode === AMINO_JSON);

/** Signatures of a StdTx: printed only if every signer signed amino's JSON, else the list is empty. */
const aminoSignatures = (signatures: readonly Signature[]): unknown[] =>
  signatures.every(isAmino)
    ? signatures.map((each) => ({
        pub_key: aminoKey(each.public_key),
        signature: each.members === null ? each.signature : aminoMultisignature(each),
      }))
    : [];

/** Prints a tx that was sent as protobuf as the legacy routes of SDK 0.44 do.
 *
 *  @throws NoAminoName */
export function leanTx(row: Row): unknown {
  const named = {
    codespace: text(row, 'codespace'),
    code: Number(row.code),
    data: dataOf(row),
    raw_log: text(row, 'log'),
    info: text(row, 'info'),
  };
  return {
    height: row.height,
    txhash: row.tx_hash,
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== '' && value !== 0)),
    logs: logsOf(row) ?? null,
    gas_wanted: row.gas_wanted,
    gas_used: row.gas_used,
    tx: { type: 'core/StdTx', value: stdTx(row) },
    timestamp: seconds(row),
    events: base64Events(row),
  };
}

const stdTx = (row: Row): unknown => ({
  msg: list<Message>(row.messages).map((message) =>
    aminoMessage({ '@type': message.type, ...(bodyOf(message) as object) }),
  ),
  fee: { amount: list(row.fee), gas: row.fee_gas },
  signatures: aminoSignatures(list<Signature>(row.signatures)),
  memo: text(row, 'memo'),
  timeout_height: row.timeout_height,
});

/** The server answers with an error where a message of a tx has no amino name. */
export const unlessNameless =
  (print: Route['print']): Route['print'] =>
  (rows, parts) => {
    try {
      return print(rows, parts);
    } catch (error) {
      if (error instanceof NoAminoName) return NOT_FROM_STATE;
      throw error;
    }
  };

interface Attribute {
  readonly key: string | null;
  readonly value: string | null;
  /** Absent: an attribute of a log. */
  readonly index?: boolean;
}

/** Attributes without the flag of the node's own index, null as an empty text; wherever they stand in the answer. */
export function withoutIndex(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutIndex);
  if (typeof json !== 'object' || json === null) return json;
  const { key, value, index } = json as Attribute;
  if (typeof index === 'boolean' && key !== undefined) return { key: key ?? '', value: value ?? '' };
  return Object.fromEntries(Object.entries(json).map(([name, item]) => [name, withoutIndex(item)]));
}

const found =
  (print: (row: Row) => unknown) =>
  ([row]: readonly Row[]): unknown =>
    row === undefined ? NOT_FOUND : print(row);

export const txRoutes: readonly Route[] = [
  { api: 'amino-0.39', of: 'block', path: '/txs/{hash}', sql: TX, print: found(aminoTx) },
  {
    api: 'amino-0.44',
    of: 'block',
    path: '/txs/{hash}',
    sql: TX,
    print: unlessNameless(found(leanTx)),
    read: withoutIndex,
  },
  {
    api: 'gateway-0.44',
    of: 'block',
    path: '/cosmos/tx/v1beta1/txs/{hash}',
    sql: TX,
    print: found(gatewayAnswer),
    read: withoutIndex,
  },
];
