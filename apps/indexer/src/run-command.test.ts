import { BaleenError, type ErrorKind } from '@baleen/chain';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineCommand } from './cli/command.ts';
import type { Context } from './cli/context.ts';
import { runCommand } from './run-command.ts';

async function endOf(error: unknown): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const context: Context = {
    ...{ env: {}, signal: new AbortController().signal, isTerminal: false, isOutputTerminal: false },
    ...{ print: () => {}, printAll: async () => {}, draw: () => {} },
    say: (line) => said.push(line),
  };
  const failing = defineCommand({
    name: 'fail',
    summary: 'fail',
    options: z.object({}),
    run: () => Promise.reject(error),
  });
  return { code: await runCommand(['fail'], context, [failing]), said: said.join('\n') };
}

test.each<[ErrorKind, number]>([
  ['data', 1],
  ['operator', 2],
  ['source', 3],
])('an error of kind %s ends a command with exit code %i and its message', async (kind, code) => {
  const ended = await endOf(new BaleenError(kind, 'CLI_CONFIG', 'what was done; next step'));
  expect(ended).toEqual({ code, said: 'baleen: what was done; next step' });
});

test.each([
  new TypeError('x is undefined'),
  new BaleenError('bug', 'PIPELINE_UNEXPECTED', 'encode blocks: TypeError: x is undefined'),
])('a fault of ours ends a command with exit code 70: %s', async (error) => {
  expect(await endOf(error)).toEqual({
    code: 70,
    said: expect.stringMatching(/a fault of Baleen itself, please report it:\n.*x is undefined/),
  });
});
