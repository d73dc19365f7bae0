/** Whatever a chain's bytes may be, the block is written, and nothing of it is lost. */
import { openStore, type Store } from '@baleen/store';
import { encodeBlocks } from '@baleen/store/encode';
import { openStoredRows } from '@baleen/store/stored-rows';
import { createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APPLICATION, EVENTS, nastyBlock, TXS } from './nasty-blocks.fixture.ts';
import { storedKind } from './walk/stored-kind.ts';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createDatabase();
  store = await openStore(database.url);
  await store.prepareChain(describeChain('nasty-1', { applications: [APPLICATION] }));
  await store.write(encodeBlocks([nastyBlock()]));
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('a block of nasty txs', () => {
  test('is there with all of them, to the byte', async () => {
    const rows = await database.query<{ raw: Buffer }>('select raw from baleen.txs order by tx_index');
    expect(rows.map(({ raw }) => raw.toString('hex'))).toEqual(
      Object.values(TXS).map((raw) => Buffer.from(raw).toString('hex')),
    );
  });

  test.each([
    ['a tx of no bytes', 'read'],
    ['one byte', 'refused'],
    ['bytes behind a tx', 'refused'],
    ['a varint of eleven bytes', 'refused'],
    ['a key that is written longer than it needs', 'read'],
    ['a group', 'refused'],
    ['field 0', 'refused'],
    ['a type of 3,000 bytes', 'kept raw'],
    ['a type that is no text', 'kept raw'],
    ['a message without a type', 'kept raw'],
    ['an unknown field in a known message', 'kept raw'],
    ['an unknown Any within a known message', 'kept raw'],
    ['an unknown critical field of the body', 'refused'],
    ['an extension option that nobody knows', 'read'],
    ['a memo of NUL and bytes that are no text', 'read'],
    ['a memo of 100,000 bytes', 'read'],
    ['amounts below zero, of 70 digits, with zeros in front', 'read'],
    ['an amount that is no number', 'refused'],
    ['a denom of NUL', 'read'],
    ['a multisig of multisigs', 'read'],
    ['a multisig of multisigs, 200 deep', 'read'],
    ['a key that nobody knows', 'read'],
    ['JSON with NUL, a lone surrogate and a key that occurs twice', 'read'],
    ['JSON with a number that numeric cannot hold', 'read'],
    ['JSON 20,000 lists deep', 'read'],
    ['JSON that is none', 'kept raw'],
  ] as const)('%s is %s', async (name, outcome) => {
    const [row] = await database.query(
      `select case
         when decode_error is not null then 'refused'
         when exists (select from baleen_store.messages m where m.height = t.height and m.tx_index = t.tx_index
                      and value is null and value_raw is null and fields is not null) then 'kept raw'
         else 'read' end as outcome, (decode_error is null) = (message_count is not null) as agrees
       from baleen.txs t where tx_index = ${Object.keys(TXS).indexOf(name)}`,
    );
    expect(row).toEqual({ outcome, agrees: true });
  });

  test('has all events of each, to the byte', async () => {
    const kinds = await database.query(
      `select phase, count(*)::int as events from baleen.events group by phase order by phase`,
    );
    expect(kinds).toEqual([
      { phase: 'begin_block', events: EVENTS.length },
      { phase: 'end_block', events: EVENTS.length },
      { phase: 'tx', events: EVENTS.length * Object.keys(TXS).length },
    ]);
    const [odd] = await database.query<{ raw: Buffer }>(
      `select attributes_raw as raw from baleen.events where phase = 'tx' and attributes_raw is not null limit 1`,
    );
    expect(odd!.raw.toString('hex')).toContain('00fe');
  });

  test('has its numbers to the last digit', async () => {
    expect(
      await database.query(
        'select distinct code::text, gas_wanted::text, gas_used::text from baleen.txs where code > 0',
      ),
    ).toEqual([{ code: '4294967295', gas_wanted: '-9223372036854775808', gas_used: '9223372036854775807' }]);
    const [tx] = await database.query(`select amount::text from baleen.tx_fees where denom = 'b'`);
    expect(tx).toEqual({ amount: '9'.repeat(70) });
  });

  test('is the same block when its rows are read again', async () => {
    const ref = { kind: 'stored', databaseUrl: database.url, chainId: 'nasty-1' } as const;
    const stored = await storedKind(ref).open({});
    for await (const { block } of stored.blocks({ from: 1, to: 1 }))
      for (const [index, tx] of nastyBlock().txs.entries())
        expect(block.txs[index], Object.keys(TXS)[index]).toEqual(tx);
    stored.close();
  });

  test('makes every stored cell again, as verify compares them', async () => {
    const ref = { kind: 'stored', databaseUrl: database.url, chainId: 'nasty-1' } as const;
    const stored = await storedKind(ref).open({});
    const rows = await openStoredRows(database.url, 'nasty-1');
    for await (const { block } of stored.blocks({ from: 1, to: 1 }))
      expect(await rows.compare([block])).toEqual({ faults: [], uncompared: [] });
    await rows.close();
    stored.close();
  });
});
