import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { baleen, createDatabase, fixtureData, packTar, temporaryFolder } from '@baleen/testing';
import { describe, expect, test } from 'vitest';

const NODE = fixtureData('terra-columbus4-devnet');

/** A node's home as providers pack it. */
function pack(): string {
  const home = temporaryFolder('home');
  for (const name of ['application.db', 'blockstore.db', 'state.db'])
    cpSync(join(NODE, name), join(home, 'data', name), { recursive: true });
  cpSync(join(NODE, 'genesis.json'), join(home, 'config/genesis.json'));
  const archive = join(temporaryFolder('archive'), 'snapshot.tar.zst');
  writeFileSync(archive, zstdCompressSync(packTar(home)));
  return archive;
}

describe('baleen index', () => {
  test('of a snapshot archive gives the tables that its folder gives, and leaves no file behind', async () => {
    const archive = pack();
    const dataDir = temporaryFolder('data');
    const folderDatabase = await createDatabase({ holding: 'terra-columbus4-devnet', state: true });
    const database = await createDatabase();
    const env = { BALEEN_DATABASE: database.url };
    expect(await baleen(['index', archive, '--data-dir', dataDir, '--quiet'], env)).toMatchObject({
      code: 0,
    });
    expect(await database.checksums()).toEqual(await folderDatabase.checksums());
    expect(readdirSync(join(dataDir, 'archives'))).toEqual([]);
    expect(existsSync(archive)).toBe(true);
  });

  test('of an archive that is cut off says so, with exit code 1, and leaves no file behind', async () => {
    const archive = pack();
    const whole = readFileSync(archive);
    writeFileSync(archive, whole.subarray(0, whole.length >> 1));
    const dataDir = temporaryFolder('data');
    const database = await createDatabase();
    const run = await baleen(['index', archive, '--data-dir', dataDir, '--quiet'], {
      BALEEN_DATABASE: database.url,
    });
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('found the file cut off') });
    expect(readdirSync(join(dataDir, 'archives'))).toEqual([]);
  });

  test('of an archive by a command that does not take one says what to do, with exit code 2', async () => {
    const run = await baleen(['inspect', pack()], {});
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('baleen index') });
  });
});
