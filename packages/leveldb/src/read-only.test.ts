import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytes, hex, read, sampleValue, temporaryDirectory, writeWith } from '../test/make-database.ts';
import { openLevelDb } from './index.ts';

const stateOf = (path: string) =>
  readdirSync(path).map((name) => {
    const { mtimeNs, ctimeNs, size } = statSync(join(path, name), { bigint: true });
    return [name, hex(readFileSync(join(path, name))), mtimeNs, ctimeNs, size];
  });

async function fill(path: string): Promise<void> {
  for (let round = 0; round < 2; round++)
    await writeWith(path, {}, async (level) => {
      for (let index = 0; index < 100; index++)
        await level.put(bytes(`k${index}`), sampleValue(index + round, 300));
    });
}

describe('reading', () => {
  it('leaves every file and the directory as they were', async () => {
    using directory = temporaryDirectory();
    await fill(directory.path);
    const before = [stateOf(directory.path), statSync(directory.path, { bigint: true }).mtimeNs];
    using db = openLevelDb(directory.path);
    expect(read(db)).toHaveLength(100);
    expect(db.get(bytes('k7'))).toEqual(sampleValue(8, 300));
    expect([stateOf(directory.path), statSync(directory.path, { bigint: true }).mtimeNs]).toEqual(before);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'works for another user in a directory of mode 0555 (needs root)',
    async () => {
      using directory = temporaryDirectory();
      await fill(directory.path);
      for (const name of readdirSync(directory.path)) chmodSync(join(directory.path, name), 0o444);
      chmodSync(directory.path, 0o555);
      const nobody = 65534;
      process.seteuid!(nobody);
      try {
        expect(() => writeFileSync(join(directory.path, 'x'), '')).toThrow(/EACCES/);
        using db = openLevelDb(directory.path);
        expect(read(db)).toHaveLength(100);
      } finally {
        process.seteuid!(0);
      }
    },
  );
});
