import { BaleenError } from '@baleen/chain';
import type { Store } from '@baleen/store';

/** Heights with a permanent fault, one after another or in one walk, after which reading ends: the source is bad, not a block of it. */
export const MOST_FAULTS = 20;

/** Whether an error is the permanent fault of one height: the heights beside it can be written. A block of another chain is none: it
 * tells of every height. */
export const isFaultOfHeight = (error: unknown): error is BaleenError & { readonly height: number } =>
  error instanceof BaleenError &&
  error.kind === 'data' &&
  error.code !== 'SOURCE_CHAIN_MISMATCH' &&
  error.height !== undefined;

/** Stores the fault of a height in the view `failed_ranges`, where it stays until the height is written. */
export async function rememberFailure(store: Store, chainId: string, error: unknown): Promise<void> {
  if (!isFaultOfHeight(error)) return;
  await store.recordFailure(chainId, { from: error.height, to: error.height }, error.message);
}
