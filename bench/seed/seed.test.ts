/** The experiment's own judgement: whether answers are equal, and what is told of it. No node, no database. */
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { NOT_FOUND, type Route } from '../../apps/indexer/src/lcd/route.ts';
import { type Asked, askSql, quantile, type RestAnswer } from './ask.ts';
import { differencesOf, pairsOf } from './compare.ts';
import type { Experiment } from './measure.ts';
import { dashboardQuestions, type Question } from './questions.ts';
import { shortReport, wholeReport } from './report.ts';

const HEIGHT = 290;
const COINS = [
  { denom: 'uluna', amount: '35694500' },
  { denom: 'usdr', amount: '5000000000' },
];
const BLOCKED = { delegator: 'a', time: '2026-11-23T02:46:12.5Z' };

const route = (more: Partial<Route> = {}): Route => ({
  ...{ api: 'amino-0.39', path: '/bank/balances/{address}', sql: "select :'address'", print: (rows) => rows },
  ...more,
});
const question = (request: string, of = route(), kind = 'balances of an account'): Question => ({
  ...{ kind, request, parts: { address: request }, route: of },
});
const BALANCES = question('/bank/balances/a');

const asked = <Answer>(of: Question, answer: Answer, ms = 1): Asked<Answer> => ({ question: of, answer, ms });
const said = (result: unknown, height = HEIGHT): RestAnswer => ({
  status: 200,
  text: JSON.stringify({ height: `${height}`, result }),
});

const differences = (of: Question, rest: RestAnswer, sql: unknown): number =>
  differencesOf(pairsOf([asked(of, rest)], [asked(of, sql)]), HEIGHT).length;

describe('an answer of SQL', () => {
  test('that is REST’s is equal, zeros at the end of a time aside', () => {
    expect(differences(BALANCES, said(COINS), COINS)).toBe(0);
    expect(differences(BALANCES, said(BLOCKED), { ...BLOCKED, time: '2026-11-23T02:46:12.500Z' })).toBe(0);
  });

  test.each([
    ['of another amount', [{ ...COINS[0]!, amount: '35694501' }, COINS[1]]],
    ['of another type', [{ ...COINS[0]!, amount: 35_694_500 }, COINS[1]]],
    ['with a coin less', [COINS[0]]],
    ['with a coin more', [...COINS, { denom: 'uusd', amount: '0' }]],
    ['in another order', [...COINS].reverse()],
    ['with a field more', [{ ...COINS[0]!, more: '' }, COINS[1]]],
    ['of nothing', []],
    ['of null', null],
    ['that never came', undefined],
    ['that there is nothing', NOT_FOUND],
  ])('%s is different', (_, sql) => {
    expect(differences(BALANCES, said(COINS), sql)).toBe(1);
  });

  test('in another order is equal where REST has the order of raw addresses, not with another amount', () => {
    const asSet = question('/staking/validators', route({ set: '' }));
    expect(differences(asSet, said(COINS), [...COINS].reverse())).toBe(0);
    expect(differences(asSet, said(COINS), [COINS[0], COINS[0]])).toBe(1);
  });

  test('of another height is different though it says the same', () => {
    expect(differences(BALANCES, said(COINS, HEIGHT - 1), COINS)).toBe(1);
  });

  test('that there is nothing is equal where REST says so, and only there', () => {
    const nothing = (status: number): RestAnswer => ({ status, text: '{"error":"tx abc not found"}' });
    expect(differences(BALANCES, nothing(404), NOT_FOUND)).toBe(0);
    expect(differences(BALANCES, nothing(404), [])).toBe(1);
    expect(differences(BALANCES, { status: 500, text: '{"error":"disk full"}' }, NOT_FOUND)).toBe(1);
    // Of a server that does not answer the error may say anything.
    expect(differences(BALANCES, nothing(0), NOT_FOUND)).toBe(1);
  });

  test('is different from what is no JSON', () => {
    expect(differences(BALANCES, { status: 200, text: '{"height":"290","res' }, COINS)).toBe(1);
  });
});

