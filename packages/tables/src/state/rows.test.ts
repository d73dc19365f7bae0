import type { StateRecord } from '@baleen/chain';
import { describe, expect, test } from 'vitest';
import { type StateTable, stateTables, stateTablesOf } from './index.ts';

const PLACE = { chainId: 'c', fromHeight: 7 };
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Rows of a record by the names of their tables, without the columns that all tables have. */
function rowsOf(record: StateRecord): Record<string, object[]> {
  const tables = stateTablesOf(record.kind);
  return Object.fromEntries(
    tables.map((table) => [
      table.name,
      table.rows(record, PLACE).map((row) => {
        const { chain_id, from_height, to_height, ...own } = row as Record<string, unknown>;
        expect({ chain_id, from_height, to_height }).toEqual({
          chain_id: 'c',
          from_height: 7,
          to_height: null,
        });
        return withoutAbsentRaw(own, table);
      }),
    ]),
  );
}

/** Without the `_raw` columns of indexed texts that are stored as they are. */
const withoutAbsentRaw = (row: Record<string, unknown>, { columns }: StateTable): Record<string, unknown> => {
  const indexed = columns.filter((column) => 'isIndexed' in column).map(({ name }) => `${name}_raw`);
  return Object.fromEntries(
    Object.entries(row).filter(([name, value]) => !(value === null && indexed.includes(name))),
  );
};

const VALIDATOR: StateRecord = {
  kind: 'validator',
  operatorAddress: 'terravaloper1a',
  operatorAccount: 'terra1a',
  consensusAddress: 'terravalcons1a',
  keyType: 'ed25519',
  publicKey: new Uint8Array(32),
  consensusPubkeyJson: '"k"',
  jailed: false,
  status: 'bonded',
  tokens: 5n,
  delegatorShares: 5n,
  moniker: 'a\0b',
  descriptionJson: '{"moniker":"a\\u0000b"}',
  unbondingHeight: 0n,
  unbondingTime: { seconds: -62_135_596_800, nanos: 0 },
  commissionRate: 1n,
  commissionMaxRate: 2n,
  commissionMaxChangeRate: 3n,
  commissionUpdateTime: { seconds: 5, nanos: 6 },
  minSelfDelegation: 1n,
};

describe('rows of state', () => {
  test('show U+FFFD for what Postgres refuses and keep the exact JSON beside', () => {
    const [row] = rowsOf(VALIDATOR).state_validators!;
    expect(row).toMatchObject({
      moniker: 'a\ufffdb',
      description: '{"moniker":"a\\ufffdb"}',
      description_raw: utf8('{"moniker":"a\\u0000b"}'),
    });
  });

  test('show Go’s zero time as NULL', () => {
    const [row] = rowsOf(VALIDATOR).state_validators!;
    expect(row).toMatchObject({
      unbonding_time: null,
      unbonding_time_ns: null,
      commission_update_time: { seconds: 5, nanos: 6 },
      commission_update_time_ns: 6,
    });
  });

  test('are one per coin, and one of the period whatever the coins', () => {
    const record = (coins: readonly { denom: string; amount: bigint }[]): StateRecord => ({
      kind: 'current_rewards',
      operatorAddress: 'v',
      period: 4n,
      coins,
    });
    const coins = [
      { denom: 'uluna', amount: 1n },
      { denom: 'uusd', amount: 2n },
    ];
    expect(rowsOf(record(coins))).toEqual({
      state_current_periods: [{ operator_address: 'v', period: 4n }],
      state_current_rewards: coins.map((coin) => ({ operator_address: 'v', ...coin })),
    });
    expect(rowsOf(record([]))).toEqual({
      state_current_periods: [{ operator_address: 'v', period: 4n }],
      state_current_rewards: [],
    });
  });

  test.each([
    ['{"a":1}', '{"a":1}'],
    ['"12"', '"12"'],
    ['', null],
    ['{"a":', null],
    ['{"a":1e5}', null],
    ['{"a":1,"a":2}', null],
    ['\u0001', null],
  ])('of a contract’s value %j have as JSON %j', (value, value_json) => {
    const key = utf8('balance');
    expect(rowsOf({ kind: 'wasm_entry', contract: 'x', key, value: utf8(value) }).state_wasm_entries).toEqual(
      [{ contract: 'x', key, key_text: 'balance', value: utf8(value), value_json }],
    );
  });

  test('of a contract’s key that is no text have it as bytes alone', () => {
    for (const key of [Uint8Array.of(0, 1), Uint8Array.of(0xff)])
      expect(
        rowsOf({ kind: 'wasm_entry', contract: 'x', key, value: utf8('1') }).state_wasm_entries,
      ).toMatchObject([{ key, key_text: null }]);
  });

  test('keep a long text of a key whole beside its bounded form, and tell texts apart that show alike', () => {
    const granted = (messageType: string): StateRecord => ({
      kind: 'grant',
      granter: 'a',
      grantee: 'b',
      messageType,
      expiration: { seconds: 5, nanos: 0 },
      authorizationJson: '{}',
    });
    const [long, nul, replaced] = [`/${'x'.repeat(2000)}`, '/a\0', '/a\ufffd'].map(
      (type) =>
        rowsOf(granted(type)).state_grants![0] as { message_type: string; message_type_raw?: Uint8Array },
    );
    expect(long!.message_type).toMatch(/^\/x{899}…sha256:[0-9a-f]{64}$/);
    expect(long!.message_type_raw).toEqual(utf8(`/${'x'.repeat(2000)}`));
    expect(nul!.message_type).not.toBe(replaced!.message_type);
    expect(replaced!.message_type).toBe('/a\ufffd');
  });

  test('are none for a record of another kind', () => {
    for (const table of stateTables)
      expect(table.rows({ kind: 'index', store: 's', name: 'n' }, PLACE)).toEqual([]);
  });
});

test('every table names columns of its own in its key, the chain first and the height last', () => {
  for (const { name, doc, columns } of stateTables) {
    const key = /\bKey: ([\w, ]+)\./.exec(doc)?.[1]?.split(', ');
    expect([key?.[0], key?.at(-1)], name).toEqual(['chain_id', 'from_height']);
    expect(
      key?.filter((each) => !columns.some((column) => column.name === each)),
      name,
    ).toEqual([]);
  }
});
