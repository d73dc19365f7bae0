import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  filesEndingWith,
  read,
  readWith,
  temporaryDirectory,
  writeWith,
} from '../test/make-database.ts';
import { openLevelDb } from './index.ts';

const devnet = fileURLToPath(new URL('../../testing/fixtures/terra-columbus4-devnet/', import.meta.url));

/** Directories that goleveldb wrote inside a node: after a clean stop one log alone, after a kill a table and a log. */
const databases = ['data', 'data-killed'].flatMap((run) =>
  ['blockstore.db', 'state.db'].map((name) => ({ name: `${run}/${name}`, path: join(devnet, run, name) })),
);

describe("a node's own directory", () => {
  it.each(databases)('$name holds what Google LevelDB finds in a copy of it', async ({ path }) => {
    using copy = temporaryDirectory();
    cpSync(path, copy.path, { recursive: true });
    for (const keepLogBytes of [0, undefined]) {
      using db = openLevelDb(path, keepLogBytes === undefined ? {} : { keepLogBytes });
      const found = read(db);
      expect(found.length).toBeGreaterThan(500);
      expect(read(db, { reverse: true })).toEqual(found.toReversed());
      await writeWith(copy.path, {}, async (level) => expect(found).toEqual(await readWith(level)));
    }
  });

  it('is read from tables and logs together after a kill', () => {
    const path = join(devnet, 'data-killed', 'blockstore.db');
    expect([filesEndingWith(path, '.ldb').length, filesEndingWith(path, '.log').length]).toEqual([1, 1]);
    using db = openLevelDb(path);
    const height = JSON.parse(Buffer.from(db.get(bytes('blockStore'))!).toString()).height;
    // Of every block up to the height, whichever file it went to: its meta and its first part.
    for (let at = 1; at <= Number(height); at++) {
      expect(db.get(bytes(`H:${at}`)), `block ${at}`).toBeDefined();
      expect(db.get(bytes(`P:${at}:0`)), `block ${at}`).toBeDefined();
    }
    expect(db.get(bytes(`H:${Number(height) + 1}`))).toBeUndefined();
    expect(readdirSync(path)).not.toContain('LOG.old');
  });
});
