import type { Text } from './text.ts';

/** Step of executing a block at which an event was emitted. */
export type EventPhase = 'begin_block' | 'tx' | 'end_block' | 'finalize_block';

/** An ABCI event. Attributes in order, with repeats; an empty or absent key or value is `''`. */
export interface Event {
  readonly type: Text;
  readonly attributes: readonly (readonly [key: Text, value: Text])[];
}

/** Result of executing one tx. */
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

/** Results of executing a block. */
export interface BlockResults {
  /** Events of begin block; none from CometBFT 0.38 on. */
  readonly beginEvents: readonly Event[];
  readonly txs: readonly TxResult[];
  /** Events of end block; none from CometBFT 0.38 on. */
  readonly endEvents: readonly Event[];
  /** Events of the block itself from CometBFT 0.38 on. Applications on SDK 0.50 tell by the last attribute, `mode`, where they were
   * emitted. */
  readonly finalizeEvents: readonly Event[];
  readonly validatorUpdates: readonly ValidatorUpdate[];
  /** The hash that the next header carries as last_results_hash; empty where the era writes none for no txs. */
  readonly hash: Uint8Array;
}
