import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { fixtureData, packTar, temporaryFolder } from '@baleen/testing';
import { create } from 'tar';
import { describe, expect, test } from 'vitest';
import { ARCHIVE_ENDINGS, isArchive, unpackArchive } from './unpack-archive.ts';
import { XxHash32 } from './xxhash32.ts';

const NODE = fixtureData('terra-columbus4-devnet');
const DATABASES = ['application.db', 'blockstore.db', 'state.db'];

/** A node's home as providers pack it, with what isn't wanted around it. */
function makeHome(): string {
  const home = temporaryFolder('home');
  for (const name of DATABASES) cpSync(join(NODE, name), join(home, 'data', name), { recursive: true });
  mkdirSync(join(home, 'config'));
  mkdirSync(join(home, 'wasm/state/wasm'), { recursive: true });
  cpSync(join(NODE, 'genesis.json'), join(home, 'config/genesis.json'));
  writeFileSync(join(home, 'wasm/state/wasm/code'), 'x'.repeat(1000));
  symlinkSync('/etc/passwd', join(home, 'wasm/link'));
  writeFileSync(join(home, 'data/priv_validator_state.json'), '{}');
  return home;
}

function fileWith(name: string, content: Uint8Array): string {
  const path = join(temporaryFolder('archive'), name);
  writeFileSync(path, content);
  return path;
}

/** One LZ4 frame of stored blocks of 64 KiB, with all checksums (lz4/lz4 doc/lz4_Frame_format.md). */
function storedLz4(content: Buffer): Buffer {
  const hash = (bytes: Uint8Array): Buffer => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(new XxHash32().update(bytes).digest());
    return sum;
  };
  const descriptor = Uint8Array.of(0x74, 0x40);
  const parts: Uint8Array[] = [
    Uint8Array.of(4, 0x22, 0x4d, 0x18),
    descriptor,
    hash(descriptor).subarray(1, 2),
  ];
  for (let at = 0; at < content.length; at += 65536) {
    const block = content.subarray(at, at + 65536);
    const size = Buffer.alloc(4);
    size.writeUInt32LE((block.length | 0x80000000) >>> 0);
    parts.push(size, block, hash(block));
  }
  return Buffer.concat([...parts, new Uint8Array(4), hash(content)]);
}

const PACKED = {
  'snapshot.tar': (tar: Buffer) => tar,
  'snapshot.tar.gz': (tar: Buffer) => gzipSync(tar, { level: 1 }),
  // With a checksum, as the command zstd writes it.
  'snapshot.tar.zst': (tar: Buffer) =>
    zstdCompressSync(tar, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
  'snapshot.tar.lz4': storedLz4,
} as const;

function filesIn(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    names
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'hex')]),
  );
}

