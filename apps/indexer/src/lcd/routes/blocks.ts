/** Blocks and validator sets, which REST servers ask Tendermint for. */
import { encodeBech32 } from '@baleen/codec';
import { type Api, NOT_FOUND, NOT_FROM_STATE, type Route, type Row } from '../route.ts';
import { goTime } from './shapes.ts';

/** Hashes of a header: the names that its JSON and the view `blocks` use. */
export const HEADER_HASHES = [
  'last_commit_hash',
  'data_hash',
  'validators_hash',
  'next_validators_hash',
  'consensus_hash',
  'app_hash',
  'last_results_hash',
  'evidence_hash',
] as const;

const base64 = (bytes: string): string => `translate(encode(${bytes}, 'base64'), E'\\n', '')`;
/* A block carries the commit of the block before it. */
const BLOCK = `select b.*,
  (select json_agg(${base64('t.raw')} order by t.tx_index) from baleen.txs t where (t.chain_id, t.height) = (b.chain_id, b.height)) as txs,
  (select json_agg(json_build_object('flag', s.flag, 'address', s.consensus_address_hex, 'time', s.time, 'time_ns', s.time_ns,
      'round', s.round, 'signature', ${base64('s.signature')}) order by s.vote_index)
    from baleen.commit_signatures s where (s.chain_id, s.height) = (b.chain_id, b.height - 1)) as signatures,
  exists (select from baleen.evidence e where (e.chain_id, e.height) = (b.chain_id, b.height)) as has_evidence
from baleen.blocks b`;
const BY_HEIGHT = `${BLOCK} where b.height = :'height'::int8`;
const LATEST = `${BLOCK} order by b.height desc limit 1`;

interface Signature {
  readonly flag: number;
  readonly address: string;
  readonly time: string | null;
  readonly time_ns: number | null;
  readonly round: number;
  readonly signature: string | null;
}

/** What differs between servers in how they print a block. */
interface Style {
  readonly hash: (hex: string | null) => string | null;
  readonly int: (value: number) => unknown;
  readonly list: (items: readonly unknown[]) => unknown;
  readonly parts: string;
  readonly flags: readonly unknown[];
  readonly version: (row: Row) => unknown;
}

const hex = (text: string | null): string => text ?? '';
const asBase64 = (text: string | null): string | null =>
  text === null || text === '' ? null : Buffer.from(text, 'hex').toString('base64');
const bothVersions = (row: Row): unknown => ({ block: row.version_block, app: row.version_app });
const FLAGS = ['UNKNOWN', 'ABSENT', 'COMMIT', 'NIL'].map((name) => `BLOCK_ID_FLAG_${name}`);

const STYLES: Readonly<Record<Api, Style>> = {
  'amino-0.39': {
    hash: hex,
    int: String,
    list: (items) => (items.length === 0 ? null : items),
    parts: 'parts',
    flags: [0, 1, 2, 3],
    version: bothVersions,
  },
  'amino-0.44': {
    hash: hex,
    int: (value) => value,
    list: (items) => items,
    parts: 'parts',
    flags: [0, 1, 2, 3],
    version: (row) => (row.version_app === '0' ? { block: row.version_block } : bothVersions(row)),
  },
  'gateway-0.44': {
    hash: asBase64,
    int: (value) => value,
    list: (items) => items,
    parts: 'part_set_header',
    flags: FLAGS,
    version: bothVersions,
  },
};

const blockId = (style: Style, hash: unknown, total: unknown, partsHash: unknown): unknown => ({
  hash: style.hash(hash as string | null),
  [style.parts]: { total: style.int(Number(total ?? 0)), hash: style.hash(partsHash as string | null) },
});
const lastBlockId = (style: Style, row: Row): unknown =>
  blockId(style, row.last_block_hash, row.last_parts_total, row.last_parts_hash);

const header = (style: Style, row: Row): unknown => ({
  version: style.version(row),
  chain_id: row.chain_id,
  height: row.height,
  time: goTime(row, 'time'),
  last_block_id: lastBlockId(style, row),
  ...Object.fromEntries(HEADER_HASHES.map((name) => [name, style.hash(row[name] as string | null)])),
  proposer_address: style.hash(row.proposer_address_hex as string),
});

