import { type Block, InvalidText, type Message, type Text } from '@baleen/chain';
import { jsonHold } from '@baleen/tables';
import { buildBlock, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { encodeBlocks } from './encode.ts';

const invalid = (hex: string, text: string): InvalidText => new InvalidText(text, Buffer.from(hex, 'hex'));
const TEXTS: [Text, string, string | null][] = [
  ['plain', 'plain', null],
  ['a\0b', 'a\ufffdb', '610062'],
  [invalid('fffe61', '\ufffd\ufffda'), '\ufffd\ufffda', 'fffe61'],
  [invalid('ff00', '\ufffd\0'), '\ufffd\ufffd', 'ff00'],
  ['\ufffd', '\ufffd', null],
  ['x'.repeat(100_000), 'x'.repeat(100_000), null],
];
const JSONS = [
  '{"a":"\\u0000"}',
  '["\\ud800","\\ude00\\ud83d\\ude00"]',
  '[1e200000]',
  '{"a":1e5}',
  '[-0]',
  '{"a":1,"a":2}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'['.repeat(1_000)}${']'.repeat(1_000)}`,
  '[1.0,0.10,-5,123456789012345678901234567890.5]',
  `[1${'0'.repeat(9_000)}]`,
  '{"deep":{"a":[{"b":"\\\\u0000 \\" é \\ud83d\\ude00"}]}}',
];

function block(change: (block: Block) => Partial<Block>, height = 1): Block {
  const plain = buildBlock(height, { txsPerBlock: 1 });
  return { ...plain, ...change(plain) };
}

describe('what Postgres refuses', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain());
    await store.write(encodeBlocks([texts(), jsons(), numbers()]));
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  /** Block 1: a tx per text, which stands wherever a text can. */
  const texts = () =>
    block(({ txs, results }) => {
      const [tx] = txs;
      const all = TEXTS.map(([text], index) => ({
        ...tx!,
        index,
        content: {
          ...tx!.content!,
          memo: text,
          feeCoins: [{ denom: text, amount: -1n }],
          messages: [{ ...tx!.content!.messages[0]!, type: text, name: 'n'.repeat(3000) }],
        },
        result: {
          ...tx!.result!,
          log: text,
          info: text,
          codespace: text,
          events: [{ type: text, attributes: [[text, text] as const, ['k', ''] as const] }],
        },
      }));
      return { txs: all, results: { ...results!, txs: all.map(({ result }) => result) } };
    });

  /** Block 2: a message per JSON. */
  const jsons = () =>
    block(({ txs }) => {
      const [tx] = txs;
      const message = tx!.content!.messages[0]!;
      const messages = JSONS.map((value, index): Message => ({ ...message, index, value, fields: value }));
      return { txs: [{ ...tx!, content: { ...tx!.content!, messages } }] };
    }, 2);

  /** Block 3: numbers beyond int and bigint. */
  const numbers = () =>
    block(({ txs, results }) => {
      const [tx] = txs;
      const result = {
        ...tx!.result!,
        code: 4_294_967_295,
        gasWanted: -1n,
        gasUsed: 18_446_744_073_709_551_615n,
      };
      const content = {
        ...tx!.content!,
        feeGas: 18_446_744_073_709_551_615n,
        timeoutHeight: 18_446_744_073_709_551_615n,
      };
      return { txs: [{ ...tx!, content, result }], results: { ...results!, txs: [result] } };
    }, 3);

  it('shows text with U+FFFD and keeps its bytes', async () => {
    const rows = await store.query(
      `select memo, log, info, codespace, type, denom, encode(memo_raw, 'hex') as memo_raw, encode(log_raw, 'hex') as log_raw,
         encode(info_raw, 'hex') as info_raw, encode(codespace_raw, 'hex') as codespace_raw,
         encode(type_raw, 'hex') as type_raw, encode(denom_raw, 'hex') as denom_raw
       from baleen.txs join baleen.messages using (chain_id, height, tx_index) join baleen.tx_fees using (chain_id, height, tx_index)
       where height = 1 order by tx_index`,
    );
    expect(rows).toEqual(
      TEXTS.map(([, shown, raw]) => ({
        ...{ memo: shown, log: shown, info: shown, codespace: shown, type: shown, denom: shown },
        ...{ memo_raw: raw, log_raw: raw, info_raw: raw, codespace_raw: raw, type_raw: raw, denom_raw: raw },
      })),
    );
  });

  it('keeps the exact attributes of an event as protobuf', async () => {
    const rows = await store.query(
      `select attributes, encode(attributes_raw, 'hex') as raw, encode(type_raw, 'hex') as type_raw from baleen.events
       where height = 1 and phase = 'tx' order by event_index`,
    );
    const lengths = (hex: string): string => {
      const size = (hex.length / 2).toString(16).padStart(2, '0');
      const pair = `0a${size}${hex}12${size}${hex}`;
      return `12${(pair.length / 2).toString(16).padStart(2, '0')}${pair}12030a016b`;
    };
    expect(rows).toEqual(
      TEXTS.map(([, shown, raw]) => ({
        attributes: [
          [shown, shown],
          ['k', ''],
        ],
        raw: raw && lengths(raw),
        type_raw: raw,
      })),
    );
  });

  it('keeps the exact JSON where jsonb is not equal to it, and only there', async () => {
    const rows = await store.query(
      `select value::text as value, convert_from(value_raw, 'utf8') as raw, fields::text as fields from baleen.messages
       where height = 2 order by msg_index`,
    );
    expect(rows.map(({ raw }) => raw)).toEqual(
      JSONS.map((json) => (jsonHold(json) === 'exact' ? null : json)),
    );
    for (const [index, row] of rows.entries()) {
      const json = JSONS[index]!;
      expect(row.fields).toBe(row.value);
      if (jsonHold(json) === 'exact') expect(withoutSpace(row.value)).toBe(withoutSpace(unescaped(json)));
      if (jsonHold(json) === 'refused') expect(row.value).toBeNull();
    }
  });
  const withoutSpace = (text: unknown): string => String(text).replaceAll(/\s/g, '');
  /** jsonb prints characters, not their escapes. */
  const unescaped = (json: string): string => json.replaceAll('\\ud83d\\ude00', '\u{1f600}');

  it('holds the largest numbers of a chain', async () => {
    const rows = await store.query(
      'select code, gas_wanted, gas_used, fee_gas, timeout_height from baleen.txs where height = 3',
    );
    expect(rows).toEqual([
      {
        code: '4294967295',
        gas_wanted: '-1',
        gas_used: '18446744073709551615',
        fee_gas: '18446744073709551615',
        timeout_height: '18446744073709551615',
      },
    ]);
  });
});
