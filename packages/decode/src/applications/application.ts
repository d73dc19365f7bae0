/** What differs between applications, as a record: one file of this folder per entry. */
import type { EraName, StateEraName, TxContent } from '@baleen/chain';
import type { Registry } from '../amino/registry.ts';

/** Decodes the bytes of a tx. `prefix` is that of account addresses, `terra`; undefined: nothing tells it.
 * @throws BaleenError data: a node of that application could not decode the tx either */
export type DecodeTx = (raw: Uint8Array, prefix: string | undefined) => TxContent;

/** How an application's txs are written. */
export type Transactions =
  | { readonly encoding: 'amino'; readonly registry: Registry }
  | {
      readonly encoding: 'protobuf';
      /** Files in `descriptors/`, whose types come first, second, ... */
      readonly descriptors: readonly string[];
    };

/** The stores of an application whose layouts are known. */
export interface KnownState {
  readonly layouts: StateEraName;
  /** All stores that it commits, in order of names. */
  readonly stores: readonly string[];
  /** The newest consensus version of each module that still writes these layouts. */
  readonly newestVersions: Readonly<Record<string, number>>;
}

export interface Application {
  readonly name: string;
  /** Software, in words: `Terra core 0.4 (SDK 0.39)`. */
  readonly software: string;
  /** Consensus eras that ran it. */
  readonly consensus: readonly EraName[];
  /** Chains that are known to run it, and from which height. */
  readonly chains: readonly { readonly chainId: string; readonly from: number }[];
  /** Of account addresses; undefined: each chain has its own. */
  readonly bech32Prefix: string | undefined;
  readonly transactions: Transactions;
  /** undefined: its state is not read. */
  readonly state: KnownState | undefined;
}
