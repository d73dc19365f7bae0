import { BaleenError } from '@baleen/chain';
import type { Store } from '@baleen/store';

/** Number of heights with a permanent fault at which reading ends: then the source as a whole is at fault. */
export const MOST_FAULTS = 20;

/** True if an error is the permanent fault of one height, so that the heights beside it can be written. A block of another chain is no
 * such fault, as all heights of that source are of the other chain. */
export const isFaultOfHeight = (error: unknown): error is BaleenError & { readonly height: number } =>
  error instanceof BaleenError &&
  error.kind === 'data' &&
  error.code !== 'SOURCE_CHAIN_MISMATCH' &&
  error.height !== undefined;

/** Records the fault of a height in the view `failed_ranges`, where it stays until the height is written. Other errors are ignored. */
export async function rememberFailure(store: Store, chainId: string, error: unknown): Promise<void> {
  if (!isFaultOfHeight(error)) return;
  await store.recordFailure(chainId, { from: error.height, to: error.height }, error.message);
}
