/** A directory that holds a part of what a recording asked for: the rest is told apart, and what is there still has to be answered. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openState } from '@baleen/source';
import {
  createDatabase,
  fixture,
  fixtureKilled,
  readJsonLines,
  type TestDatabase,
  temporaryFolder,
  writeLevelDb,
} from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RestAnswer } from '../../apps/indexer/src/lcd/answer.ts';
import type { Route } from '../../apps/indexer/src/lcd/route.ts';
import { connect } from '../../apps/indexer/src/lcd/sql-answers.ts';
import { type About, aboutOf, blocksToIndex, type HeldHeights, isHeld } from './held-heights.ts';
import { type Measured, measure } from './measure.ts';
import { Parity } from './parity.ts';
import { readAnswers } from './recording.ts';
import { details, failures, notHeldLines } from './report.ts';

const CHAIN = 'terra-columbus5-devnet';
/** The newest height of the node that was killed; that of the recording is 306. */
const HEAD = 167;

/** The killed node of columbus-5, its state at the head damaged, with a part of the recording and an answer of that state. */
async function killedDirectory(): Promise<string> {
  const folder = temporaryFolder('parity');
  const data = join(folder, 'data-killed');
  mkdirSync(data);
  cpSync(fixtureKilled(CHAIN), data, { recursive: true });
  await damageState(data);
  const read = (name: string) => readJsonLines(fixture(CHAIN, name));
  const ofState = read('lcd-state.jsonl.gz').filter(({ request }) => ASKED.test(request));
  // Each tx was asked for twice, in order of height.
  const ofTxs = read('lcd-txs.jsonl.gz').filter((_, index) => index % 32 < 2);
  const atHead = { height: HEAD, request: `/staking/pool?height=${HEAD}`, status: 200, response: POOL };
  writeLines(join(folder, 'lcd.jsonl.gz'), [...ofState, ...ofTxs, atHead]);
  return folder;
}

/** All that is about blocks, and one route that is about state. */
const ASKED = /block|validatorset|txs|proposer|staking\/pool/;

const writeLines = (file: string, lines: readonly object[]): void =>
  writeFileSync(file, gzipSync(lines.map((line) => JSON.stringify(line)).join('\n')));

const POOL = `{"height":"${HEAD}","result":{"not_bonded_tokens":"1","bonded_tokens":"2"}}`;

async function damageState(data: string): Promise<void> {
  using state = openState(data, { height: HEAD });
  const root = Buffer.concat([Buffer.from('s/k:staking/n'), state.tree('staking').rootHash!]);
  await writeLevelDb(join(data, 'application.db'), [[root, Buffer.from('damaged')]]);
}

describe('the node of columbus-5 that was killed, asked for what came later, too', () => {
  let directory: string;
  let database: TestDatabase;
  let measured: Measured;

  beforeAll(async () => {
    database = await createDatabase();
    directory = await killedDirectory();
    measured = await measure(directory, database.url, 'data-killed');
  });
  afterAll(() => database.drop());

  const sum = (counts: Iterable<number>) => [...counts].reduce((all, count) => all + count, 0);

  test('has blocks like those that were recorded, of every kind that is about a block', () => {
    expect(details(measured)).toBe('');
    const { table, routes } = measured.parity;
    const kindsOf = (all: Iterable<Route>) =>
      new Set([...all].filter(({ of }) => of === 'block').map(({ path }) => path.split('{')[0]));
    expect(kindsOf(routes.keys())).toEqual(kindsOf(table.routes));
  });

  test('has the answers of heights that it does not hold told apart, by heights and count', () => {
    const lines = notHeldLines(measured);
    expect(lines).toEqual([
      expect.stringMatching(
        /^\d+ answers are about heights this directory does not hold: the state at 122, 229, 306 \(it has 166\.\.167\)$/,
      ),
      expect.stringMatching(
        /^\d+ answers are about heights this directory does not hold: blocks \(it has 1\.\.167\)$/,
      ),
    ]);
    const told = lines.reduce((sum, line) => sum + Number.parseInt(line, 10), 0);
    expect(told).toBe(sum(measured.parity.notHeld.values()));
  });

  test('loses no answer: each is compared, told apart, not covered, or a failure', () => {
    const { parity } = measured;
    const counted = parity.sum('compared') + sum(parity.missed.values()) + sum(parity.notHeld.values());
    expect(counted + parity.uncovered.length).toBe(measured.answers);
  });

  test('fails where it holds a state and answers nothing from it', () => {
    expect(failures(measured)).toEqual([
      expect.stringMatching(new RegExp(`^no state at ${HEAD}: [^]*damaged`)),
      '/staking/pool: asked 1 times, compared nothing',
    ]);
  });

  test('fails where SQL finds nothing though REST did', async () => {
    const answer = readAnswers(directory).find(({ height }) => height === HEAD)!;
    const parity = new Parity('amino-0.44');
    const client = await connect(database.url);
    await parity.compare(client, answer);
    await client.end();
    expect(failures({ ...measured, parity, withoutState: [] })).toEqual(['/staking/pool: 1 different']);
  });
});

