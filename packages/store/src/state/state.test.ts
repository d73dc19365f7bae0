import type { StateRecord } from '@baleen/chain';
import { buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type StateCopy, type StateDescription, type Store } from '../index.ts';
import { encodeBlocks, StateEncoder } from '../write/encode.ts';

const CHAIN = 'test-1';
const blocks = buildBlocks({ count: 30 });
const hashOf = (height: number): Uint8Array => blocks[height]!.header.appHash;

const balance = (address: string, amount: bigint): StateRecord => ({
  kind: 'balance',
  address,
  denom: 'uluna',
  amount,
});
const unknown = (store: string, key: number): StateRecord => ({
  kind: 'unknown',
  isMisfit: false,
  store,
  key: Uint8Array.of(key),
  value: Uint8Array.of(1),
  reason: 'no layout of this key',
});

const stateAt = (height: number, more: Partial<StateDescription> = {}): StateDescription => ({
  chainId: CHAIN,
  height,
  appHash: hashOf(height),
  isProved: true,
  stores: ['acc', 'bank'],
  leaves: 3,
  ...more,
});

const copiesOf = (records: readonly StateRecord[], chainId = CHAIN) =>
  async function* (): AsyncGenerator<StateCopy> {
    const encoder = new StateEncoder();
    for (const [index, record] of records.entries())
      encoder.append(record, { chainId, fromHeight: index + 1 });
    yield* encoder.takeAll();
  };

