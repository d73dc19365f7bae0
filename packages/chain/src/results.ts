import type { Text } from './text.ts';

/** Where in the execution of a block an event was emitted. */
export type EventPhase = 'begin_block' | 'tx' | 'end_block' | 'finalize_block';

/** An ABCI event. Attributes in order, with repeats; an empty or absent key or value is `''`. */
export interface Event {
  readonly type: Text;
  readonly attributes: readonly (readonly [key: Text, value: Text])[];
}

/** What executing one tx answered. */
export interface TxResult {
  /** uint32; 0 is success. */
  readonly code: number;
  readonly data: Uint8Array;
  readonly log: Text;
  readonly info: Text;
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
  readonly codespace: Text;
  readonly events: readonly Event[];
}

export interface ValidatorUpdate {
  readonly keyType: string;
  readonly publicKey: Uint8Array;
  readonly power: bigint;
}

/** What executing a block answered. */
export interface BlockResults {
  readonly beginEvents: readonly Event[];
  readonly txs: readonly TxResult[];
  readonly endEvents: readonly Event[];
  readonly validatorUpdates: readonly ValidatorUpdate[];
  /** The hash that the next header carries as last_results_hash; empty where the era writes none for no txs. */
  readonly hash: Uint8Array;
}
