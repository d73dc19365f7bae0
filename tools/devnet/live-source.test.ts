/** Follows the databases of recorded chains while they are written again, in a node's order and by a node's library. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RawLevelDbBlock } from '@baleen/chain';
import { type FileSource, openLiveSource, openSource } from '@baleen/source';
import { type FixtureName, fixtureData, temporaryFolder } from '@baleen/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildWriter, hasGo, startWriter } from './start-writer.ts';

async function readAll(source: FileSource, from: number, to: number): Promise<RawLevelDbBlock[]> {
  const blocks: RawLevelDbBlock[] = [];
  for await (const block of source.read({ from, to })) blocks.push(copyOf(block));
  return blocks;
}

/** Without views of the source's memory. */
const copyOf = (block: RawLevelDbBlock): RawLevelDbBlock => structuredClone(block);

/** Blocks as `heads` tells of them, until one of height `last` has results. */
async function followTo(path: string, last: number, maxPinned: number): Promise<RawLevelDbBlock[]> {
  using source = await openLiveSource({ kind: 'leveldb', path: path }, { maxPinned });
  const stop = new AbortController();
  const blocks: RawLevelDbBlock[] = [];
  for await (const head of source.heads(stop.signal)) {
    const complete = head.resultsHeight ?? 0;
    expect(complete).toBeLessThanOrEqual(head.height);
    if (complete > blocks.length) blocks.push(...(await readAll(source, blocks.length + 1, complete)));
    if (head.height > complete) expect(await readAll(source, head.height, head.height)).toHaveLength(1);
    if (complete === last) stop.abort();
  }
  expect(source.health()[0]).toMatchObject({ base: 1, head: last, requests: 0, errors: 0 });
  expect(source.health()[0]!.bytes).toBeGreaterThan(0);
  return blocks;
}

describe.skipIf(!hasGo())('following the databases of a running node (needs Go)', () => {
  let program: string;

  beforeAll(() => {
    program = buildWriter(temporaryFolder('writer'));
  });

  test.each<[FixtureName, number]>([
    ['terra-columbus4-devnet', 290],
    ['terra-columbus5-devnet', 306],
  ])('gives each block of %s once, as the recording has it, over kills and a restart', async (name, last) => {
    const folder = join(temporaryFolder('node'), 'data');
    const options = { from: fixtureData(name), rate: 120, filler: 8 << 10, 'write-buffer': 64 << 10 };
    let writer = await startWriter(program, folder, { ...options, 'crash-at': 90 });
    const following = followTo(folder, last, 8);
    expect((await writer.ended).code).toBe('SIGKILL');
    writer = await startWriter(program, folder, { ...options, restart: true, 'crash-at': 151 });
    expect((await writer.ended).code).toBe('SIGKILL');
    writer = await startWriter(program, folder, { ...options, restart: true, blocks: 50 });
    expect((await writer.ended).code).toBe(0);
    writer = await startWriter(program, folder, { ...options, restart: true });
    const blocks = await following;
    expect((await writer.ended).code).toBe(0);
    using recorded = await openSource({ kind: 'leveldb', path: fixtureData(name) });
    const expected = await readAll(recorded, 1, last);
    expect(blocks.length).toBe(last);
    for (const [index, block] of blocks.entries())
      expect(block, `block ${index + 1}`).toEqual(expected[index]);
  });

  test('gives blocks without results where there is no state.db', async () => {
    const folder = join(temporaryFolder('node'), 'data');
    const from = fixtureData('terra-columbus5-devnet');
    const writer = await startWriter(program, folder, { from, rate: 0, blocks: 20 });
    await writer.ended;
    rmSync(join(folder, 'state.db'), { recursive: true });
    using source = await openLiveSource({ kind: 'leveldb', path: folder });
    for await (const head of source.heads(AbortSignal.timeout(60_000))) {
      expect(head).toMatchObject({ height: 20, resultsHeight: undefined });
      break;
    }
    expect((await readAll(source, 1, 20)).map(({ results }) => results)).toEqual(Array(20).fill(undefined));
  });

  test('ends with a clear error when the databases are replaced or removed', async () => {
    const folder = join(temporaryFolder('node'), 'data');
    const from = fixtureData('terra-columbus5-devnet');
    await (await startWriter(program, folder, { from, rate: 0, blocks: 60 })).ended;
    using source = await openLiveSource({ kind: 'leveldb', path: folder });
    const heads = source.heads(AbortSignal.timeout(60_000));
    await heads[Symbol.asyncIterator]().next();
    rmSync(folder, { recursive: true });
    cpSync(from, folder, { recursive: true });
    const next = async () => {
      for await (const head of source.heads(AbortSignal.timeout(60_000))) if (head.height > 60) return head;
      return undefined;
    };
    await expect(next()).rejects.toMatchObject({ code: 'LEVELDB_REPLACED' });
    rmSync(folder, { recursive: true });
    await expect(next()).rejects.toMatchObject({ code: 'LEVELDB_MISSING' });
  });
});
