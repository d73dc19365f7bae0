import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { StateEraName, StateRecord } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { createStateDecoder } from '@baleen/decode/state';
import { hashNode } from '@baleen/iavl';
import { openLevelDb } from '@baleen/leveldb';
import { openState, sourceAt } from '@baleen/source';
import { openStore, type Store } from '@baleen/store';
import { stateTables, stateTablesOf } from '@baleen/tables';
import {
  createDatabase,
  describeChain,
  type FixtureName,
  fixtureData,
  type TestDatabase,
  temporaryFolder,
  writeLevelDb,
} from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReadStateOptions, readState } from '../index.ts';

const CHAINS: readonly {
  fixture: FixtureName;
  chainId: string;
  era: StateEraName;
  heights: readonly number[];
}[] = [
  {
    fixture: 'terra-columbus4-devnet',
    chainId: 'devnet-col4-a',
    era: 'sdk-0.39',
    heights: [1, 193, 290],
  },
  {
    fixture: 'terra-columbus5-devnet',
    chainId: 'baleen-col5-a',
    era: 'sdk-0.44',
    heights: [1, 229, 306],
  },
];

describe.each(CHAINS)('reading the state of $fixture', ({ fixture, chainId, era, heights }) => {
  const path = fixtureData(fixture);
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain(chainId, { wanted: undefined }));
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  const read = (more: Partial<ReadStateOptions> = {}) =>
    readState({ source: sourceAt(path), chainId, prefix: 'terra', store, ...more });

  /** Rows of every table, and a digest of them, whatever their order. */
  async function contents(): Promise<Record<string, unknown>> {
    const sums: Record<string, unknown> = {};
    for (const table of [...stateTables.map(({ name }) => name), 'ranges', 'states', 'undecoded'])
      [sums[table]] = await store.query(
        `select count(*)::int as rows, md5(string_agg(t::text, '' order by t::text)) as md5 from baleen_store.${table} t`,
      );
    return sums;
  }

  const rowsOf = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(await contents()).map(([table, sum]) => [table, (sum as { rows: number }).rows]),
    );

  /** Rows of each table as the records say, read in this thread. */
  function countRows(height: number): Record<string, number> {
    const counts: Record<string, number> = Object.fromEntries(stateTables.map(({ name }) => [name, 0]));
    for (const [record, fromHeight] of recordsOf(height))
      for (const table of stateTablesOf(record.kind))
        counts[table.name]! += table.rows(record, { chainId, fromHeight }).length;
    return counts;
  }

  function* recordsOf(height: number): Generator<readonly [StateRecord, number]> {
    const decode = createStateDecoder(era, 'terra');
    using state = openState(path, { height });
    for (const { name, kind } of state.info.stores)
      if (kind === 'iavl')
        for (const { key, value, version } of state.tree(name).leaves())
          for (const record of decode(name, key, value)) yield [record, version];
  }

  test.each([...heights, ...heights.toReversed().slice(1)])(
    'at %i, behind another one: every row of it and no other, the coin’s supply where it is held',
    async (height) => {
      const report = await read({ height });
      using state = openState(path, { height });
      expect(report).toMatchObject({ outcome: 'written', height, appHash: toHex(state.info.appHash) });
      expect(await rowsOf()).toMatchObject(countRows(height));
      for (const { store: name, leaves } of report.stores)
        expect(leaves, name).toBe(state.info.stores.find((one) => one.name === name)!.keys);
      expect(report.stores.reduce((sum, { leaves }) => sum + leaves, 0)).toBe(report.leaves);
      const [sums] = await store.query(
        `select (select amount from baleen_store.state_supply where denom = 'uluna')::text as supply,
           (select sum(amount) from baleen_store.state_balances where denom = 'uluna')::text as held,
           (select max(from_height)::int <= $1 from baleen_store.state_balances) as is_written`,
        [height],
      );
      expect(sums).toMatchObject({ held: sums!.supply, is_written: true });
      expect(
        await store.query(
          `select distinct from_height::int as height from baleen.coverage where kind like 'state:%'`,
        ),
      ).toEqual([{ height }]);
    },
  );

  test('twice changes nothing; the newest without a height; an older one does not take its place unasked', async () => {
    const [older, newest] = [heights[0]!, heights.at(-1)!];
    expect(await read()).toMatchObject({ height: newest, outcome: 'written' });
    const before = await contents();
    expect(await read()).toMatchObject({ height: newest, outcome: 'already', stores: [] });
    expect(await read({ height: older, keepsNewer: true })).toMatchObject({ outcome: 'newer' });
    expect(await contents()).toEqual(before);
  });

  test('that comes back is the same to the last row', async () => {
    await read({ height: heights[1]! });
    const before = await contents();
    await read({ height: heights[2]! });
    expect(await contents()).not.toEqual(before);
    await read({ height: heights[1]! });
    expect(await contents()).toEqual(before);
  });

  /** A copy of the node's databases with an entry less, or another. */
  async function damaged(edit: (entries: Map<string, Uint8Array>) => void): Promise<string> {
    const folder = temporaryFolder('damaged');
    for (const name of ['blockstore.db', 'state.db'])
      cpSync(join(path, name), join(folder, name), { recursive: true });
    using db = openLevelDb(join(path, 'application.db'));
    const entries = new Map(
      Array.from(
        db.entries(),
        ([key, value]) => [Buffer.from(key).toString('latin1'), value.slice()] as const,
      ),
    );
    edit(entries);
    const written = Array.from(entries, ([key, value]) => [Buffer.from(key, 'latin1'), value] as const);
    await writeLevelDb(join(folder, 'application.db'), written);
    return folder;
  }

  /** Key of the node of the last store's last leaf: all others are read before it. */
  function lastNode(height: number): string {
    using state = openState(path, { height });
    const hash = hashNode([...state.tree('wasm').leaves()].at(-1)!);
    return `s/k:wasm/n${Buffer.from(hash).toString('latin1')}`;
  }

  test('that lacks a node, or has a damaged one, is an error by name and leaves the old one', async () => {
    const [older, newest] = [heights[2]!, heights.at(-1)!];
    await read({ height: older });
    const before = await contents();
    const key = lastNode(newest);
    const missing = await damaged((entries) => entries.delete(key));
    await expect(read({ source: sourceAt(missing), height: newest })).rejects.toMatchObject({
      kind: 'data',
      code: 'IAVL_NODE_MISSING',
      message: expect.stringContaining(`read store wasm at version ${newest} of ${missing}/application.db`),
    });
    const changed = await damaged((entries) => {
      entries.get(key)![entries.get(key)!.length - 1]! ^= 1;
    });
    await expect(read({ source: sourceAt(changed), height: newest })).rejects.toMatchObject({
      kind: 'data',
      code: 'IAVL_CORRUPT',
    });
    expect(await contents()).toEqual(before);
  });

  test('that is interrupted leaves the old one', async () => {
    await read({ height: heights[1]! });
    const before = await contents();
    expect(await read({ height: heights[2]!, signal: AbortSignal.abort() })).toMatchObject({
      outcome: 'interrupted',
      stores: [],
    });
    expect(await contents()).toEqual(before);
  });

  test('whose stores do not have the layouts they are read by: each such store is left out as a whole', async () => {
    const otherEra = era === 'sdk-0.39' ? 'sdk-0.44' : 'sdk-0.39';
    const report = await read({ height: heights[1]!, era: otherEra });
    const doubtful = report.leftOut.map(({ store: name }) => name);
    expect(doubtful).toEqual(
      expect.arrayContaining(['acc', 'distribution', 'gov', 'oracle', 'slashing', 'staking', 'wasm']),
    );
    expect(report.stores.filter(({ store: name }) => doubtful.includes(name))).toEqual([]);
    const covered = await store.query(`select kind from baleen.coverage where kind like 'state:%'`);
    expect(covered.filter(({ kind }) => doubtful.some((name) => kind === `state:${name}`))).toEqual([]);
    expect(await rowsOf()).toMatchObject({ state_accounts: 0, state_validators: 0, state_delegations: 0 });
    expect(await read({ height: heights[2]! })).toMatchObject({ leftOut: [] });
  });

  test('of another chain is refused', async () => {
    await expect(read({ chainId: 'columbus-4' })).rejects.toMatchObject({
      kind: 'operator',
      code: 'STATE_OTHER_CHAIN',
    });
  });
});
