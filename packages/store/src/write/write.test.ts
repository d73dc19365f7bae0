import {
  buildBlocks,
  type ChainShape,
  createDatabase,
  describeChain,
  type TestDatabase,
} from '@baleen/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { contents } from './contents.fixture.ts';
import { withCreateValidator } from './create-validator.fixture.ts';
import { encodeBlocks } from './encode.ts';

/** A set that changes inside batches and at their border. */
const SHAPE: ChainShape = { count: 60, setChanges: [20, 31, 50] };
const batch = (from: number, to: number, shape: ChainShape = {}) =>
  encodeBlocks(
    buildBlocks({ ...SHAPE, ...shape })
      .map((block) => (block.height % 25 === 0 ? withCreateValidator(block, 2, `of ${block.height}`) : block))
      .slice(from - 1, to),
  );

describe('write', () => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain());
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  it('gives the same rows in any order, in any cut, and twice', async () => {
    expect(await store.write(batch(1, 60))).toBe('written');
    const whole = await contents(store);
    expect(await store.write(batch(1, 60))).toBe('already');
    expect(await store.write(batch(7, 9))).toBe('already');
    expect(await contents(store)).toEqual(whole);

    const other = await createDatabase();
    const second = await openStore(other.url);
    await second.prepareChain(describeChain());
    for (const [from, to] of [
      [31, 45],
      [1, 10],
      [46, 60],
      [11, 19],
      [20, 30],
    ] as const)
      await second.write(batch(from, to));
    expect(await contents(second)).toEqual(whole);
    await second.close();
    await other.drop();
  });

  it('ends equal when two writers have the same range', async () => {
    const second = await openStore(database.url);
    const answers = await Promise.all([
      store.write(batch(1, 60)),
      second.write(batch(1, 60)),
      store.write(batch(1, 60)),
    ]);
    expect(answers.toSorted()).toEqual(['already', 'already', 'written']);
    expect(await store.missing('test-1', { from: 1, to: 70 }, ['blocks', 'results'])).toEqual([
      { from: 61, to: 70 },
    ]);
    await second.close();
  });

  it('ends equal when two writers are held until both have begun with the same range', async () => {
    await store.write(batch(60, 60));
    const second = await openStore(database.url);
    const barrier = new pg.Client(database.url);
    await barrier.connect();
    // Both see that nothing is there, and wait for this lock with their first COPY.
    await barrier.query('begin; lock table baleen_store.blocks in share mode');
    const writing = Promise.all([store.write(batch(1, 59)), second.write(batch(1, 59))]);
    for (let held = 0; held < 2; ) {
      const { rows } = await barrier.query(
        `select count(distinct pid)::int as held from pg_locks
         where not granted and relation in (select relid from pg_partition_tree('baleen_store.blocks'))`,
      );
      held = rows[0].held;
    }
    await barrier.query('commit');
    await barrier.end();
    expect((await writing).toSorted()).toEqual(['already', 'written']);
    const both = await contents(store);
    await second.close();

    const other = await createDatabase();
    const alone = await openStore(other.url);
    await alone.prepareChain(describeChain());
    await alone.write(batch(1, 60));
    expect(both).toEqual(await contents(alone));
    await alone.close();
    await other.drop();
  });

  it('joins neighbours that are written at the same time', async () => {
    await Promise.all([1, 11, 21, 31, 41, 51].map((from) => store.write(batch(from, from + 9))));
    expect(
      await store.query('select from_height, to_height from baleen.coverage where kind = $1', ['blocks']),
    ).toEqual([{ from_height: '1', to_height: '60' }]);
  });

  it('refuses a batch that overlaps in part', async () => {
    await store.write(batch(1, 10));
    await expect(store.write(batch(5, 15))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[BaleenError: write blocks 5..15 of test-1: a part is there already (blocks 1..10; results 1..10), another process may be writing; nothing written; ask again what is missing and write only that]`,
    );
  });

  it('writes nothing when a neighbour does not match', async () => {
    await store.write(batch(1, 10));
    await store.write(batch(31, 40));
    const before = await contents(store);
    await expect(store.write(batch(11, 20, { fork: 'x' }))).rejects.toMatchObject({
      code: 'STORE_BROKEN_NEIGHBOUR',
      kind: 'data',
    });
    await expect(store.write(batch(21, 30, { fork: 'x' }))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[BaleenError: write blocks 21..30 of test-1: stored parent of 31 is 0cdb42a96c09, the block beside it has b227bf4cab3e; nothing written, source and database differ]`,
    );
    await expect(store.write(batch(1, 10, { fork: 'x' }))).rejects.toMatchObject({
      code: 'STORE_OTHER_BLOCK',
      kind: 'data',
    });
    expect(await contents(store)).toEqual(before);
  });

  it('fills in results later', async () => {
    await store.write(batch(1, 60));
    const whole = await contents(store);
    const other = await createDatabase();
    const second = await openStore(other.url);
    await second.prepareChain(describeChain());
    await second.write(batch(1, 60, { results: false }));
    expect(await second.gaps()).toContainEqual({
      chainId: 'test-1',
      kind: 'results',
      reason: 'results: not in source',
      from: 1,
      to: 60,
    });
    expect(await second.query('select success, code from baleen.txs limit 1')).toEqual([
      { success: null, code: null },
    ]);
    expect(await second.missing('test-1', { from: 1, to: 61 }, ['blocks', 'results'])).toEqual([
      { from: 1, to: 60 },
      { from: 61, to: 61 },
    ]);
    expect(await second.write(batch(21, 40))).toBe('written');
    expect(await second.write(batch(1, 60, { results: false }))).toBe('already');
    expect(await second.write(batch(1, 20))).toBe('written');
    expect(await second.write(batch(41, 60))).toBe('written');
    expect(await contents(second)).toEqual(whole);
    await second.close();
    await other.drop();
  });

  it.each([
    { bare: [[1, 60]], full: [[1, 60]] },
    {
      bare: [
        [31, 60],
        [1, 30],
      ],
      full: [
        [26, 60],
        [1, 25],
      ],
    },
    {
      bare: [
        [1, 20],
        [21, 25],
        [26, 60],
      ],
      full: [
        [10, 50],
        [51, 60],
        [1, 9],
      ],
    },
  ])('results later, cut $bare then $full, are the same as both at once', async ({ bare, full }) => {
    for (const [from, to] of bare) await store.write(batch(from!, to!, { results: false }));
    for (const [from, to] of full) expect(await store.write(batch(from!, to!))).toBe('written');
    const later = await contents(store);
    const other = await createDatabase();
    const second = await openStore(other.url);
    await second.prepareChain(describeChain());
    await second.write(batch(1, 60));
    expect(later).toEqual(await contents(second));
    await second.close();
    await other.drop();
  });

  it('tells each commit to whoever listens', async () => {
    const told: string[] = [];
    const listener = new pg.Client(database.url);
    await listener.connect();
    listener.on('notification', ({ payload }) => told.push(payload!));
    await listener.query('listen baleen');
    await store.write(batch(1, 10));
    await store.write(batch(21, 30));
    await listener.query('select 1');
    await listener.end();
    expect(told.map((payload) => JSON.parse(payload))).toEqual([
      { chain_id: 'test-1', from_height: 1, to_height: 10, complete_to: 10 },
      { chain_id: 'test-1', from_height: 21, to_height: 30, complete_to: 10 },
    ]);
  });

  it('crosses leaves, and finds them sealed when they are whole', async () => {
    await store.query('update baleen_store.chains set leaf_heights = 2');
    const second = await openStore(database.url);
    await second.write(batch(1, 40));
    await second.finish('test-1');
    const sealed = await second.query(
      'select table_name, count(*)::int as leaves from baleen_store.leaves where sealed_at is not null group by 1 order by 1',
    );
    // Heights 0..39 are whole in leaves of 2, 8 and 16.
    expect(sealed).toMatchInlineSnapshot(`
      [
        {
          "leaves": 2,
          "table_name": "blocks",
        },
        {
          "leaves": 2,
          "table_name": "commits",
        },
        {
          "leaves": 2,
          "table_name": "digests",
        },
        {
          "leaves": 20,
          "table_name": "events",
        },
        {
          "leaves": 5,
          "table_name": "messages",
        },
        {
          "leaves": 2,
          "table_name": "missed_votes",
        },
        {
          "leaves": 2,
          "table_name": "tx_fees",
        },
        {
          "leaves": 2,
          "table_name": "tx_signatures",
        },
        {
          "leaves": 2,
          "table_name": "txs",
        },
      ]
    `);
    expect(await second.write(batch(41, 60))).toBe('written');
    const [status] = await second.status();
    expect(status!.missingIndexes.length).toBeGreaterThan(0);
    await second.finish('test-1');
    expect((await second.status())[0]!.missingIndexes).toEqual([]);
    const [row] = await second.query('select count(*)::int as events from baleen.events');
    expect(row).toEqual({ events: 360 });
    await second.close();
  });

  it('keeps who operates the validators of the genesis, at the height before the first block', async () => {
    const pubkey = {
      '@type': '/cosmos.crypto.ed25519.PubKey',
      key: Buffer.from('test-1/validator/0').toString('base64'),
    };
    const validators = [{ operator_address: 'terravaloper1x', consensus_pubkey: pubkey }];
    const document = JSON.stringify({ chain_id: 'test-1', app_state: { staking: { validators } } });
    async function* chunks() {
      yield Buffer.from(document);
    }
    await store.storeGenesis('test-1', chunks());
    await store.write(batch(1, 10));
    expect(
      await store.query(
        'select operator_address from baleen.validator_sets where operator_address is not null',
      ),
    ).toEqual([{ operator_address: 'terravaloper1x' }]);
    expect(await store.query('select height::int from baleen_store.validator_operators')).toEqual([
      { height: 0 },
    ]);
  });

  it('keeps the genesis once, in pieces', async () => {
    const document = Buffer.alloc(2_500_000, 'genesis');
    async function* chunks() {
      for (let start = 0; start < document.length; start += 700_000)
        yield document.subarray(start, start + 700_000);
    }
    expect(await store.storeGenesis('test-1', chunks())).toBe(2_500_000);
    expect(await store.storeGenesis('test-1', chunks())).toBe(2_500_000);
    const rows = await store.query('select bytes from baleen_store.genesis_chunks order by chunk_index');
    expect(rows.map(({ bytes }) => (bytes as Buffer).length)).toEqual([1_048_576, 1_048_576, 402_848]);
    expect(Buffer.concat(rows.map(({ bytes }) => bytes as Buffer)).equals(document)).toBe(true);
  });

  it('remembers a failure until the range is written', async () => {
    await store.recordFailure('test-1', { from: 1, to: 10 }, 'unreadable');
    await store.recordFailure('test-1', { from: 1, to: 10 }, 'unreadable still');
    expect((await store.status())[0]!.failed).toEqual([
      { from: 1, to: 10, reason: 'unreadable still', attempts: 2 },
    ]);
    await store.write(batch(1, 10));
    expect((await store.status())[0]!.failed).toEqual([]);
  });
});

