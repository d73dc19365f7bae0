import { join } from 'node:path';
import type { RawLevelDbBlock } from '@baleen/chain';
import { openLevelDb } from '@baleen/leveldb';
import { fixtureData, temporaryFolder } from '@baleen/testing';
import { ClassicLevel } from 'classic-level';
import { describe, expect, test } from 'vitest';
import { openLiveLevelDbSource } from './live-leveldb-source.ts';
import type { Head } from './live-source.ts';
import type { Source } from './source.ts';

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/** A node in slow motion: each step is one write to one of its databases, taken from a recording. */
class SlowNode {
  readonly path = temporaryFolder('node');
  private readonly blocks = this.database('blockstore.db');
  private readonly state = this.database('state.db');

  private database(name: string): { recorded: Map<string, Uint8Array>; level: Level } {
    using db = openLevelDb(join(fixtureData('terra-columbus5-devnet'), name));
    const recorded = new Map<string, Uint8Array>();
    for (const [key, value] of db.entries()) recorded.set(Buffer.from(key).toString('latin1'), value.slice());
    const level = new ClassicLevel<Uint8Array, Uint8Array>(join(this.path, name), {
      keyEncoding: 'view',
      valueEncoding: 'view',
    });
    return { recorded, level };
  }

  async block(height: number): Promise<void> {
    const pattern = new RegExp(`^(P:${height}:\\d+|H:${height}|C:${height - 1}|SC:${height})$`);
    await this.copy(this.blocks, pattern);
    await this.put('blockstore.db', 'blockStore', Uint8Array.from([0x08, 1, 0x10, height]));
  }

  async results(height: number): Promise<void> {
    const keys = [
      `abciResponsesKey:${height}`,
      `validatorsKey:${height + 2}`,
      `consensusParamsKey:${height + 1}`,
    ];
    await this.copy(this.state, new RegExp(`^(${keys.join('|')})$`));
  }

  async begin(): Promise<void> {
    await this.copy(this.state, /^(genesisDoc|stateKey|validatorsKey:[12]|consensusParamsKey:1)$/);
  }

  async put(database: 'blockstore.db' | 'state.db', key: string, value: Uint8Array): Promise<void> {
    const { level } = database === 'state.db' ? this.state : this.blocks;
    await level.put(Buffer.from(key), value);
  }

  async start(): Promise<void> {
    await this.blocks.level.open();
    await this.state.level.open();
  }

  async stop(): Promise<void> {
    await this.blocks.level.close();
    await this.state.level.close();
  }

  private async copy(
    { recorded, level }: { recorded: Map<string, Uint8Array>; level: Level },
    pattern: RegExp,
  ): Promise<void> {
    for (const [key, value] of recorded) if (pattern.test(key)) await level.put(Buffer.from(key), value);
  }
}

async function startNode(blocks: number): Promise<SlowNode> {
  const node = new SlowNode();
  await node.begin();
  for (let height = 1; height <= blocks; height++) {
    await node.block(height);
    await node.results(height);
  }
  return node;
}

async function readAll(source: Source, from: number, to: number): Promise<RawLevelDbBlock[]> {
  const blocks: RawLevelDbBlock[] = [];
  for await (const block of source.read({ from, to })) blocks.push(block as RawLevelDbBlock);
  return blocks;
}

const heightsOf = ({ value }: IteratorResult<Head>) => [value.height, value.resultsHeight];

describe('openLiveLevelDbSource', () => {
  test('gives the head at once, then each block as it is written and its results after it', async () => {
    const node = await startNode(5);
    using source = await openLiveLevelDbSource(node.path);
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
    const node = await startNode(3);
    await node.stop();
    using source = await openLiveLevelDbSource(node.path);
    const heads = source.heads(AbortSignal.timeout(60_000))[Symbol.asyncIterator]();
    expect(heightsOf(await heads.next())).toEqual([3, 3]);
    const next = heads.next();
    await node.start();
    await node.put('blockstore.db', 'version', Buffer.from('v1'));
    await node.block(4);
    await expect(next).rejects.toMatchObject({ code: 'SOURCE_ERA_UNSUPPORTED', kind: 'operator' });
    await node.stop();
  });
});
