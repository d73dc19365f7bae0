/** That the demo's verdict is one: what differs is told, row by row. */
import { describe, expect, test } from 'vitest';
import { answeredValue } from '../lcd/answer.ts';
import { createRouteTable } from '../lcd/route-table.ts';
import { readStateAnswers } from './recording.ts';
import { compareRows, requestFor, STAKING_PAGE } from './staking-page.ts';

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

test('every question of the staking page has a route and a recorded answer with rows', async () => {
  const state = await readStateAnswers(STAKING_PAGE.map(requestFor));
  const table = createRouteTable(['amino-0.39']);
  for (const question of STAKING_PAGE) {
    const request = requestFor(question);
    const { route } = table.find(request)!;
    expect(route.path).toBe(question.path);
    expect(question.rowsOf(answeredValue(state.get(request)!, route)).length, request).toBeGreaterThan(1);
  }
});
