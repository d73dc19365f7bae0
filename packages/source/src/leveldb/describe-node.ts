import type { BaleenError } from '@baleen/chain';
import type { NodeState } from '@baleen/decode/consensus';
import type { LevelDb } from '@baleen/leveldb';
import { dataError, operatorError } from '../errors.ts';
import { createGenesisSource, type GenesisPlace, lookIntoGenesis } from '../genesis/genesis.ts';
import type { SourceInfo } from '../source-info.ts';
import type { SourceOptions } from '../source-options.ts';
import { readApplicationSigns } from './application-signs.ts';
import { type BlockStoreState, envelopeAt, isWhole, readBlockStoreState } from './block-store.ts';
import { detectEra } from './era.ts';
import { isLive } from './live.ts';
import { databaseBytes, type NodeFiles } from './locate.ts';
import { findLosses } from './losses.ts';
import { findResults } from './results-range.ts';
import { readState, StateReader } from './state-store.ts';

/** Describes what the databases of a node hold.
 * @throws BaleenError  as `openSource` */
export async function describeNode(
  files: NodeFiles,
  blocks: LevelDb,
  state: LevelDb | undefined,
  options: SourceOptions,
): Promise<SourceInfo> {
  const store = readBlockStoreState(blocks);
  const summary = state === undefined ? undefined : readState(state);
  if (store === undefined || store.height === 0) throw withoutBlocks(files, summary?.height);
  const { era, notes } = detectEra(blocks, store, state, summary?.software ?? '');
  const head = findHead(blocks, store);
  const chainId = readChainId(blocks, head, summary, state);
  const results = state === undefined ? undefined : findResults(new StateReader(state), store.base, head);
  const { bech32Prefix, applicationSigns } =
    options.known ?? (await describeChain(chainId, files, state, options));
  const file = files.genesisFiles[0];
  const genesis: GenesisPlace | undefined =
    file !== undefined ? { kind: 'file', path: file } : createGenesisSource(state, [], chainId)?.places[0];
  const info = {
    path: files.data,
    databases: files.databases,
    backend: blocks.backend,
    chainId,
    era,
    software: summary?.software || undefined,
    initialHeight: summary?.initialHeight,
    base: store.base,
    head,
    resultsBase: results?.from,
    resultsHead: results?.to,
    stateHeight: summary?.height,
    genesis,
    bech32Prefix: options.bech32Prefix ?? bech32Prefix,
    applicationSigns,
    applications: options.known?.applications,
    live: isLive(files.blockStore),
    estimatedBytes:
      databaseBytes(files.blockStore) + (files.state === undefined ? 0 : databaseBytes(files.state)),
  };
  const losses = info.live ? [] : findLosses(files, store.height, info.stateHeight);
  return { ...info, losses, notes: [...notes, ...losses, ...describeGaps(info, store, losses)] };
}

function withoutBlocks(files: NodeFiles, stateHeight: number | undefined): BaleenError {
  const [loss] = isLive(files.blockStore) ? [] : findLosses(files, 0, stateHeight);
  return operatorError(
    'SOURCE_EMPTY',
    `open ${files.blockStore}: expected blocks, found none; ${loss ?? 'start the node once or name another folder'}`,
  );
}

/** What the genesis document and the application's database tell of the chain. */
async function describeChain(
  chainId: string,
  files: NodeFiles,
  state: LevelDb | undefined,
  { bech32Prefix: given, genesisModules, application }: SourceOptions,
): Promise<Pick<SourceInfo, 'bech32Prefix' | 'applicationSigns'>> {
  const stores = { ...readApplicationSigns(files), ...application };
  if (given !== undefined)
    return { bech32Prefix: given, applicationSigns: { ...stores, modules: genesisModules } };
  const { bech32Prefix, modules } = await lookIntoGenesis(state, files.genesisFiles, chainId);
  return { bech32Prefix, applicationSigns: { ...stores, modules } };
}

/** Height of the newest whole block. A node that was killed while it wrote may leave the meta of a block without its parts (0.33 writes the
 * meta first). */
export function findHead(blocks: LevelDb, store: BlockStoreState): number {
  if (store.height === store.base || isWhole(blocks, store.height)) return store.height;
  return store.height - 1;
}

function readChainId(
  blocks: LevelDb,
  head: number,
  summary: NodeState | undefined,
  state: LevelDb | undefined,
): string {
  const { chainId } = envelopeAt(blocks, head).envelope;
  if (summary !== undefined && state !== undefined && summary.chainId !== chainId)
    throw dataError(
      'SOURCE_CHAIN_MISMATCH',
      `open ${state.path}: expected chain id ${chainId}, as in ${blocks.path}, found ${summary.chainId}; the two databases are of two nodes`,
    );
  return chainId;
}

/** Says what the source lacks of a whole chain, a sentence each. */
function describeGaps(
  info: Omit<SourceInfo, 'notes' | 'losses'>,
  store: BlockStoreState,
  losses: readonly string[],
): string[] {
  const { base, head, stateHeight, resultsBase, resultsHead } = info;
  const notes: string[] = [];
  if (head < store.height)
    notes.push(
      `block ${store.height} is not whole (the node was stopped while it wrote it): the head is ${head}`,
    );
  if (base > (info.initialHeight ?? 1))
    notes.push(`blocks below ${base} are not there: pruned, or the node began at a snapshot`);
  if (!info.databases.includes('state.db'))
    notes.push('no state.db: no results, validator sets and consensus params');
  else if (stateHeight === undefined) notes.push('state.db holds no state yet');
  else if (stateHeight < head && losses.length === 0)
    notes.push(
      `the state is at ${stateHeight}, the block store is ahead by ${head - stateHeight}: normal after a kill or while the node runs`,
    );
  else if (stateHeight > head && losses.length === 0)
    notes.push(`the state is at ${stateHeight}, ahead of the newest whole block ${head}`);
  if (info.databases.includes('state.db')) {
    if (resultsBase === undefined || resultsHead === undefined)
      notes.push('no results: pruned or discarded by the node');
    else if (resultsBase > base || resultsHead < head)
      notes.push(`results are there for ${resultsBase}..${resultsHead} of ${base}..${head}`);
  }
  if (info.genesis === undefined) notes.push('no genesis document');
  return notes;
}
