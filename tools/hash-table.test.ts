import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { countAppHashes, countHashes, FIXTURES, formatTable } from './hash-table.ts';

describe('hashes of the recorded directories', () => {
  test.each(FIXTURES)('%s: every hash of every block agrees, as docs/hashes.md says', async (name, path) => {
    const counts = { ...(await countHashes(path)), ...countAppHashes(path) };
    expect(Object.keys(counts)).toHaveLength(11);
    for (const { checked, agreed } of Object.values(counts)) expect(agreed).toBe(checked);
    expect(readFileSync(join(import.meta.dirname, '../docs/hashes.md'), 'utf8')).toContain(
      formatTable(name, counts),
    );
  });
});
