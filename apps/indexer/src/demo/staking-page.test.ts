/** That the demo's verdict is one: what differs is told, row by row. */
import { describe, expect, test } from 'vitest';
import { readRestState } from './recording.ts';
import { compareRows, STAKING_PAGE } from './staking-page.ts';

const balances = { key: ['denom'] };

describe('compareRows', () => {
  test('puts rows of the same key side by side, whatever their order', () => {
    const luna = { denom: 'uluna', amount: '7' };
    const krw = { denom: 'ukrw', amount: '3' };
    expect(compareRows(balances, [luna, krw], [krw, luna])).toEqual([
      { key: ['uluna'], sql: '7', rest: '7' },
      { key: ['ukrw'], sql: '3', rest: '3' },
    ]);
  });

  test('shows a value that differs in its last digit, and rows that one side does not have', () => {
    const sql = [
      { denom: 'uluna', amount: '0.000000000000000001' },
      { denom: 'ukrw', amount: '3' },
    ];
    const rest = [
      { denom: 'uluna', amount: '0.000000000000000002' },
      { denom: 'uusd', amount: '5' },
    ];
    expect(compareRows(balances, sql, rest)).toEqual([
      { key: ['uluna'], sql: '0.000000000000000001', rest: '0.000000000000000002' },
      { key: ['ukrw'], sql: '3', rest: undefined },
      { key: ['uusd'], sql: undefined, rest: '5' },
    ]);
  });
});

test('every question of the staking page has a recorded answer with rows', async () => {
  const state = await readRestState(STAKING_PAGE.map(({ request }) => request));
  for (const { request, rowsOf } of STAKING_PAGE)
    expect(rowsOf(state.get(request)).length, request).toBeGreaterThan(1);
});
