import type { Store } from '@baleen/store';
import type { BlockSource } from './walk/block-source.ts';

/** Stores the source's genesis document, and builds the missing indexes. These are the steps after all blocks are written. If `signal` is
 * aborted, it stops after the index that is being built, and the next call builds the others. */
export async function storeGenesisAndIndexes(
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
