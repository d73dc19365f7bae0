export { completeChain } from './complete-chain.ts';
export type { BackfillOrder } from './follow/backfill.ts';
export * from './follow/follow.ts';
export type { FollowHooks, FollowProgress } from './follow/progress.ts';
export { missingRanges } from './missing-ranges.ts';
export { knownStores } from './state/known-stores.ts';
export type { StoreCounts } from './state/protocol.ts';
export {
  type ReadStateOptions,
  readState,
  type StateProgress,
  type StateReport,
} from './state/read-state.ts';
export type { EncoderPool } from './walk/encoder-pool.ts';
export * from './walk/index-ranges.ts';
export { createStopwatch, type EncodeSeconds, type WrittenBatch, writtenBatch } from './walk/stages.ts';
