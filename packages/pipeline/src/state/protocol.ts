import type { NodeRef, StateEraName } from '@baleen/chain';
import type { StateCopy } from '@baleen/store';
import type { TransferredError } from '../walk/protocol.ts';

/** What the thread that walks a state is started with. */
export interface StateWorkerSetup {
  readonly source: NodeRef;
  readonly height: number;
  readonly chainId: string;
  readonly era: StateEraName;
  /** Stores to read. */
  readonly stores: readonly string[];
  /** Bech32 prefix of account addresses: `terra`. */
  readonly prefix: string;
}

/** Counts of a store that was read whole. */
export interface StoreCounts {
  readonly store: string;
  readonly leaves: number;
  readonly rows: number;
  /** Leaves that are kept raw as a whole or in part. */
  readonly unknown: number;
}

/** From the main thread: a permit to send one more copy. */
export type ToStateWorker = 'credit';

/** To the main thread. The buffers of copies are transferred, not copied. */
export type FromStateWorker =
  | {
      readonly kind: 'copy';
      readonly copy: StateCopy;
      /** Leaves of all stores read so far. */
      readonly leaves: number;
    }
  | { readonly kind: 'store'; readonly counts: StoreCounts }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly error: TransferredError };
