/** What a worker does about each kind of failure at each question that it asks of the database and of its queue. */
import { BaleenError } from '@baleen/chain';
import type { EnqueuedRange, Store } from '@baleen/store';
import { answeredByPostgres } from '@baleen/testing';
import { expect, test } from 'vitest';
import type { JobQueue, Queues } from './queues.ts';
import { timingOf } from './timing.ts';
import { runWorker } from './worker.ts';

const ASKED: EnqueuedRange = {
  ...{ chainId: 'test-1', source: 'test-1', from: 1, to: 2, rangeSize: 1 },
  addresses: ['http://127.0.0.1:1'],
};

type Question = 'the enqueued ranges' | 'the next job' | 'the source';
const QUESTIONS: readonly Question[] = ['the enqueued ranges', 'the next job', 'the source'];

/** A worker that drains: `failure` is what the first answer to a question is. The enqueued range is gone at the second sweep. */
function drain(question: Question, failure: Error) {
  const lines: string[] = [];
  const asked = new Set<Question>();
  const answer = <Result>(to: Question, result: Result): Promise<Result> => {
    const isFirst = !asked.has(to);
    asked.add(to);
    return isFirst && to === question ? Promise.reject(failure) : Promise.resolve(result);
  };
  const queue = {
    name: 'q',
    next: () => answer('the next job', undefined),
    depth: async () => ({ waiting: 0, active: 0, delayed: 0 }),
  } as unknown as JobQueue;
  const store = {
    enqueued: () => answer('the enqueued ranges', asked.size === QUESTIONS.length ? [] : [ASKED]),
    failedRanges: async () => [],
    // Another worker completes the range.
    takeLease: async () => undefined,
  } as unknown as Store;
  const source = { ref: { kind: 'rpc' }, info: { chainId: ASKED.chainId } };
  const session = {
    ...{ chainId: ASKED.chainId, sources: [source], held: { from: 1, to: 2 } },
    missing: async () => [],
    openThreads: () => ({ rest: async () => undefined, close: async () => undefined }),
    close: () => undefined,
  };
  const ended = runWorker({
    store,
    queues: { open: () => queue } as unknown as Queues,
    timing: timingOf(0.01),
    ...{ holder: 'h', concurrency: 1, drain: true, sources: new Map() },
    openSession: () => answer('the source', session as never),
    signal: new AbortController().signal,
    walk: () => ({}),
    say: (line) => lines.push(line),
  });
  return { ended, lines };
}

const PASSES: readonly Error[] = [
  ...['08006', '25006', '40001', '53300', '55P03', '57014', '57P01', '58030', 'XX000'].map(
    answeredByPostgres,
  ),
  Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  new BaleenError('source', 'JOBS_UNREACHABLE', 'Redis is away'),
  // Somebody may mend it while the worker waits.
  answeredByPostgres('42501'),
  new BaleenError('operator', 'SOURCE_NOT_FOUND', 'no such folder'),
];
const OURS: readonly Error[] = [
  ...['22003', '23505', '42601'].map(answeredByPostgres),
  new TypeError('x is undefined'),
  new BaleenError('bug', 'PIPELINE_UNEXPECTED', 'a thread: x is undefined'),
];

test.each(QUESTIONS)('what passes is waited for where it asks for %s', async (question) => {
  for (const failure of PASSES) {
    const { ended, lines } = drain(question, failure);
    expect(await ended).toMatchObject({ interrupted: false, failing: [] });
    expect(lines).toEqual([expect.stringContaining(failure.message)]);
  }
});

test.each(QUESTIONS)('a fault of ours ends it where it asks for %s', async (question) => {
  for (const failure of OURS) await expect(drain(question, failure).ended).rejects.toBe(failure);
});
