/** One address is not one node: behind it an archive and a pruned node answer in turn. */
import type { RpcRef } from '@baleen/chain';
import { type Fault, fixture, type ReplayServer, replayRpc } from '@baleen/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { openSource } from '../open-source.ts';
import { rawOf } from './candidate.ts';

const FILE = fixture('terra-columbus5-devnet', 'rpc.jsonl.gz');
/** Lowest height of the pruned node. */
const PRUNED = 200;
const HASTY = { retryMs: 1, timeoutMs: 5_000, bech32Prefix: 'terra' };

let balancer: ReplayServer;
afterEach(() => balancer.close());

const refusal = (data: string): Fault => ({
  kind: 'answer',
  status: 500,
  body: JSON.stringify({ jsonrpc: '2.0', id: -1, error: { code: -32603, message: 'Internal error', data } }),
});

/** What the pruned node answers; undefined: the same as the archive. */
function ofPruned(route: string, answer: string): Fault | undefined {
  if (route === '/status') {
    const body = answer
      .replace(/("earliest_block_height":\s*)"1"/, `$1"${PRUNED}"`)
      .replace(/("id":\s*)"[0-9a-f]{40}"/, `$1"${'ab'.repeat(20)}"`);
    return { kind: 'answer', body };
  }
  const height = Number(/height=(\d+)/.exec(route)?.[1] ?? PRUNED);
  if (height >= PRUNED) return undefined;
  return route.startsWith('/block_results')
    ? refusal(`could not find results for height #${height}`)
    : refusal(`height ${height} is not available, lowest height is ${PRUNED}`);
}

/** @param isPruned  whether the pruned node answers the request with this number */
async function open(isPruned: (request: number) => boolean) {
  let requests = 0;
  balancer = await replayRpc([FILE], {
    fault: (route, answer) => (isPruned(requests++) ? ofPruned(route, answer) : undefined),
  });
  const ref: RpcRef = { kind: 'rpc', endpoints: [balancer.url] };
  return openSource(ref, HASTY);
}

/** As a balancer's dice fall, the same ones in each run. */
function dice(seed: number): () => boolean {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state >> 8) % 2 === 0;
  };
}

describe('an archive and a pruned node behind one address', () => {
  test.each<[string, (request: number) => boolean]>([
    ['in turn, the pruned one first', (request) => request % 2 === 0],
    ['in turn, the archive first', (request) => request % 2 === 1],
    ['two of three times the pruned one', (request) => request % 3 !== 2],
    ['by dice', dice(123_456_789)],
    ['by other dice', dice(987_654_321)],
  ])('%s: all of it is had, with results, and the base stays', async (_how, isPruned) => {
    using source = await open(isPruned);
    expect(source.info).toMatchObject({ base: 1, resultsBase: 1, head: 306 });
    const heights: number[] = [];
    for await (const each of source.candidates({ from: 1, to: 120 }, undefined, false)) {
      const { height, results } = rawOf(each, source.info);
      expect([height, results === undefined]).toEqual([height, false]);
      heights.push(height);
    }
    expect(heights).toEqual(Array.from({ length: 120 }, (_, at) => at + 1));
    expect(source.health()).toMatchObject([{ base: 1, trouble: undefined }]);
  });
});

test('a node that is alone and pruned says so once for all', async () => {
  using source = await open(() => true);
  expect(source.info).toMatchObject({ base: PRUNED, resultsBase: PRUNED });
});
