import type { BlockRange } from '@baleen/chain';
import { chooseApplications } from '@baleen/decode/applications';
import type { ChainDescription, Store } from '@baleen/store';
import { applicationsOf, checkApplications, disagreements, readBy } from './chain-applications.ts';
import { eventsPerBlock, sampleBlocks } from './sample-blocks.ts';
import { storedPrefix } from './stored-prefix.ts';
import { type BlockSource, heldBy } from './walk/block-source.ts';

export interface PrepareOptions {
  readonly store: Store;
  /** True if the source is accepted as the chain that the database has even if nothing proves it. */
  readonly trust: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called with a line about each thing that the source lacks, and about each genesis document that is not used. */
  readonly warn?: ((line: string) => void) | undefined;
}

/** Creates the chain in the database, or proves that the source is of the chain that the database has. From then on the source decodes txs
 * by the applications that the database has stored for the chain.
 *
 * @param wanted  heights that the user asked for; the view `gaps` shows those that are missing. undefined if the user named none
 * @throws BaleenError of the source, of `prepareChain` of the store, or as `checkApplications` */
export async function prepareChain(
  source: BlockSource,
  wanted: BlockRange | undefined,
  options: PrepareOptions,
): Promise<void> {
  for (const loss of source.info.losses) options.warn?.(loss);
  const description = await describeChain(source, wanted, options);
  checkApplications(description.chainId, source.info.era, description.applications);
  const inForce = await options.store.prepareChain(description);
  for (const line of disagreements(source.info, inForce)) options.warn?.(line);
  readBy(source, inForce, await storedPrefix(source.info.chainId, options.store));
}

async function describeChain(
  source: BlockSource,
  wanted: BlockRange | undefined,
  { store, trust, signal, warn }: PrepareOptions,
): Promise<ChainDescription> {
  const { info } = source;
  const range = heldBy(source);
  const stored = await storedChain(info.chainId, store);
  const genesis = (await needsGenesis(source, stored, store))
    ? await source.genesis()?.summary(signal)
    : undefined;
  for (const line of genesis?.notUsed ?? []) warn?.(line);
  const initialHeight = info.initialHeight ?? genesis?.initialHeight ?? 1;
  return {
    chainId: info.chainId,
    initialHeight,
    applications: applicationsOf(chooseApplications(info), initialHeight),
    genesisHash: genesis?.hash,
    genesisFileSha256: genesis?.fileSha256,
    bech32Prefix: info.bech32Prefix ?? genesis?.bech32Prefix,
    // The size of partitions is only chosen for a new chain. For others no blocks are sampled, to spare the node.
    eventsPerBlock: stored === undefined ? await eventsPerBlock(sampleBlocks(source, range)) : 0,
    source: range,
    wanted,
    headerAt: async (height) => {
      const block = await source.blockAt(height);
      return block && { blockHash: block.id.hash, lastBlockHash: block.header.lastBlockId.hash };
    },
    trust,
  };
}

interface StoredChain {
  readonly hasGenesis: boolean;
}

async function storedChain(chainId: string, store: Store): Promise<StoredChain | undefined> {
  const [stored] = await store.query('select genesis_hash from baleen.chains where chain_id = $1', [chainId]);
  return stored && { hasGenesis: stored.genesis_hash !== null };
}

/** Returns true if the genesis document has to be read: the database has none, or it has no block in common with the source. Otherwise it
 * is not read, since a document of a gigabyte takes long. */
async function needsGenesis(
  source: BlockSource,
  stored: StoredChain | undefined,
  store: Store,
): Promise<boolean> {
  if (stored === undefined || !stored.hasGenesis) return true;
  const range = heldBy(source);
  const [first] = await store.missing(source.info.chainId, range, ['blocks']);
  return first?.from === range.from && first.to === range.to;
}
