import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../apps/indexer/src/commands.ts';
import { ENV_EXAMPLE, envExample } from './env-example.ts';

const text = readFileSync(ENV_EXAMPLE, 'utf8');

test('.env.example is what the commands read; if not, node tools/env-example.ts writes it', () => {
  expect(text).toBe(envExample());
});

test('it names a variable of every option once, in lines that fit a terminal', () => {
  const variables = text.split('\n').flatMap((line) => /^#(\w+)=/.exec(line)?.[1] ?? []);
  expect(new Set(variables).size).toBe(variables.length);
  for (const { envNames } of commands.flatMap(({ options }) => options))
    if (envNames.length > 0) expect(envNames.some((name) => variables.includes(name))).toBe(true);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(140);
});
