import { BaleenError } from '@baleen/chain';
import { sourceAt } from '@baleen/source';
import { type Fault, fixture, replayRpc } from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import { batchesOf } from './batches-of.ts';
import type { BlockSource } from './block-source.ts';
import { openBlocks } from './open-blocks.ts';

const RECORDED = [fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')];

/** Batches as `from..to`, faults as their height and message. */
async function stepsOf(
  fault: (route: string, answer: string) => Fault | undefined,
  from: number,
  to: number,
): Promise<(string | [number | undefined, string])[]> {
  const node = await replayRpc(RECORDED, { fault });
  try {
    using source = await openBlocks(sourceAt(node.url), { retryMs: 1, bech32Prefix: 'terra' });
    const steps: (string | [number | undefined, string])[] = [];
    for await (const step of batchesOf(source, { from, to }))
      if (step.kind === 'fault') steps.push([step.error.height, step.error.message]);
      else steps.push(`${step.blocks[0]!.height}..${step.blocks.at(-1)!.height}`);
    return steps;
  } finally {
    await node.close();
  }
}

const answering = (route: string, result: unknown) => (asked: string) =>
  asked === route
    ? ({ kind: 'answer', body: JSON.stringify({ jsonrpc: '2.0', id: -1, result }) } as const)
    : undefined;

describe('batches of blocks', () => {
  test('are one as long as all blocks have results', async () => {
    expect(await stepsOf(() => undefined, 20, 28)).toEqual(['20..28']);
  });

  test('end where blocks without results begin', async () => {
    const data = 'could not find results for height #24';
    const error = { code: -32603, message: 'Internal error', data };
    const body = JSON.stringify({ jsonrpc: '2.0', id: -1, error });
    const refused = (route: string): Fault | undefined =>
      route === '/block_results?height=24' ? { kind: 'answer', status: 500, body } : undefined;
    expect(await stepsOf(refused, 22, 26)).toEqual(['22..23', '24..24', '25..26']);
  });

  test('leave a height out whose block is null: the block below is had without the header above it', async () => {
    const block = { block_id: { hash: '', parts: { total: '0', hash: '' } }, block: null };
    expect(await stepsOf(answering('/block?height=24', block), 20, 28)).toEqual([
      '20..23',
      [
        24,
        expect.stringMatching(
          /^read block 24 from .*: expected a block with .*, found no block; use another/,
        ),
      ],
      '25..28',
    ]);
  });

  test('leave a height out that hashes refute, whether it is the first or the last', async () => {
    const lie = (route: string, answer: string): Fault | undefined =>
      /^\/block\?height=(20|28)$/.test(route)
        ? { kind: 'answer', body: answer.replace(/("app_hash":\s*")\w{8}/, '$100000000') }
        : undefined;
    const wrong = (height: number) => [
      height,
      expect.stringMatching(new RegExp(`^prove block ${height} of `)),
    ];
    expect(await stepsOf(lie, 20, 28)).toEqual([wrong(20), '21..27', wrong(28)]);
  });

  test.each([
    new BaleenError('source', 'SOURCE_UNREACHABLE', 'ask the node: no answer'),
    new BaleenError('data', 'SOURCE_CHAIN_MISMATCH', 'read block 20: of another chain', { height: 20 }),
  ])('end with what keeps every height from being had: $code', async (error) => {
    const blocks = (): ReturnType<BlockSource['blocks']> => ({
      next: () => Promise.reject(error),
      return: () => Promise.resolve({ done: true, value: undefined }),
      throw: (cause) => Promise.reject(cause),
      [Symbol.asyncIterator]() {
        return this;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    await expect(batchesOf({ blocks }, { from: 20, to: 28 }).next()).rejects.toBe(error);
  });
});
