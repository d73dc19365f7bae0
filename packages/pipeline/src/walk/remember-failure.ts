import { BaleenError } from '@baleen/chain';
import type { Store } from '@baleen/store';

/** Whether an error is the permanent fault of one height: the heights beside it can be written. */
export const isFaultOfHeight = (error: unknown): error is BaleenError & { readonly height: number } =>
  error instanceof BaleenError && error.kind === 'data' && error.height !== undefined;

/** Stores the fault of a height in the view `failed_ranges`, where it stays until the height is written. */
export async function rememberFailure(store: Store, chainId: string, error: unknown): Promise<void> {
  if (!isFaultOfHeight(error)) return;
  await store.recordFailure(chainId, { from: error.height, to: error.height }, error.message);
}
