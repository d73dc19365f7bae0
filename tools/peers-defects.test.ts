import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const PAGE = readFileSync(join(ROOT, 'docs/peers-defects.md'), 'utf8');

/** A test that the page names, and a part of its title. */
const named = [...PAGE.matchAll(/^ {2}`([^`]+\.test\.ts)`: (.+)$/gm)].map(
  ([, file, title]) => [file!, title!] as const,
);

test.each(named)('docs/peers-defects.md names a test of %s: %s', (file, title) => {
  const path = join(ROOT, file);
  expect(existsSync(path) && readFileSync(path, 'utf8')).toContain(title);
});

test('every defect of docs/peers-defects.md has a test, but those of its last chapter', () => {
  const [told = ''] = PAGE.split('## Not yet');
  const items = told.split(/^- /m).slice(1);
  expect(items.length).toBeGreaterThan(25);
  expect(items.filter((item) => !/^ {2}`[^`]+\.test\.ts`: /m.test(item))).toEqual([]);
});
