export { createPace } from './block-pace.ts';
export type { GenesisPlace, GenesisSource, GenesisSummary } from './genesis/genesis.ts';
export { isLive } from './leveldb/live.ts';
export { type LiveOptions, openLiveLevelDbSource } from './leveldb/live-leveldb-source.ts';
export type { Head, LiveSource } from './live-source.ts';
export { openLiveSource } from './open-live-source.ts';
export { isRpcAddress } from './rpc/endpoint.ts';
export { shareLimits, type Together } from './rpc/shared-limit.ts';
export {
  type EndpointHealth,
  openSource,
  type RpcJudge,
  type Source,
  type SourceInfo,
  type SourceOptions,
} from './source.ts';
export { type ComparedAppHash, compareAppHashes } from './state/app-hashes.ts';
export {
  openState,
  type State,
  type StateInfo,
  type StateOptions,
  type StateStore,
} from './state/open-state.ts';