const vote = (style: Style, signature: Signature): unknown => ({
  block_id_flag: style.flags[signature.flag],
  validator_address: style.hash(signature.flag === 1 ? null : signature.address),
  timestamp: goTime({ ...signature }, 'time'),
  signature: signature.signature,
});

const items = <Item>(value: unknown): readonly Item[] => (value ?? []) as readonly Item[];

/** Prints a block. One with evidence is not compared: the view keeps the evidence's bytes, which REST prints in a form of its own. */
const printBlock =
  (style: Style): Route['print'] =>
  ([row]) => {
    if (row === undefined) return NOT_FOUND;
    if (row.has_evidence === true) return NOT_FROM_STATE;
    const signatures = items<Signature>(row.signatures);
    return {
      block_id: blockId(style, row.block_hash, row.parts_total, row.parts_hash),
      block: {
        header: header(style, row),
        data: { txs: style.list(items(row.txs)) },
        evidence: { evidence: style.list([]) },
        last_commit: {
          height: String(Number(row.height) - 1),
          round: style.int(signatures[0]?.round ?? 0),
          block_id: lastBlockId(style, row),
          signatures: style.list(signatures.map((each) => vote(style, each))),
        },
      },
    };
  };

const blocks = (api: Api, path: string): Route[] => {
  const print = printBlock(STYLES[api]);
  return [
    { api, of: 'block', path: `${path}/{height}`, sql: BY_HEIGHT, print },
    { api, of: 'chain', path: `${path}/latest`, sql: LATEST, print },
  ];
};

const SET = `select v.*, :'height'::int8 as block_height from baleen.validator_sets v where :'height'::int8 between v.from_height and v.to_height`;
/* The validators of the next block: known only if the head's header says that the set stays the same. */
const LATEST_SET = `select v.*, b.height + 1 as block_height from (select * from baleen.blocks order by height desc limit 1) b
join baleen.validator_sets v on v.chain_id = b.chain_id and b.height between v.from_height and v.to_height
where b.next_validators_hash = b.validators_hash`;

/** Amino's prefix of an ed25519 key, before its 32 bytes. */
const AMINO_ED25519 = Buffer.from('1624de6420', 'hex');
const keyOf = ({ public_key }: Row): Buffer => public_key as Buffer;
const KEYS: Readonly<Record<Api, (row: Row) => unknown>> = {
  'amino-0.39': (row) =>
    encodeBech32(
      `${(row.consensus_address as string).split('1')[0]}pub`,
      Buffer.concat([AMINO_ED25519, keyOf(row)]),
    ),
  'amino-0.44': (row) => ({ type: 'tendermint/PubKeyEd25519', value: keyOf(row).toString('base64') }),
  'gateway-0.44': (row) => ({
    '@type': '/cosmos.crypto.ed25519.PubKey',
    key: keyOf(row).toString('base64'),
  }),
};

/** @param more  fields that the server prints beside the list */
const validatorSets = (api: Api, path: string, more: (total: string) => object): Route[] =>
  (
    [
      ['{height}', 'block', SET, NOT_FOUND],
      ['latest', 'chain', LATEST_SET, NOT_FROM_STATE],
    ] as const
  ).map(([name, of, sql, nothing]) => ({
    api,
    of,
    path: `${path}/${name}`,
    sql,
    print: (rows) =>
      rows.length === 0
        ? nothing
        : {
            block_height: rows[0]!.block_height,
            validators: rows.map((row) => ({
              address: row.consensus_address,
              pub_key: KEYS[api](row),
              voting_power: row.voting_power,
            })),
            ...more(String(rows.length)),
          },
    set: 'validators',
    leftOut: ['proposer_priority'],
  }));

const TENDERMINT = '/cosmos/base/tendermint/v1beta1';

export const blockRoutes: readonly Route[] = [
  ...blocks('amino-0.39', '/blocks'),
  ...blocks('amino-0.44', '/blocks'),
  ...blocks('gateway-0.44', `${TENDERMINT}/blocks`),
  ...validatorSets('amino-0.39', '/validatorsets', () => ({})),
  ...validatorSets('amino-0.44', '/validatorsets', (total) => ({ total })),
  ...validatorSets('gateway-0.44', `${TENDERMINT}/validatorsets`, (total) => ({
    pagination: { next_key: null, total },
  })),
];
