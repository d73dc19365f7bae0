import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineCommand, option } from './command.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';

let received: unknown;

const fish = defineCommand({
  name: 'fish',
  summary: 'catch',
  options: z.object({
    where: option(z.string(), { help: 'sea', positional: true }),
    maxCatch: option(z.coerce.number().int().optional(), { help: 'at most', value: 'N', alsoEnv: 'CATCH' }),
    quiet: option(z.boolean().default(false), { help: 'no words' }),
  }),
  async run(options) {
    received = options;
    return EXIT.done;
  },
});

const context = (env: NodeJS.ProcessEnv): Context => ({
  env,
  signal: new AbortController().signal,
  print: () => {},
  printAll: async () => {},
  say: () => {},
  isTerminal: false,
  isOutputTerminal: false,
  draw: () => {},
});

test('flags and names in the environment follow from the zod object', () => {
  expect(fish.options.map(({ flag, envNames, required }) => [flag, envNames, required])).toEqual([
    ['WHERE', [], true],
    ['--max-catch', ['BALEEN_MAX_CATCH', 'CATCH'], false],
    ['--quiet', ['BALEEN_QUIET'], false],
  ]);
});

test('the command line wins over BALEEN_…, which wins over the other name', async () => {
  await fish.execute({ where: 'north', maxCatch: '1' }, context({ BALEEN_MAX_CATCH: '2', CATCH: '3' }));
  expect(received).toEqual({ where: 'north', maxCatch: 1, quiet: false });
  await fish.execute({ where: 'north' }, context({ BALEEN_MAX_CATCH: '2', CATCH: '3', BALEEN_QUIET: 'yes' }));
  expect(received).toEqual({ where: 'north', maxCatch: 2, quiet: true });
  await fish.execute({ where: 'north' }, context({ BALEEN_MAX_CATCH: '', CATCH: '3', BALEEN_QUIET: '0' }));
  expect(received).toEqual({ where: 'north', maxCatch: 3, quiet: false });
});

test('a wrong value is an error that names the flag and the help', () => {
  expect(() => fish.execute({ where: 'north', maxCatch: 'many' }, context({}))).toThrow(
    'fish: --max-catch: invalid input: expected number, received NaN; see baleen fish --help',
  );
});
