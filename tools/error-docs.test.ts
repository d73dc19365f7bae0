import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '@baleen/chain';
import { expect, test } from 'vitest';
import { ERRORS_PAGE, errorsPage } from './error-docs.ts';

const ROOT = join(import.meta.dirname, '..');

/** The product's code, without its tests and the list itself. */
const sources = (): string[] =>
  globSync('{packages,apps}/*/src/**/*.ts', { cwd: ROOT })
    .filter((path) => !/\.(test|fixture)\.ts$|chain\/src\/error-codes\.ts$/.test(path))
    .map((path) => readFileSync(join(ROOT, path), 'utf8'));

test('docs/errors.md is what packages/chain says of its codes; if not, npm run error-docs writes it', () => {
  expect(readFileSync(ERRORS_PAGE, 'utf8')).toBe(errorsPage());
});

test('each code is thrown somewhere, with the kinds that its entry says', () => {
  const thrown = new Map<string, Set<string>>();
  for (const text of sources())
    for (const [, kind, code] of text.matchAll(
      /(?:new BaleenError\(\s*'(?=\w+',\s*'[A-Z])|\b(?=(?:data|operator|source)Error\())(data|operator|source)(?:',\s*|Error\(\s*)'([A-Z][A-Z0-9_]+)'/g,
    ))
      thrown.set(code!, (thrown.get(code!) ?? new Set()).add(kind!));
  const everything = sources().join('\n');
  expect(Object.keys(errorCodes).filter((code) => !everything.includes(`'${code}'`))).toEqual([]);
  for (const [code, kinds] of thrown)
    expect([code, [...kinds].sort()]).toEqual([
      code,
      [...kinds]
        .sort()
        .filter((kind) => errorCodes[code as keyof typeof errorCodes].kinds.includes(kind as never)),
    ]);
  expect(thrown.size).toBeGreaterThan(60);
});
