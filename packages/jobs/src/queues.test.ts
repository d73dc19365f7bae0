import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, backends, needsBackend, openBench } from '../test/backends.ts';
import type { JobQueue, NewJob, TakenJob } from './queues.ts';

const jobOf = (from: number, priority = 1): NewJob => ({
  payload: { chainId: 'test-1', source: 'test-1', from, to: from + 9 },
  priority,
});

/** The next job, once there is one. */
async function nextJob(queue: JobQueue): Promise<TakenJob> {
  for (;;) {
    const job = await queue.next();
    if (job !== undefined) return job;
    await sleep(20);
  }
}

describe.each(backends)('a queue in %s', (backend) => {
  let bench: Bench | undefined;
  let names = 0;
  beforeAll(async () => {
    bench = await openBench(backend);
  });
  beforeEach(needsBackend(backend));
  afterAll(() => bench?.close());

  const newQueue = async (leaseSeconds?: number): Promise<JobQueue> =>
    (await bench!.openQueues(leaseSeconds)).open(`test-1/${++names}`);

  test('holds each range once, however often it is added', async () => {
    const queue = await newQueue();
    await queue.add([jobOf(1), jobOf(11)]);
    await queue.add([jobOf(11), jobOf(21)]);
    expect(await queue.depth()).toEqual({ waiting: 3, active: 0, delayed: 0 });
  });

  test('gives lower numbers first, and nothing when it is empty', async () => {
    const queue = await newQueue();
    await queue.add([jobOf(1, 3), jobOf(11, 2), jobOf(21, 1)]);
    for (const from of [21, 11, 1]) {
      const job = await queue.next();
      expect(job!.payload().from).toBe(from);
      await job!.complete();
    }
    expect(await queue.next()).toBeUndefined();
    expect(await queue.depth()).toEqual({ waiting: 0, active: 0, delayed: 0 });
  });

  test('brings a failed job back after a wait, and forgets one that may not be tried again', async () => {
    const queue = await newQueue(0.2);
    await queue.add([jobOf(1)]);
    await (await nextJob(queue)).fail(new Error('the node is away'), true);
    expect(await queue.depth()).toMatchObject({ waiting: 0, active: 0, delayed: 1 });
    const again = await nextJob(queue);
    expect(again.triesMade).toBe(1);
    await again.fail(new Error('the block is bad'), false);
    expect(await queue.depth()).toEqual({ waiting: 0, active: 0, delayed: 0 });
    await queue.add([jobOf(1)]);
    expect((await nextJob(queue)).triesMade).toBe(0);
  });

  test('a job that is given back or put off has not been tried', async () => {
    const queue = await newQueue();
    await queue.add([jobOf(1)]);
    await (await nextJob(queue)).giveBack();
    await (await nextJob(queue)).putOff(50);
    expect((await nextJob(queue)).triesMade).toBe(0);
  });

  test('a job whose worker says nothing is given to another', async () => {
    const name = `test-1/${++names}`;
    const silent = (await bench!.openQueues(0.4)).open(name);
    await silent.add([jobOf(1)]);
    const lost = await nextJob(silent);
    // So long that it does not lose the job, too, on a busy machine.
    const other = (await bench!.openQueues(4)).open(name);
    const taken = await nextJob(other);
    expect(taken.payload()).toEqual(lost.payload());
    await expect(lost.complete()).rejects.toThrow();
    await taken.complete();
    expect(await other.depth()).toEqual({ waiting: 0, active: 0, delayed: 0 });
  });

  test('a job that was taken before the queue was away can be ended when it is back', async () => {
    const queue = await newQueue(60);
    await queue.add([jobOf(1), jobOf(11)]);
    const [first, second] = [await nextJob(queue), await nextJob(queue)];
    await bench!.whileAway(async () => {
      await expect(queue.depth()).rejects.toThrow();
      await expect(queue.next()).rejects.toThrow();
      await expect(first.complete()).rejects.toThrow();
    });
    await first.complete();
    await second.fail(new Error('the node is away'), true);
    expect(await queue.depth()).toEqual({ waiting: 0, active: 0, delayed: 1 });
  });

  test('a job whose worker extends it stays its own', async () => {
    const name = `test-1/${++names}`;
    const [leaseSeconds, times] = [3, 45];
    const busy = (await bench!.openQueues(leaseSeconds)).open(name);
    await busy.add([jobOf(1)]);
    const job = await nextJob(busy);
    const other = (await bench!.openQueues(leaseSeconds)).open(name);
    for (let time = 0; time < times; time++) {
      await job.extend();
      expect(await other.next()).toBeUndefined();
      await sleep(100);
    }
    await job.complete();
  });
});
