import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { baleen, createDatabase, fixtureData, packTar, temporaryFolder } from '@baleen/testing';
import { describe, expect, test } from 'vitest';

const NODE = fixtureData('terra-columbus4-devnet');

/** None of them has a checksum of its content. */
const PACKERS = {
  'snapshot.tar': (tar: Buffer) => tar,
  'snapshot.tar.zst': (tar: Buffer) => zstdCompressSync(tar),
};

/** Changes a byte in the midst of the largest file of a database; returns the file's name. */
function flipByte(database: string): string {
  const sizeOf = (name: string): number => statSync(join(database, name)).size;
  const [largest = ''] = readdirSync(database).sort((one, other) => sizeOf(other) - sizeOf(one));
  const bytes = readFileSync(join(database, largest));
  writeFileSync(join(database, largest), bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 0x10));
  return largest;
}

/** A node's home as providers pack it.
 * @param damage  done to the databases before */
function pack(packer: keyof typeof PACKERS = 'snapshot.tar.zst', damage?: (data: string) => void): string {
  const home = temporaryFolder('home');
  for (const name of ['application.db', 'blockstore.db', 'state.db'])
    cpSync(join(NODE, name), join(home, 'data', name), { recursive: true });
  cpSync(join(NODE, 'genesis.json'), join(home, 'config/genesis.json'));
  damage?.(join(home, 'data'));
  const archive = join(temporaryFolder('archive'), packer);
  writeFileSync(archive, PACKERS[packer](packTar(home)));
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

  test.each(['snapshot.tar', 'snapshot.tar.zst'] as const)(
    'of a %s with a changed byte names the archive and the entry, with exit code 1',
    async (packer) => {
      let file = '';
      const archive = pack(packer, (data) => {
        file = flipByte(join(data, 'blockstore.db'));
      });
      const dataDir = temporaryFolder('data');
      const database = await createDatabase();
      const { code, stderr } = await baleen(['index', archive, '--data-dir', dataDir, '--quiet'], {
        BALEEN_DATABASE: database.url,
      });
      expect(code).toBe(1);
      const [, told = ''] = stderr.split(/unpacked [\d,]+ bytes\n/);
      expect(told).toContain(`data/blockstore.db/${file} of ${archive}, `);
      expect(told).toContain('; download it again and compare its checksum');
      expect(told).not.toContain(dataDir);
      expect(told).not.toContain('restore the file');
    },
  );

  test('of an archive by a command that does not take one says what to do, with exit code 2', async () => {
    const run = await baleen(['inspect', pack()], {});
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('baleen index') });
  });
});