const answered = (request: string, height: number, json: unknown, status = 200): RestAnswer => ({
  ...{ height, request, status, text: '', json },
});

describe('an answer', () => {
  const RECORDED_AT = 306;
  const about = (
    of: Route['of'],
    answer: RestAnswer,
    parts: Readonly<Record<string, string>> = {},
  ): About => {
    const route = { api: 'gateway-0.44', path: '', sql: '', print: () => undefined } as const;
    return aboutOf(answer, of === undefined ? route : { ...route, of }, parts, RECORDED_AT);
  };

  test('about state is about its own height', () => {
    expect(about(undefined, answered('', 122, {}))).toEqual({ of: 'state', height: 122 });
  });

  test('about a block is about the one that was asked for, or about the end when that was still to come', () => {
    expect(about('block', answered('', 306, {}), { height: '5' })).toEqual({ of: 'block', height: 5 });
    expect(about('block', answered('', 306, {}, 404), { height: '311' })).toEqual({
      of: 'block',
      height: 306,
    });
  });

  test('about a tx is about the block that it names, or about none when it was not found', () => {
    expect(about('block', answered('', 306, { height: '5' }))).toEqual({ of: 'block', height: 5 });
    const gateway = { tx: {}, tx_response: { height: '7' } };
    expect(about('block', answered('', 7, gateway))).toEqual({ of: 'block', height: 7 });
    expect(about('block', answered('', 306, {}, 404))).toEqual({ of: 'block', height: undefined });
  });

  test('from all blocks is about the newest one at the time', () => {
    expect(about('chain', answered('', 122, {}))).toEqual({ of: 'chain', height: 306 });
  });
});

describe('a directory', () => {
  const held: HeldHeights = {
    blocks: { from: 1, to: 167 },
    isFromFirst: true,
    states: [{ from: 166, to: 167 }],
  };
  const pruned: HeldHeights = { ...held, blocks: { from: 100, to: 400 }, isFromFirst: false };

  test.each([
    ['a state that it keeps', 'state', 166, true, true],
    ['a state that it pruned', 'state', 165, false, false],
    ['a state that is still to come', 'state', 168, false, false],
    ['its first block', 'block', 1, true, false],
    ['its newest block', 'block', 167, true, true],
    ['a block above', 'block', 168, false, true],
    ['a tx that is nowhere', 'block', undefined, true, false],
    ['all blocks up to its newest', 'chain', 167, true, false],
    ['all blocks up to a later one', 'chain', 306, false, false],
  ] as const)('holds %s or not', (_, of, height, whole, withoutFirst) => {
    expect(isHeld({ of, height }, held)).toBe(whole);
    expect(isHeld({ of, height }, pruned)).toBe(withoutFirst);
  });

  test('that went on after it was asked is looked at as it was then', () => {
    const answers = [
      answered('/blocks/latest', 75, { block: { header: { height: '160' } } }),
      answered('/txs/AB', 75, { height: '150' }),
      answered('/staking/pool', 75, { height: '900', result: {} }),
    ];
    const recordedAt = new Parity('amino-0.39').recordedAt(answers);
    expect(recordedAt).toBe(160);
    expect(blocksToIndex(recordedAt, held)).toEqual(['--heights', '..160']);
    expect(blocksToIndex(167, held)).toEqual([]);
    expect(blocksToIndex(306, held)).toEqual([]);
    expect(blocksToIndex(99, pruned)).toEqual([]);
  });

  test('without application.db is no excuse: reading the state has to fail', () => {
    expect(isHeld({ of: 'state', height: 5 }, { ...held, states: undefined })).toBe(true);
  });
});
