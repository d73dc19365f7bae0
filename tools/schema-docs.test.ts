import { readFileSync } from 'node:fs';
import { createDatabase } from '@baleen/testing';
import { expect, test } from 'vitest';
import { SCHEMA_PAGE, schemaPage } from './schema-docs.ts';

test('docs/schema.md is what the database says of its views; if not, npm run schema-docs writes it', async () => {
  const database = await createDatabase();
  try {
    const page = await schemaPage(database.url);
    expect(page).not.toMatch(/^\| `\w+` \| .* \| {2}\|$/m);
    expect(readFileSync(SCHEMA_PAGE, 'utf8')).toBe(page);
  } finally {
    await database.drop();
  }
});
