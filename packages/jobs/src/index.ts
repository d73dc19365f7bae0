export { type Enqueued, enqueue } from './enqueue.ts';
export { queueName } from './job.ts';
export { openQueues, type Queues } from './queues.ts';
export type { OpenSession } from './source-cache.ts';
export { DEFAULT_LEASE_SECONDS, timingOf } from './timing.ts';
export { runWorker, type WorkerOptions, type WorkerReport } from './worker.ts';
