import { BaleenError } from '@baleen/chain';
import type { Store } from '@baleen/store';
import { describeChain } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, openBench } from '../test/backends.ts';
import { runJob } from './run-job.ts';
import { timingOf } from './timing.ts';

const chainId = 'test-1';
const RANGE = { from: 1, to: 10 };

describe('a job that fails', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = (await openBench('postgres'))!;
    await bench.store.prepareChain(describeChain(chainId, { source: RANGE, wanted: RANGE }));
  });
  afterAll(() => bench.close());

  /** How it ends where asking for the lease again goes as given, one answer after the other. */
  async function endWhere(...renewals: (boolean | 'cut')[]): Promise<{ end: string; told: string[] }> {
    const queue = (await bench.openQueues()).open(`${chainId}/${renewals}`);
    await queue.add([{ payload: { chainId, source: chainId, ...RANGE }, priority: 1 }]);
    const renewLease = async (): Promise<boolean> => {
      const answer = renewals.shift();
      if (typeof answer === 'boolean') return answer;
      throw new Error('Connection terminated unexpectedly');
    };
    const told: string[] = [];
    const end = await runJob((await queue.next())!, {
      store: Object.create(bench.store, { renewLease: { value: renewLease } }) as Store,
      // So long that it is not renewed beside.
      timing: timingOf(60),
      holder: 'test',
      signal: new AbortController().signal,
      open: async () => {
        throw new BaleenError('source', 'SOURCE_UNREACHABLE', 'connect to the node: refused');
      },
      walk: () => ({}),
      onFailure: ({ message }) => void told.push(message),
    });
    return { end, told };
  }

  test('says so while it holds its range', async () => {
    expect(await endWhere(true)).toEqual({ end: 'failed', told: ['connect to the node: refused'] });
  });

  test('says nothing when another holds the range, also where its own connection was cut meanwhile', async () => {
    expect(await endWhere(false)).toEqual({ end: 'fenced', told: [] });
    expect(await endWhere('cut', false)).toEqual({ end: 'fenced', told: [] });
  });

  test('says so where the database is away', async () => {
    expect(await endWhere('cut', 'cut')).toMatchObject({ end: 'failed' });
  });
});
