/** What the views say of what is here: a user who reads them need not know how it was indexed. */
import { buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { encodeBlocks } from '../write/encode.ts';

describe('a chain of which heights 11..20 and 31..40 are here, the last five without results', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(
      describeChain('test-1', { source: { from: 1, to: 60 }, wanted: { from: 11, to: 45 } }),
    );
    for (const shape of [
      { from: 11, count: 10 },
      { from: 31, count: 5 },
      { from: 36, count: 5, results: false },
    ])
      await store.write(encodeBlocks(buildBlocks(shape)));
    await database.query(
      `insert into baleen_store.sources (chain_id, address, worker_id, host, backend, base_height, head_height, requests, errors, bytes, concurrency, last_seen, is_read)
       values ('test-1', '/data', 'w', 'h', 'goleveldb', 5, 60, 0, 0, 0, 0, now(), false)`,
    );
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it('stands so in chains', async () => {
    expect(
      await store.query(
        `select first_indexed::int, last_indexed::int, missing::int, results_missing::int, complete_to::int, results_complete_to::int,
           state_height::int from baleen.chains`,
      ),
    ).toEqual([
      {
        first_indexed: 11,
        last_indexed: 40,
        missing: 15,
        results_missing: 5,
        complete_to: 20,
        results_complete_to: 20,
        state_height: null,
      },
    ]);
  });

  it('has its gaps named: those that were asked for, those that nobody asked for, those without results', async () => {
    expect(
      await store.query(
        'select kind, from_height::int as from, to_height::int as to, reason from baleen.gaps order by 2, 1',
      ),
    ).toEqual([
      { kind: 'blocks', from: 5, to: 10, reason: 'blocks: not asked for, though a source has them' },
      { kind: 'blocks', from: 21, to: 30, reason: 'blocks: not indexed yet' },
      { kind: 'results', from: 36, to: 40, reason: 'results: not in source' },
      { kind: 'blocks', from: 41, to: 45, reason: 'blocks: not indexed yet' },
      { kind: 'blocks', from: 46, to: 60, reason: 'blocks: not asked for, though a source has them' },
    ]);
  });

  it('has its txs found by a hash in any case', async () => {
    const [{ hash }] = (await store.query(
      'select tx_hash as hash from baleen.txs where height = 12 and tx_index = 1',
    )) as [{ hash: string }];
    for (const asked of [hash, hash.toLowerCase()]) {
      expect(await store.query('select height::int, tx_index from baleen.tx($1)', [asked])).toEqual([
        { height: 12, tx_index: 1 },
      ]);
      const [{ json }] = (await store.query('select baleen.tx_json($1) as json', [asked])) as [
        { json: unknown[] },
      ];
      expect(json).toMatchObject([
        {
          height: 12,
          tx_hash: hash,
          messages: [{ name: 'bank.MsgSend' }],
          fees: [{ denom: 'uluna' }],
          events: expect.any(Array),
        },
      ]);
    }
    expect(await store.query(`select baleen.tx_json('00') as json`)).toEqual([{ json: [] }]);
  });
});
