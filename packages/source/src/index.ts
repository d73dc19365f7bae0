export type { GenesisPlace, GenesisSource, GenesisSummary } from './genesis.ts';
export { isLive } from './live.ts';
export { isRpcAddress } from './rpc/endpoint.ts';
export { openSource, type Source, type SourceInfo, type SourceOptions } from './source.ts';
