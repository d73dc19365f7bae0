import type { Store } from '@baleen/store';
import type { BlockSource } from './walk/block-source.ts';

/** Stores the genesis document of the source, and builds the indexes that are missing: the steps after all blocks are written. Once
 * `signal` is aborted it ends after the index that is being built; the next call goes on. */
export async function completeChain(
  source: Pick<BlockSource, 'info' | 'genesis'>,
  store: Store,
  options: {
    readonly wroteBlocks: boolean;
    readonly signal: AbortSignal;
    readonly onIndexes?: (() => void) | undefined;
  },
): Promise<void> {
  const { chainId } = source.info;
  const genesis = source.genesis();
  if (genesis !== undefined) await store.storeGenesis(chainId, genesis.chunks(options.signal));
  const status = (await store.status()).find((chain) => chain.chainId === chainId);
  if (!options.wroteBlocks && status?.missingIndexes.length === 0) return;
  options.onIndexes?.();
  await store.finish(chainId, options.signal);
}