describe('replaceState', () => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain(CHAIN, { wanted: undefined }));
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const balances = (of = CHAIN) =>
    store.query(
      'select address, amount::text, from_height::int from baleen_store.state_balances where chain_id = $1 order by 1',
      [of],
    );
  const state = async () => (await store.status()).find(({ chainId }) => chainId === CHAIN)!.state;
  const coverage = () =>
    store.query(
      `select kind, from_height::int, to_height::int from baleen.coverage where kind like 'state:%' order by kind`,
    );

  it('puts the new state in the place of the old one, of that chain alone', async () => {
    await store.prepareChain(describeChain('test-2', { wanted: undefined }));
    const other = { ...stateAt(9), chainId: 'test-2' };
    await store.replaceState(other, copiesOf([balance('whale', 1n)], 'test-2'));
    expect(await store.replaceState(stateAt(10), copiesOf([balance('a', 1n), unknown('ibc', 7)]))).toBe(
      'written',
    );
    const second = stateAt(11, { stores: ['bank', 'gov'] });
    expect(await store.replaceState(second, copiesOf([balance('b', 2n), balance('c', 3n)]))).toBe('written');
    expect(await balances()).toEqual([
      { address: 'b', amount: '2', from_height: 1 },
      { address: 'c', amount: '3', from_height: 2 },
    ]);
    expect(await balances('test-2')).toEqual([{ address: 'whale', amount: '1', from_height: 1 }]);
    expect(await store.query('select * from baleen_store.state_unknown')).toEqual([]);
  });

  it('shows in coverage at its height alone, each store with or without keys', async () => {
    await store.replaceState(stateAt(10), copiesOf([]));
    await store.replaceState(stateAt(12, { stores: ['bank', 'gov'] }), copiesOf([balance('a', 1n)]));
    expect(await coverage()).toEqual([
      { kind: 'state:bank', from_height: 12, to_height: 12 },
      { kind: 'state:gov', from_height: 12, to_height: 12 },
    ]);
    expect(await store.gaps()).toEqual([]);
  });

  it('counts the keys that are kept raw, by store, and forgets those of the old state', async () => {
    await store.replaceState(stateAt(10), copiesOf([unknown('gov', 1)]));
    await store.replaceState(
      stateAt(11),
      copiesOf([unknown('ibc', 1), unknown('ibc', 2), unknown('acc', 1)]),
    );
    expect(await state()).toEqual({
      height: 11,
      appHash: Buffer.from(hashOf(11)).toString('hex'),
      isProved: true,
      leaves: 3,
      unknown: [
        { store: 'acc', leaves: 1 },
        { store: 'ibc', leaves: 2 },
      ],
    });
  });

  it('is left as it is when the same one comes again, and its rows are not asked for', async () => {
    await store.replaceState(stateAt(10), copiesOf([balance('a', 1n)]));
    const never = () => {
      throw new Error('asked for rows');
    };
    expect(await store.replaceState(stateAt(10), never)).toBe('already');
    expect(await store.replaceState(stateAt(9), never, { keepsNewer: true })).toBe('newer');
    expect(await store.replaceState(stateAt(9), copiesOf([balance('b', 1n)]))).toBe('written');
    expect(await state()).toMatchObject({ height: 9 });
  });

  it('stays the old one when reading ends in an error behind rows that were copied', async () => {
    await store.replaceState(stateAt(10), copiesOf([balance('a', 1n), unknown('ibc', 1)]));
    const before = [await balances(), await state(), await coverage()];
    const broken = async function* () {
      yield* copiesOf([balance('a', 2n), balance('b', 2n)])();
      throw new Error('node missing');
    };
    await expect(store.replaceState(stateAt(11), broken)).rejects.toThrow(/^node missing$/);
    expect([await balances(), await state(), await coverage()]).toEqual(before);
  });

  it('is read by others as it was until it is there whole, and none waits', async () => {
    await store.replaceState(stateAt(10), copiesOf([balance('a', 1n)]));
    const seen: unknown[] = [];
    await store.replaceState(stateAt(11), async function* () {
      yield* copiesOf([balance('b', 2n)])();
      seen.push((await balances())[0], (await coverage())[0], (await state())?.height);
      // A block is written meanwhile.
      await store.write(encodeBlocks(blocks.slice(0, 5)));
    });
    expect(seen).toEqual([
      { address: 'a', amount: '1', from_height: 1 },
      { kind: 'state:acc', from_height: 10, to_height: 10 },
      10,
    ]);
    expect(await balances()).toEqual([{ address: 'b', amount: '2', from_height: 1 }]);
  });

  it('is one of two that come at the same time, and no mixture', async () => {
    await Promise.all(
      [11, 12, 13].map((height) =>
        store.replaceState(
          stateAt(height),
          copiesOf([balance('a', BigInt(height)), balance(`of ${height}`, 1n)]),
        ),
      ),
    );
    const { height } = (await state())!;
    expect(await balances()).toEqual([
      { address: 'a', amount: `${height}`, from_height: 1 },
      { address: `of ${height}`, amount: '1', from_height: 2 },
    ]);
  });

  it('is refused when the next block in the database has another app hash', async () => {
    await store.write(encodeBlocks(blocks.slice(0, 20)));
    await store.replaceState(stateAt(10), copiesOf([balance('a', 1n)]));
    const wrong = stateAt(12, { appHash: hashOf(3) });
    await expect(store.replaceState(wrong, copiesOf([balance('b', 1n)]))).rejects.toMatchObject({
      kind: 'data',
      code: 'STORE_STATE_REFUTED',
      message: expect.stringMatching(
        /^write the state of test-1 at 12: expected app hash \w+, as the header of 13 in the database says, found \w+ in the source; nothing written/,
      ),
    });
    expect(await state()).toMatchObject({ height: 10 });
  });

  it('is refused when that block comes while it is read', async () => {
    const copies = async function* () {
      yield* copiesOf([balance('b', 1n)])();
      await store.write(encodeBlocks(blocks.slice(0, 20)));
    };
    await expect(store.replaceState(stateAt(12, { appHash: hashOf(3) }), copies)).rejects.toMatchObject({
      code: 'STORE_STATE_REFUTED',
    });
    expect([await balances(), await state()]).toEqual([[], undefined]);
  });

  it('that the source does not prove is proved by the next block, also when that is there later', async () => {
    await store.replaceState(stateAt(10, { isProved: false }), copiesOf([]));
    expect(await state()).toMatchObject({ isProved: false });
    await store.write(encodeBlocks(blocks.slice(0, 20)));
    await store.replaceState(stateAt(10, { isProved: false }), copiesOf([]));
    expect(await state()).toMatchObject({ isProved: true });
    await store.replaceState(stateAt(11, { isProved: false }), copiesOf([]));
    expect(await state()).toMatchObject({ height: 11, isProved: true });
  });

  it('is told to those who listen, with its height', async () => {
    const listener = new pg.Client(database.url);
    await listener.connect();
    await listener.query('listen baleen');
    const told = new Promise((resolve) =>
      listener.once('notification', ({ payload }) => resolve(JSON.parse(payload!))),
    );
    await store.replaceState(stateAt(10), copiesOf([balance('a', 1n)]));
    expect(await told).toEqual({
      chain_id: CHAIN,
      from_height: 10,
      to_height: 10,
      complete_to: null,
      state_height: 10,
    });
    await listener.end();
  });

  it('of a chain that was not prepared is refused; rows that Postgres refuses leave the old one', async () => {
    await expect(store.replaceState(stateAt(10, { chainId: 'other' }), copiesOf([]))).rejects.toMatchObject({
      code: 'STORE_UNKNOWN_CHAIN',
    });
    await store.replaceState(stateAt(10), copiesOf([balance('a', 1n)]));
    const twice = async function* () {
      yield* copiesOf([balance('b', 1n)])();
      yield* copiesOf([balance('b', 2n)])();
    };
    await expect(store.replaceState(stateAt(11), twice)).rejects.toMatchObject({
      code: '23505',
      message: expect.stringContaining('duplicate key'),
    });
    expect(await balances()).toEqual([{ address: 'a', amount: '1', from_height: 1 }]);
  });
});
