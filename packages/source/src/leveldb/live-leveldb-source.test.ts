import type { RawLevelDbBlock } from '@baleen/chain';
import { startSlowNode } from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import type { Head } from '../live-source.ts';
import { openLiveSource } from '../open-source.ts';
import type { FileSource } from '../source.ts';

async function readAll(source: FileSource, from: number, to: number): Promise<RawLevelDbBlock[]> {
  const blocks: RawLevelDbBlock[] = [];
  for await (const block of source.read({ from, to })) blocks.push(block);
  return blocks;
}

const heightsOf = ({ value }: IteratorResult<Head>) => [value.height, value.resultsHeight];

describe('openLiveLevelDbSource', () => {
  test('gives the head at once, then each block as it is written and its results after it', async () => {
    const node = await startSlowNode('terra-columbus5-devnet', 5);
    using source = await openLiveSource({ kind: 'leveldb', path: node.path });
    const stop = new AbortController();
    const heads = source.heads(stop.signal)[Symbol.asyncIterator]();
    expect(heightsOf(await heads.next())).toEqual([5, 5]);
    for (let height = 6; height <= 12; height++) {
      const next = heads.next();
      await node.block(height);
      expect(heightsOf(await next)).toEqual([height, height - 1]);
      const [block] = await readAll(source, height, height);
      expect(block).toMatchObject({ height, results: undefined });
      await node.results(height);
      expect(heightsOf(await heads.next())).toEqual([height, height]);
      const [whole] = await readAll(source, height, height);
      expect(whole!.results).toBeInstanceOf(Uint8Array);
    }
    const last = heads.next();
    stop.abort();
    expect((await last).done).toBe(true);
    await expect(readAll(source, 12, 13)).rejects.toThrow('within 1..12');
    expect(source.info.head).toBe(5);
    await node.stop();
  });

  test('waits for a node that is stopped, and ends when it goes on with another version', async () => {
    const node = await startSlowNode('terra-columbus5-devnet', 3);
    await node.stop();
    using source = await openLiveSource({ kind: 'leveldb', path: node.path });
    const heads = source.heads(AbortSignal.timeout(60_000))[Symbol.asyncIterator]();
    expect(heightsOf(await heads.next())).toEqual([3, 3]);
    const refused = expect(heads.next()).rejects.toMatchObject({
      code: 'SOURCE_ERA_UNSUPPORTED',
      kind: 'operator',
    });
    await node.start();
    await node.put('blockstore.db', 'version', Buffer.from('v2'));
    await node.block(4);
    await refused;
    await node.stop();
  });

  test('ends when the first results of CometBFT 0.38 follow a block that its node wrote in the form of 0.37', async () => {
    const node = await startSlowNode('terra-columbus5-devnet', 3);
    using source = await openLiveSource({ kind: 'leveldb', path: node.path });
    const heads = source.heads(AbortSignal.timeout(60_000))[Symbol.asyncIterator]();
    expect(heightsOf(await heads.next())).toEqual([3, 3]);
    const next = heads.next();
    await node.block(4);
    expect(heightsOf(await next)).toEqual([4, 3]);
    await node.resultsOf038(4);
    await expect(heads.next()).rejects.toMatchObject({ code: 'SOURCE_ERA_CHANGED' });
    await node.stop();
  });
});
