import { buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { contents } from '../write/contents.fixture.ts';
import { encodeBlocks } from '../write/encode.ts';

const batch = (from: number, to: number, chainId = 'test-1') =>
  encodeBlocks(buildBlocks({ count: 60, chainId, setChanges: [20, 31, 50] }).slice(from - 1, to));

describe('forget', () => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain('test-1', { wanted: { from: 1, to: 60 } }));
    await store.prepareChain(describeChain('other-1'));
    await store.write(batch(1, 60));
    await store.write(batch(1, 10, 'other-1'));
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });
  const ranges = (view: string, kind: string) =>
    store.query(
      `select from_height::int as from, to_height::int as to from baleen.${view} where chain_id = 'test-1' and kind = $1 order by 1`,
      [kind],
    );

  it('takes a range out of rows and ledger, and indexing it again gives what was there', async () => {
    const whole = await contents(store);
    await store.finish('test-1');
    await store.forget('test-1', { range: { from: 15, to: 44 } });
    for (const kind of ['blocks', 'results', 'table:txs', 'table:commits', 'table:validator_sets'])
      expect(await ranges('coverage', kind), kind).toEqual([
        { from: 1, to: 14 },
        { from: 45, to: 60 },
      ]);
    expect(await ranges('gaps', 'blocks')).toEqual([{ from: 15, to: 44 }]);
    expect(
      await store.query('select count(*)::int as rows from baleen.txs where height between 15 and 44'),
    ).toEqual([{ rows: 0 }]);
    await store.write(batch(30, 44));
    await store.write(batch(15, 29));
    expect(await contents(store)).toEqual(whole);
  });

  it('leaves no gap to fill where heights at an end are forgotten', async () => {
    await store.forget('test-1', { range: { from: 41, to: 60 } });
    expect(await ranges('gaps', 'blocks')).toEqual([]);
    expect(await store.query(`select complete_to::int from baleen.chains where chain_id = 'test-1'`)).toEqual(
      [{ complete_to: 40 }],
    );
  });

  it('goes on where it was interrupted, and leaves nothing of the chain but its lineage', async () => {
    const whole = await contents(store);
    await store.storeGenesis('test-1', chunks());
    const stop = new Error('stop');
    await expect(
      store.forget('test-1', {
        onForgotten: () => {
          throw stop;
        },
      }),
    ).rejects.toBe(stop);
    expect(await ranges('coverage', 'blocks')).toEqual([]);
    await store.forget('test-1');
    const tables = await store.query(
      `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'chain_id'
       where c.relnamespace = 'baleen_store'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'lineages'`,
    );
    const left: unknown[] = [];
    for (const { name } of tables)
      if ((await store.query(`select from ${name} where chain_id = 'test-1' limit 1`)).length > 0)
        left.push(name);
    expect(left).toEqual([]);
    expect(await store.query(`select relname from pg_class where relname like 'txs\\_1%'`)).toEqual([]);
    expect(
      await store.query(`select count(*)::int as blocks from baleen.blocks where chain_id = 'other-1'`),
    ).toEqual([{ blocks: 10 }]);

    const again = await openStore(database.url);
    await again.prepareChain(describeChain('test-1', { wanted: { from: 1, to: 60 } }));
    await again.write(batch(1, 60));
    expect(await contents(again)).toEqual(whole);
    await again.close();
  });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{}');
  }

  it('refuses while somebody works on the chain, and a chain that is not there', async () => {
    const worker = { workerId: 'w', host: 'h', pid: 7, command: 'follow', startedAt: new Date() };
    await store.reportWorker({
      worker,
      chainId: 'test-1',
      doing: 'follows',
      heights: 0,
      rows: 0,
      bytes: 0,
      heightsPerSecond: 0,
      rssBytes: 0,
    });
    await expect(store.forget('test-1')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[BaleenError: forget test-1: expected that nobody works on it, found follow (pid 7 on h); nothing removed; stop it first (one that was killed is forgotten after 30 seconds)]`,
    );
    await expect(store.forget('none-1')).rejects.toMatchObject({ code: 'STORE_UNKNOWN_CHAIN' });
  });
});