describe('prepareChain', () => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain('test-1', { genesisHash: new Uint8Array(32).fill(1) }));
    await store.write(batch(11, 20));
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });
  const source = (from: number, to: number, shape: ChainShape = {}) => ({
    source: { from, to },
    wanted: { from, to },
    headerAt: (height: number) => {
      const block = buildBlocks({ ...SHAPE, ...shape })[height - 1]!;
      return { blockHash: block.id.hash, lastBlockHash: block.header.lastBlockId.hash };
    },
  });

  it('takes a source whose common block is the same', async () => {
    await store.prepareChain(describeChain('test-1', source(15, 40)));
    expect(await store.gaps()).toEqual([
      { chainId: 'test-1', kind: 'blocks', reason: 'blocks: not indexed yet', from: 1, to: 10 },
      { chainId: 'test-1', kind: 'blocks', reason: 'blocks: not indexed yet', from: 21, to: 100 },
    ]);
  });

  it('refuses one whose common block is another', async () => {
    await expect(
      store.prepareChain(describeChain('test-1', source(15, 40, { fork: 'x' }))),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[BaleenError: compare test-1 of the source with the database: block 15 is 30d3e360d663 in the source, 971c6f65f1f1 in the database; another chain with the same id; nothing written; use another database, or baleen forget the old one]`,
    );
  });

  it('goes by the genesis where no height is common, and refuses another one', async () => {
    const same = { ...source(30, 40), genesisHash: new Uint8Array(32).fill(1) };
    await store.prepareChain(describeChain('test-1', same));
    await expect(
      store.prepareChain(describeChain('test-1', { ...same, genesisHash: new Uint8Array(32).fill(2) })),
    ).rejects.toMatchObject({ code: 'STORE_OTHER_CHAIN', kind: 'data' });
  });

  it('goes by header links where there is no genesis, and wants trust without them', async () => {
    await store.prepareChain(describeChain('test-1', source(21, 40)));
    await store.prepareChain(describeChain('test-1', source(1, 10)));
    await expect(
      store.prepareChain(describeChain('test-1', source(21, 40, { fork: 'x' }))),
    ).rejects.toMatchObject({ kind: 'data' });
    await expect(
      store.prepareChain(describeChain('test-1', source(30, 40))),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[BaleenError: compare test-1 of the source (30..40) with the database: no common height, no genesis on both sides, no adjoining header, so nothing proves that they are one chain; nothing written; give a source that overlaps, or --trust]`,
    );
    await store.prepareChain(describeChain('test-1', { ...source(30, 40), trust: true }));
  });

  it.each([
    ['columbus-4', { lineage: 'columbus', predecessor: 'columbus-3', successor: 'columbus-5' }],
    ['cosmoshub-3', { lineage: 'cosmoshub', predecessor: 'cosmoshub-2', successor: 'cosmoshub-4' }],
  ])('knows the lineage of %s', async (chainId, expected) => {
    await store.prepareChain(describeChain(chainId));
    expect(
      await store.query('select lineage, predecessor, successor from baleen.chains where chain_id = $1', [
        chainId,
      ]),
    ).toEqual([expected]);
  });
});
