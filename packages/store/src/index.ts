export type { ContentRun, EncodedBatch } from './batch.ts';
export type { EnqueuedRange } from './enqueued.ts';
export type { FailedRange } from './failures.ts';
export type { Lease, LeaseRequest } from './leases.ts';
export { mayPass } from './may-pass.ts';
export { openStore } from './open-store.ts';
export type * from './operations.ts';
export type { ReplaceStateOptions, StateCopy, StateDescription, StateOutcome } from './state.ts';
export type * from './store.ts';
