export { ChainSession, type OpenRange, type SessionOptions } from './chain-session.ts';
export type { BackfillOrder } from './follow/backfill.ts';
export * from './follow/follow.ts';
export type { FollowHooks, FollowProgress } from './follow/progress.ts';
export { checkCrossCheck, openSources } from './open-sources.ts';
export { type PrepareOptions, prepareChain } from './prepare-chain.ts';
export {
  type RedecodeReport,
  type Redecoding,
  redecodeChain,
} from './redecode/redecode-chain.ts';
export { sampleBlocks } from './sample-blocks.ts';
export { knownStores } from './state/known-stores.ts';
export type { StoreCounts } from './state/protocol.ts';
export {
  type ReadStateOptions,
  readState,
  type StateProgress,
  type StateReport,
} from './state/read-state.ts';
export { storeGenesisAndIndexes } from './store-genesis-and-indexes.ts';
export { storedPrefix } from './stored-prefix.ts';
export type { VerifyFault } from './verify/fault-list.ts';
export * from './verify/verify-chain.ts';
export { type BlockSource, heldBy, type LiveBlockSource, type ReadBlock } from './walk/block-source.ts';
export * from './walk/index-ranges.ts';
export { openBlocks, openLiveBlocks } from './walk/open-blocks.ts';
export { createStopwatch, type EncodeSeconds, type WrittenBatch, writtenBatch } from './walk/stages.ts';
export type { ThreadPool } from './walk/thread-pool.ts';