describe('unpackArchive', () => {
  test.each(Object.keys(PACKED) as (keyof typeof PACKED)[])(
    'unpacks the databases and the genesis of %s and nothing else, and takes them away again',
    async (name) => {
      const home = makeHome();
      const archive = fileWith(name, PACKED[name](packTar(home)));
      const into = temporaryFolder('into');
      for (const wantsState of [true, false]) {
        const unpacked = await unpackArchive(archive, { into, wantsState });
        const expected = [...filesIn(home)].filter(
          ([path]) =>
            /^(data\/.*\.db\/|config\/genesis)/.test(path) &&
            (wantsState || !path.startsWith('data/application.db')),
        );
        expect(filesIn(unpacked.folder)).toEqual(new Map(expected));
        unpacked.close();
        expect(readdirSync(into)).toEqual([]);
      }
    },
  );

  test('finds the databases at the top of an archive or deep in it', async () => {
    const home = makeHome();
    const outer = temporaryFolder('outer');
    cpSync(home, join(outer, 'root/.terrad'), { recursive: true, verbatimSymlinks: true });
    for (const [folder, names] of [
      [outer, ['root']],
      [join(home, 'data'), ['blockstore.db', 'state.db']],
      [home, ['./data']],
    ] as const) {
      const archive = fileWith('snapshot.tar', packTar(folder, names));
      const unpacked = await unpackArchive(archive, { into: temporaryFolder('into'), wantsState: false });
      expect(readdirSync(join(unpacked.folder, 'data'))).toEqual(['blockstore.db', 'state.db']);
      unpacked.close();
    }
  });

  test.each(Object.keys(PACKED) as (keyof typeof PACKED)[])(
    'says that %s is cut off, wherever that is, and leaves nothing behind',
    async (name) => {
      const archive = fileWith(name, PACKED[name](packTar(makeHome(), ['data'])));
      const whole = readFileSync(archive);
      const into = temporaryFolder('into');
      // The last 1,024 bytes of a tar are its end mark.
      const most = name === 'snapshot.tar' ? whole.length - 1024 : whole.length - 1;
      for (const size of [600, 10_240, Math.floor(whole.length / 2), most]) {
        writeFileSync(archive, whole);
        truncateSync(archive, size);
        await expect(unpackArchive(archive, { into, wantsState: true }), `${size}`).rejects.toMatchObject({
          code: 'SOURCE_ARCHIVE_CORRUPT',
          kind: 'data',
          message: expect.stringMatching(/found .*(cut off|truncated|end)/i),
        });
        expect(readdirSync(into)).toEqual([]);
      }
    },
  );

  test('says that a compressed archive is damaged, and leaves nothing behind', async () => {
    const tar = packTar(makeHome(), ['data']);
    const into = temporaryFolder('into');
    for (const name of ['snapshot.tar.gz', 'snapshot.tar.zst', 'snapshot.tar.lz4'] as const) {
      const good = PACKED[name](tar);
      const archive = fileWith(name, good.with(good.length >> 1, good[good.length >> 1]! ^ 0xff));
      await expect(unpackArchive(archive, { into, wantsState: true })).rejects.toMatchObject({
        code: 'SOURCE_ARCHIVE_CORRUPT',
      });
      expect(readdirSync(into)).toEqual([]);
    }
  });

  test.each([
    ['at the top', (home: string) => packTar(join(home, 'data')), ''],
    ['in a home', (home: string) => packTar(home, ['./data', './config']), './data/'],
  ])('names entries in messages about unpacked files: databases %s', async (_, pack, root) => {
    const archive = fileWith('snapshot.tar', pack(makeHome()));
    const unpacked = await unpackArchive(archive, { into: temporaryFolder('into'), wantsState: false });
    const file = join(unpacked.folder, 'data/blockstore.db/CURRENT');
    expect(
      unpacked.named(`read manifest ${file}, block at 7: found x; restore the file or index another copy`),
    ).toBe(
      `read manifest ${root}blockstore.db/CURRENT of ${archive}, block at 7: found x; download it again and compare its checksum`,
    );
    expect(unpacked.named(`open ${join(file, '..')}: found x`)).toBe(
      `open ${root}blockstore.db of ${archive}: found x`,
    );
    expect(unpacked.named('read /else/where: index another copy')).toBe(
      'read /else/where: index another copy',
    );
    unpacked.close();
  });

  test('refuses links in place of files, paths that lead out and databases of two nodes', async () => {
    const linked = temporaryFolder('linked');
    mkdirSync(join(linked, 'data/blockstore.db'), { recursive: true });
    symlinkSync('/etc/passwd', join(linked, 'data/blockstore.db/000001.ldb'));
    const whole = temporaryFolder('whole');
    mkdirSync(join(whole, 'data'));
    symlinkSync('/', join(whole, 'data/blockstore.db'));
    const two = temporaryFolder('two');
    for (const name of ['a', 'b']) {
      mkdirSync(join(two, name, 'blockstore.db'), { recursive: true });
      writeFileSync(join(two, name, 'blockstore.db/CURRENT'), '');
    }
    const outside = temporaryFolder('outside');
    mkdirSync(join(outside, 'blockstore.db'));
    writeFileSync(join(outside, 'blockstore.db/CURRENT'), '');
    const leading = join(temporaryFolder('tar'), 'leading.tar');
    create({ file: leading, cwd: outside, sync: true, prefix: '../../x', preservePaths: true }, [
      'blockstore.db',
    ]);
    const into = temporaryFolder('into');
    for (const [tar, found] of [
      [packTar(linked), 'expected a file, found SymbolicLink to /etc/passwd;'],
      [packTar(whole), 'expected a directory, found SymbolicLink to /;'],
      [packTar(two), "expected the databases of one node, in 'a', found others in 'b';"],
      [readFileSync(leading), 'expected a path within the archive, found one that leads out of it;'],
    ] as const) {
      await expect(
        unpackArchive(fileWith('snapshot.tar', tar), { into, wantsState: false }),
      ).rejects.toMatchObject({
        code: 'SOURCE_ARCHIVE_REFUSED',
        kind: 'data',
        message: expect.stringContaining(found),
      });
      expect(readdirSync(into)).toEqual([]);
    }
  });

  test('says that an archive has no blocks, and that a file is no archive', async () => {
    const home = makeHome();
    const into = temporaryFolder('into');
    const unpack = (content: Buffer) =>
      unpackArchive(fileWith('snapshot.tar', content), { into, wantsState: true });
    await expect(unpack(packTar(home, ['config', 'wasm']))).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      kind: 'operator',
    });
    await expect(unpack(Buffer.from('no archive'))).rejects.toMatchObject({
      code: 'SOURCE_ARCHIVE_UNSUPPORTED',
    });
    await expect(unpack(Buffer.alloc(0))).rejects.toThrow('found an empty file; download it again');
    expect(readdirSync(into)).toEqual([]);
  });

  test('removes what a process left behind that is gone, and ends with nothing when it is interrupted', async () => {
    const archive = fileWith('snapshot.tar', packTar(makeHome(), ['data']));
    const into = temporaryFolder('into');
    const script = `
      const { unpackArchive } = await import(${JSON.stringify(join(import.meta.dirname, 'unpack-archive.ts'))});
      await unpackArchive(${JSON.stringify(archive)}, { into: ${JSON.stringify(into)}, wantsState: true });
      process.exit(0);`;
    execFileSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(readdirSync(into)).toHaveLength(1);
    const aborted = AbortSignal.abort();
    await expect(unpackArchive(archive, { into, wantsState: true, signal: aborted })).rejects.toThrow(
      /abort/i,
    );
    expect(readdirSync(into)).toEqual([]);
  });

  test('is told by each ending that messages name', () => {
    const folder = temporaryFolder('endings');
    const endings = ARCHIVE_ENDINGS.split(/, | or /);
    for (const ending of endings) appendFileSync(join(folder, `a${ending}`), '');
    expect(endings.filter((ending) => !isArchive(join(folder, `a${ending}`)))).toEqual([]);
  });

  test('is told by its name and by being a file', () => {
    const folder = temporaryFolder('names');
    for (const name of ['a.tar', 'a.tgz', 'a.tar.lz4', 'a.tar.zst', 'a.db'])
      appendFileSync(join(folder, name), '');
    mkdirSync(join(folder, 'b.tar'));
    const found = readdirSync(folder).filter((name) => isArchive(join(folder, name)));
    expect(found).toEqual(['a.tar', 'a.tar.lz4', 'a.tar.zst', 'a.tgz']);
    expect(isArchive(join(folder, 'none.tar'))).toBe(false);
    expect(existsSync(join(folder, 'none.tar'))).toBe(false);
  });
});
