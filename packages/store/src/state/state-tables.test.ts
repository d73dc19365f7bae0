import type { StateEraName, StateRecord } from '@baleen/chain';
import { createStateDecoder } from '@baleen/decode/state';
import { openState } from '@baleen/source';
import { stateTables, stateTablesOf } from '@baleen/tables';
import { createDatabase, type FixtureName, fixtureData, type TestDatabase } from '@baleen/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyBody } from '../write/copy.ts';
import { RowEncoder } from '../write/encode-rows.ts';

interface Chain {
  readonly fixture: FixtureName;
  readonly era: StateEraName;
  readonly height: number;
  /** Tables without a row at this height. */
  readonly empty: readonly string[];
}

const CHAINS: readonly Chain[] = [
  {
    fixture: 'terra-columbus4-devnet',
    era: 'sdk-0.39',
    height: 193,
    empty: [
      'state_denom_metadata',
      'state_denom_traces',
      'state_historical_infos',
      'state_deposits',
      'state_fee_allowances',
      'state_votes',
      'state_unknown',
    ],
  },
  {
    fixture: 'terra-columbus5-devnet',
    era: 'sdk-0.44',
    height: 229,
    empty: ['state_denom_traces', 'state_redelegation_entries'],
  },
];

/** Every record of a chain's state, with the version of its leaf. */
function* recordsOf({ fixture, era, height }: Chain): Generator<readonly [StateRecord, number]> {
  const decode = createStateDecoder(era, 'terra');
  using state = openState(fixtureData(fixture), { height });
  for (const { name, kind } of state.info.stores)
    if (kind === 'iavl')
      for (const { key, value, version } of state.tree(name).leaves())
        for (const record of decode(name, key, value)) yield [record, version];
}

describe.each(CHAINS)('the state of $fixture in its tables', (chain) => {
  let database: TestDatabase;
  let client: pg.Client;
  const written = new Map<string, number>();

  beforeAll(async () => {
    database = await createDatabase();
    client = new pg.Client(database.url);
    await client.connect();
    const encoders = new Map(stateTables.map((table) => [table, new RowEncoder(table)]));
    for (const [record, fromHeight] of recordsOf(chain))
      for (const table of stateTablesOf(record.kind))
        encoders.get(table)!.append(table.rows(record, { chainId: chain.fixture, fromHeight }));
    for (const [table, encoder] of encoders) {
      written.set(table.name, encoder.count);
      const columns = table.columns.map(({ name }) => name).join(', ');
      await copyBody(client, `baleen_store.${table.name} (${columns})`, encoder.take());
    }
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const ask = async (sql: string): Promise<Record<string, unknown>[]> => (await client.query(sql)).rows;

  test('has every row once, under its key', async () => {
    for (const [name, count] of written)
      expect(await ask(`select count(*)::int as count from baleen_store.${name}`), name).toEqual([{ count }]);
    const empty = [...written].filter(([, count]) => count === 0).map(([name]) => name);
    expect(empty.sort()).toEqual([...chain.empty].sort());
  });

  test('has the supply of the staking coin where it is held', async () => {
    const [row] = await ask(
      `select (select amount from baleen_store.state_supply where denom = 'uluna')::text as supply,
         (select sum(amount) from baleen_store.state_balances where denom = 'uluna')::text as held`,
    );
    expect(row!.held).toBe(row!.supply);
  });

  test('has the tokens of bonded validators in the pool of bonded stake', async () => {
    const [row] = await ask(
      `select (select sum(tokens) from baleen_store.state_validators where status = 'bonded')::text as tokens,
         (select amount from baleen_store.state_balances b
          join baleen_store.state_accounts a using (address)
          where a.module_name = 'bonded_tokens_pool' and b.denom = 'uluna')::text as pool`,
    );
    expect(row!.pool).toBe(row!.tokens);
  });

  test('has the shares of each validator’s delegations, to the last of 18 places', async () => {
    const rows = await ask(
      `select v.delegator_shares::text as all_shares, sum(d.shares)::text as shares
       from baleen_store.state_validators v join baleen_store.state_delegations d using (operator_address)
       group by v.operator_address, v.delegator_shares`,
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) {
      expect(row.shares).toBe(row.all_shares);
      expect(row.shares).toMatch(/^\d+\.\d{18}$/);
    }
  });

  test('has a starting info and its ended period for every delegation', async () => {
    expect(
      await ask(
        `select d.* from baleen_store.state_delegations d
         left join baleen_store.state_starting_infos s using (chain_id, delegator, operator_address)
         left join baleen_store.state_historical_periods p
           on p.operator_address = s.operator_address and p.period = s.previous_period
         where p.period is null`,
      ),
    ).toEqual([]);
  });

  test('has the current period right behind the last ended one', async () => {
    expect(
      await ask(
        `select c.operator_address from baleen_store.state_current_periods c
         where c.period - 1 is distinct from (
           select max(period) from baleen_store.state_historical_periods h where h.operator_address = c.operator_address)`,
      ),
    ).toEqual([]);
  });

  test('was written at heights up to its own, and is still so', async () => {
    const [row] = await ask(
      `select max(from_height)::int as newest, min(from_height)::int as oldest, count(to_height)::int as ended
       from baleen_store.state_balances`,
    );
    expect(row).toMatchObject({ ended: 0 });
    expect(row!.newest).toBeLessThanOrEqual(chain.height);
    expect(row!.oldest).toBeGreaterThanOrEqual(1);
  });
});

test('a state table of each kind of record but indexes', () => {
  const kinds = new Set(CHAINS.flatMap((chain) => Array.from(recordsOf(chain), ([{ kind }]) => kind)));
  const without = [...kinds].filter((kind) => stateTablesOf(kind).length === 0);
  expect(without).toEqual(['index']);
});
