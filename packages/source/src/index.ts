export { isArchive, type UnpackedArchive, unpackArchive } from './archive/unpack-archive.ts';
export { createPace } from './block-pace.ts';
export type { GenesisPlace, GenesisSource, GenesisSummary } from './genesis/genesis.ts';
export { modulesIn } from './genesis/module-finder.ts';
export { isLive } from './leveldb/live.ts';
export type { Head, Heads, LiveSource } from './live-source.ts';
export {
  type Headers,
  kindOf,
  openLiveSource,
  openSource,
  parseSources,
  sourceAt,
  sourceWith,
} from './open-source.ts';
export { type Candidate, endpointsOf, rawOf } from './rpc/candidate.ts';
export type { Endpoint } from './rpc/endpoint.ts';
export { parseEndpointAddress, withoutSecrets } from './rpc/endpoint-address.ts';
export type { EndpointPreference, Fact, Pages } from './rpc/facts.ts';
export { LOGIN_WAYS } from './rpc/interpret.ts';
export type { SharedLimits } from './rpc/shared-limit.ts';
export type { CandidateSource, FileSource, OpenSource, Source } from './source.ts';
export type { EndpointHealth, SourceInfo } from './source-info.ts';
export type { SourceKind } from './source-kind.ts';
export type { LiveOptions, SourceOptions } from './source-options.ts';
export { type ComparedAppHash, compareAppHashes } from './state/app-hashes.ts';
export {
  openState,
  type State,
  type StateInfo,
  type StateOptions,
  type StateStore,
} from './state/open-state.ts';
