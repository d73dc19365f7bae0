/** Defects that other indexers have (docs/peers-defects.md), shown with txs in the chain's own bytes: each is decoded, written and asked
 * for in SQL. */
import { type Block, type Event, InvalidText, type TxResult } from '@baleen/chain';
import { sha256, WireWriter } from '@baleen/codec';
import { createTxDecoders } from '@baleen/decode';
import { openStore, type Store } from '@baleen/store';
import { encodeBlocks } from '@baleen/store/encode';
import { buildBlock, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Columbus-5 began here. */
const FIRST = 4_724_001;
const CHAIN = 'columbus-5';
const decodeTx = createTxDecoders()({ chainId: CHAIN, era: 'tendermint-0.34', height: FIRST });

const message = (type: string, body: Uint8Array): Uint8Array =>
  new WireWriter().text(1, type).message(2, body).finish();
const coin = (denom: string, amount: string): Uint8Array =>
  new WireWriter().text(1, denom).text(2, amount).finish();

/** Bytes of a tx. */
function txOf(
  messages: readonly Uint8Array[],
  { memo = '', fee = [coin('uluna', '1')] }: { memo?: string; fee?: readonly Uint8Array[] } = {},
): Uint8Array {
  const body = new WireWriter();
  for (const each of messages) body.message(1, each);
  const paid = new WireWriter();
  for (const each of fee) paid.message(1, each);
  return new WireWriter()
    .message(1, body.text(2, memo).finish())
    .message(2, new WireWriter().message(2, paid.finish()).finish())
    .finish();
}

const send = (from: string): Uint8Array =>
  message('/cosmos.bank.v1beta1.MsgSend', new WireWriter().text(1, from).text(2, 'terra1to').finish());

interface Given {
  readonly raw: Uint8Array;
  readonly result?: Partial<TxResult>;
}

const SUCCESS: TxResult = {
  ...{ code: 0, data: new Uint8Array(), log: '[]', info: '', codespace: '' },
  ...{ gasWanted: 1n, gasUsed: 1n, events: [] },
};

/** A block of these txs: one of a built chain with other txs and events. */
function blockOf(height: number, given: readonly Given[], beginEvents: readonly Event[] = []): Block {
  const block = buildBlock(height, { chainId: CHAIN, txsPerBlock: 0 });
  const results = given.map(({ result }) => ({ ...SUCCESS, ...result }));
  return {
    ...block,
    results: { ...block.results!, beginEvents, endEvents: [], txs: results },
    txs: given.map(({ raw }, index) => {
      const base = { index, hash: sha256(raw), raw, result: results[index] };
      try {
        return { ...base, content: decodeTx(raw, 'terra'), decodeError: undefined };
      } catch (error) {
        return { ...base, content: undefined, decodeError: (error as Error).message };
      }
    }),
  };
}

const event = (type: string, ...attributes: Event['attributes']): Event => ({ type, attributes });

const AGAIN = txOf([send('terra1again')]);
const EMPTY = txOf([]);
const NOBODY_KNOWS = txOf([message('/nobody.knows.v1.MsgIt', Uint8Array.of(0x0a, 1, 0x61))]);
const NO_TX = Uint8Array.of(0xff, 0xff, 0xff);
const COINS = txOf([send('terra1coins')], {
  fee: [coin('uluna', '5'), coin('uusd', String(2n ** 200n))],
  memo: 'Grüße 🌕',
});
const GAS = txOf([send('terra1gas')]);
const MANY = txOf([
  message(
    '/cosmos.bank.v1beta1.MsgMultiSend',
    new WireWriter().message(1, new WireWriter().text(1, 'terra1many').finish()).finish(),
  ),
]);

const FAILED: Partial<TxResult> = {
  ...{ code: 5, codespace: 'sdk', log: 'insufficient funds' },
  events: [event('tx', ['fee', '1uluna'], ['fee_payer', 'terra1again'])],
};
/** Ante events, then those of the message; an attribute occurs twice, and one is bytes that are no text. */
const EVENTS: readonly Event[] = [
  event('coin_spent', ['spender', 'terra1many'], ['amount', '1uluna']),
  event('tx', ['fee', '1uluna']),
  event('message', ['action', '/cosmos.bank.v1beta1.MsgMultiSend']),
  event('wasm', ['_contract_address', 'a'], ['action', 'one'], ['action', 'two'], ['', '']),
];
const BLOOM = new InvalidText('�', Uint8Array.of(0xff));

const BLOCKS = [
  blockOf(
    FIRST,
    [{ raw: AGAIN, result: FAILED }],
    [event('block_bloom', ['bloom', '\0\0'], ['more', BLOOM])],
  ),
  blockOf(FIRST + 1, [{ raw: AGAIN }, { raw: AGAIN }, { raw: EMPTY }, { raw: NOBODY_KNOWS }, { raw: NO_TX }]),
  blockOf(FIRST + 2, [
    { raw: COINS },
    { raw: GAS, result: { gasWanted: 2n ** 63n - 1n, gasUsed: 5_000_000_000n } },
    { raw: MANY, result: { events: EVENTS } },
  ]),
];

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createDatabase();
  store = await openStore(database.url);
  const source = { from: FIRST, to: FIRST + 2 };
  await store.prepareChain(describeChain(CHAIN, { initialHeight: FIRST, source, wanted: source }));
  await store.write(encodeBlocks(BLOCKS));
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const hashOf = (raw: Uint8Array): string => Buffer.from(sha256(raw)).toString('hex').toUpperCase();
const txs = (columns: string, raw: Uint8Array) =>
  database.query(`select ${columns} from baleen.txs where tx_hash = $1 order by height, tx_index`, [
    hashOf(raw),
  ]);

test('juno, fcd, horoscope: the same tx in two blocks, and twice in one, failed and then not, is a row each time', async () => {
  expect(await txs(`height::int - ${FIRST} as block, tx_index, code::int, success`, AGAIN)).toEqual([
    { block: 0, tx_index: 0, code: 5, success: false },
    { block: 1, tx_index: 0, code: 0, success: true },
    { block: 1, tx_index: 1, code: 0, success: true },
  ]);
  const messages = await database.query('select height from baleen.messages where tx_hash = $1', [
    hashOf(AGAIN),
  ]);
  expect(messages.length).toBe(3);
});

test('horoscope: a failed tx has its events, code and log', async () => {
  expect(await txs('log, codespace', AGAIN)).toContainEqual({ log: 'insufficient funds', codespace: 'sdk' });
  const events = `select type, attributes from baleen.events where height = ${FIRST} and phase = 'tx'`;
  expect(await database.query(events)).toEqual([
    {
      type: 'tx',
      attributes: [
        ['fee', '1uluna'],
        ['fee_payer', 'terra1again'],
      ],
    },
  ]);
});

test('cosmos-indexer: a tx without messages is there, and one whose message nobody knows, with all others of its block', async () => {
  expect(await txs('message_count, decode_error', EMPTY)).toEqual([{ message_count: 0, decode_error: null }]);
  expect(await txs('message_count, decode_error', NOBODY_KNOWS)).toEqual([
    { message_count: 1, decode_error: null },
  ]);
  const unknown = `select type, value, fields, encode(raw, 'hex') as raw from baleen.messages where name = 'knows.MsgIt'`;
  expect(await database.query(unknown)).toEqual([
    { type: '/nobody.knows.v1.MsgIt', value: null, fields: { 1: 'a' }, raw: '0a0161' },
  ]);
  const undecoded = await database.query(
    `select kind, name, things::int from baleen.undecoded order by kind, name`,
  );
  expect(undecoded).toContainEqual({ kind: 'message', name: '/nobody.knows.v1.MsgIt', things: 1 });
});

test('subql: a tx that cannot be decoded is a row with its bytes, and says why', async () => {
  expect(await txs(`decode_error, encode(raw, 'hex') as raw, message_count, memo, success`, NO_TX)).toEqual([
    {
      decode_error: expect.stringContaining('varint'),
      raw: 'ffffff',
      message_count: null,
      memo: null,
      success: true,
    },
  ]);
});

test('fcd: no hash is left out: each block has as many rows of txs as it has txs', async () => {
  const differing = `select from baleen.blocks b where tx_count <> (select count(*) from baleen.txs t where t.chain_id = b.chain_id and t.height = b.height)`;
  expect(await database.query(differing)).toEqual([]);
});

test('fcd: text that is not ASCII is the text, and no base64', async () => {
  expect(await txs('memo', COINS)).toEqual([{ memo: 'Grüße 🌕' }]);
});

test('Akash: every coin of a fee is there, whatever its amount', async () => {
  const fees = 'select denom, amount::text from baleen.tx_fees where tx_hash = $1 order by denom';
  expect(await database.query(fees, [hashOf(COINS)])).toEqual([
    { denom: 'uluna', amount: '5' },
    { denom: 'uusd', amount: String(2n ** 200n) },
  ]);
});

test('Akash: gas above 2^31 is exact', async () => {
  expect(await txs('gas_wanted::text, gas_used::text', GAS)).toEqual([
    { gas_wanted: '9223372036854775807', gas_used: '5000000000' },
  ]);
});

const eventsOf = (raw: Uint8Array) =>
  database.query(
    `select type, msg_index, attributes from baleen.events where (chain_id, height, tx_index) in
       (select chain_id, height, tx_index from baleen.txs where tx_hash = $1) order by event_index`,
    [hashOf(raw)],
  );

test('Akash: a tx of MsgMultiSend alone has its events', async () =>
  expect((await eventsOf(MANY)).map(({ type }) => type)).toEqual(['coin_spent', 'tx', 'message', 'wasm']));

test('cosmos-indexer: events of the ante handler are there, and belong to no message', async () => {
  expect((await eventsOf(MANY)).map(({ msg_index }) => msg_index)).toEqual([null, null, 0, 0]);
});

test('the psql sink: an event may name a key twice, and an empty one, in order', async () => {
  expect((await eventsOf(MANY)).at(-1)).toMatchObject({
    attributes: [
      ['_contract_address', 'a'],
      ['action', 'one'],
      ['action', 'two'],
      ['', ''],
    ],
  });
});

test('reindex-event: attributes that are no text are kept to the byte', async () => {
  const bloom = `select attributes, encode(attributes_raw, 'hex') as exact from baleen.events where type = 'block_bloom'`;
  const [found] = await database.query<{ attributes: string[][]; exact: string }>(bloom);
  expect(found!.attributes.map(([key]) => key)).toEqual(['bloom', 'more']);
  expect(found!.exact).toMatch(/ff/i);
});

test('reindex-event: rows have the block’s time and the chain’s id, not those of the run', async () => {
  const rows =
    'select chain_id, extract(epoch from time)::int8::text as seconds, time_ns from baleen.txs where tx_hash = $1';
  expect(await database.query(rows, [hashOf(GAS)])).toEqual([
    { chain_id: CHAIN, seconds: String(1_609_459_200 + (FIRST + 2) * 6), time_ns: 123_456_789 },
  ]);
});

test('a chain that begins at 4,724,001 has no gap below', async () => {
  expect(await store.gaps()).toEqual([]);
  expect(
    await database.query('select first_height::int, missing::int from baleen.chains where chain_id = $1', [
      CHAIN,
    ]),
  ).toEqual([{ first_height: FIRST, missing: 0 }]);
});

test('a commit stands at the height that it signs, and is written with the block above', async () => {
  const heights = 'select distinct height::int from baleen.commit_signatures where chain_id = $1 order by 1';
  expect((await database.query(heights, [CHAIN])).map(({ height }) => height)).toEqual([
    FIRST - 1,
    FIRST,
    FIRST + 1,
  ]);
});

test('juno: heights above 2^31 are heights, gaps between them are seen; a database holds many chains', async () => {
  const far = 3_000_000_000;
  const range = { from: far, to: far + 9 };
  await store.prepareChain(describeChain('far-1', { initialHeight: far, source: range, wanted: range }));
  for (const height of [far, far + 9])
    await store.write(encodeBlocks([buildBlock(height, { chainId: 'far-1' })]));
  expect((await store.gaps()).map(({ chainId, from, to }) => [chainId, from, to])).toEqual([
    ['far-1', far + 1, far + 8],
  ]);
});

test('juno, horoscope, the psql sink: a write that ends in the middle leaves neither block nor txs, and the height is missing', async () => {
  const range = { from: 1, to: 5 };
  await store.prepareChain(describeChain('crash-1', { source: range, wanted: range }));
  const batch = encodeBlocks([buildBlock(1, { chainId: 'crash-1' })]);
  // Events come after blocks and txs.
  await expect(
    store.write({ ...batch, copies: { ...batch.copies, events: batch.copies.events!.subarray(1) } }),
  ).rejects.toThrow();
  for (const view of ['blocks', 'txs', 'messages'])
    expect(await database.query(`select from baleen.${view} where chain_id = 'crash-1'`), view).toEqual([]);
  expect(await store.missing('crash-1', range, ['blocks'])).toEqual([range]);
  await store.write(batch);
  expect(await store.missing('crash-1', range, ['blocks'])).toEqual([{ from: 2, to: 5 }]);
});
