import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@baleen/testing';
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
    ['--config', ['BALEEN_CONFIG'], false],
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

const toml = (text: string): string => {
  const file = join(temporaryFolder('toml'), 'baleen.toml');
  writeFileSync(file, text);
  return file;
};

test('baleen.toml sets options for all commands and for one; the environment and the command line win over it', async () => {
  const file = toml(
    '[options]\nmax-catch = 7\nquiet = true\n[options.fish]\nmax-catch = 8\n[options.sail]\nsails = 3',
  );
  await fish.execute({ where: 'north', config: file }, context({}));
  expect(received).toEqual({ where: 'north', maxCatch: 8, quiet: true });
  await fish.execute({ where: 'north' }, context({ BALEEN_CONFIG: file, CATCH: '9' }));
  expect(received).toEqual({ where: 'north', maxCatch: 9, quiet: true });
  await fish.execute({ where: 'north', config: file, maxCatch: '10' }, context({ BALEEN_QUIET: 'no' }));
  expect(received).toEqual({ where: 'north', maxCatch: 10, quiet: false });
});

test('baleen.toml with an option that no command has, or that this one does not have, is an error', () => {
  const run = (text: string) => fish.execute({ where: 'north', config: toml(text) }, context({}));
  expect(() => run('[options]\nmax-cach = 7')).toThrow(
    /options: no such option of fish: max-cach; it should look like/,
  );
  expect(() => run('[options.fish]\nsails = 7')).toThrow(/no such option of fish: sails/);
  expect(() => run('[options]\nwhere = "south"')).toThrow(/no such option of fish: where/);
});