describe('questions that were asked several times', () => {
  const other = question('/bank/balances/b');

  test('are paired one by one, in whatever order they ended', () => {
    const rest = [asked(BALANCES, said(COINS)), asked(other, said([])), asked(BALANCES, said([]))];
    const sql = [asked(other, []), asked(BALANCES, COINS), asked(BALANCES, COINS)];
    const pairs = pairsOf(rest, sql);
    expect(pairs).toHaveLength(3);
    expect(differencesOf(pairs, HEIGHT)).toEqual([
      { request: '/bank/balances/a', rest: '200 {"height":"290","result":[]}', sql: JSON.stringify(COINS) },
    ]);
  });

  test('have to be the same ones', () => {
    const once = [asked(BALANCES, said(COINS))];
    expect(() => pairsOf(once, [asked(other, [])])).toThrow(
      'compare answers: SQL was asked /bank/balances/b once more than REST',
    );
    expect(() => pairsOf([...once, asked(other, said([]))], [asked(BALANCES, COINS)])).toThrow(
      'compare answers: SQL was asked 1 questions less than REST',
    );
  });

  test('are each asked once, by however many askers', async () => {
    const statements: string[] = [];
    const pool = {
      query: async ({ text, values }: { text: string; values: string[] }) => {
        statements.push(`${text} ${values.join()}`);
        return { rows: [] };
      },
    } as unknown as pg.Pool;
    const questions = Array.from({ length: 7 }, (_, index) => question(`/${index}`));
    const answers = await askSql(pool, questions, 3);
    expect(answers.map(({ question: { request } }) => request).sort()).toEqual(
      questions.map(({ request }) => request),
    );
    expect(statements.sort()).toEqual(questions.map(({ request }) => `select $1 ${request}`));
  });
});

describe('the questions of a dashboard', () => {
  test('are as many of each kind, with the parts that their SQL takes', () => {
    const questions = dashboardQuestions(80);
    const kinds = Map.groupBy(questions, ({ kind }) => kind);
    expect(new Set([...kinds.values()].map(({ length }) => length))).toEqual(new Set([10]));
    expect(kinds.size).toBe(8);
    for (const { route: of, parts, request } of questions) {
      const named = [...of.sql.matchAll(/:'(\w+)'/g)].map(([, name]) => name!);
      for (const name of named) expect(parts[name], `${name} of ${request}`).toMatch(/./);
      expect(request).not.toContain('height=');
    }
  });

  test('are other ones each time while there are such', () => {
    const hashes = dashboardQuestions(400).filter(({ kind }) => kind === 'a tx by its hash');
    expect(new Set(hashes.map(({ request }) => request)).size).toBe(50);
  });
});

describe('the report', () => {
  const use = { node: 2e6, restServer: 1e6 };
  const postgres = { cpuSeconds: 1, peakBytes: 5e6 };
  const slow = question('/txs/b', route({ path: '/txs/{hash}' }), 'a tx by its hash');
  const experiment = (more: Partial<Experiment> = {}): Experiment => ({
    ...{ load: 0.5, postgresVersion: 'PostgreSQL 18.4', height: HEIGHT, idleBytes: use },
    rest: [
      {
        ...{ askers: 4, seconds: 2, cpuSeconds: use, peakBytes: use },
        asked: [asked(BALANCES, said(COINS), 10), asked(slow, { status: 0, text: 'refused' }, 20)],
      },
    ],
    sql: [{ askers: 4, seconds: 1, postgres, asked: [asked(BALANCES, COINS, 1), asked(slow, {}, 21)] }],
    index: { seconds: 3, cpuSeconds: 4 },
    compared: 2,
    differences: [],
    ...more,
  });

  test('says how many answers were different, and how many never came', () => {
    const text = shortReport(
      experiment({ differences: [{ request: '/txs/b', rest: '0 refused', sql: '{}' }] }),
    );
    expect(text).toContain(
      'Answers compared, both at height 290: 2; equal 1, different 1. Questions that REST left without an answer: 1.',
    );
  });

  test('says where SQL is not the faster one', () => {
    expect(wholeReport(experiment())).toContain(
      'SQL is not faster in the median: a tx by its hash (4 at once: 21.0 against 20.0 ms); in the p99: a tx by its hash',
    );
  });

  test('has the times of each kind, and both processes of the node', () => {
    const text = wholeReport(experiment());
    expect(text).toContain('| balances of an account | 10.0 / 10.0 | 1.0 / 1.0 |');
    expect(text).toMatch(/^\| 4 \| 3 \| .* \| 2 \| 0 \| /m);
  });
});

test('a quantile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 51, 100, 100]);
  expect(quantile([], 0.5)).toBeNaN();
});
