import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CATALOGUE, catalogueFile } from './table-catalogue.ts';

test('the catalogue of tables is what the files of facts define; if not, npm run table-catalogue writes it', () => {
  expect(readFileSync(CATALOGUE, 'utf8')).toBe(catalogueFile());
});
