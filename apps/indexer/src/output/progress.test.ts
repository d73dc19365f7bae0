import { expect, test } from 'vitest';
import type { Context } from '../cli/context.ts';
import { createProgress, describeProgress, duration } from './progress.ts';

const silent: Omit<Context, 'isTerminal' | 'say' | 'draw'> = {
  env: {},
  signal: new AbortController().signal,
  isOutputTerminal: false,
  print: () => {},
  printAll: async () => {},
};

test('progress tells share, count, rate and what is left', () => {
  expect(describeProgress({ done: 2500, total: 10_000, note: '31,000 txs' }, 'blocks', 500)).toBe(
    '25 %, 2,500 of 10,000 blocks, 500 blocks/s, 15 s left, 31,000 txs',
  );
  expect(describeProgress({ done: 0, total: 0 }, 'blocks', 0)).toBe('100 %, 0 of 0 blocks');
});

test('without a terminal a plain line comes every five seconds', () => {
  const lines: string[] = [];
  let now = 1_000_000;
  const context = { ...silent, isTerminal: false, say: (line: string) => lines.push(line), draw: () => {} };
  const progress = createProgress('blocks', context, () => now);
  for (let done = 0; done <= 120; done++) {
    progress.update({ done, total: 120 });
    now += 100;
  }
  progress.end();
  expect(lines).toEqual([
    '41 %, 50 of 120 blocks, 10 blocks/s, 7 s left',
    '83 %, 100 of 120 blocks, 10 blocks/s, 2 s left',
  ]);
});

test('on a terminal the bar is redrawn in place', () => {
  let drawn = '';
  let now = 1_000_000;
  const context = { ...silent, isTerminal: true, say: () => {}, draw: (text: string) => (drawn += text) };
  const progress = createProgress('blocks', context, () => now);
  now += 1000;
  progress.update({ done: 5, total: 10 });
  progress.end();
  expect(drawn.split('\r\x1b[2K').at(-1)).toBe(
    '[████████████░░░░░░░░░░░░] 50 %, 5 of 10 blocks, 5 blocks/s, 1 s left\n',
  );
});

test.each([
  [0.4, '0 s'],
  [59, '59 s'],
  [200, '3 min 20 s'],
  [18_720, '5 h 12 min'],
  [273_600, '3 d 4 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
