/** What differs between applications, as a record: one file of this folder per entry. */
import type { EraName, StateEraName, TxContent } from '@baleen/chain';
import type { Registry } from '../amino/registry.ts';

/** Decodes the bytes of a tx. `prefix` is that of account addresses, `terra`; undefined: nothing tells it.
 * @throws BaleenError data: a node of that application could not decode the tx either */
export type DecodeTx = (raw: Uint8Array, prefix: string | undefined) => TxContent;

/** Encoding of an application's txs, and the types that they may hold. */
export type Transactions =
  | { readonly encoding: 'amino'; readonly registry: Registry }
  | {
      readonly encoding: 'protobuf';
      /** Files in `descriptors/`, without `.binpb.gz`: alternatives in the order in which they are tried. Of the files of an
       * alternative the first that has a type counts. A later alternative is tried only for a message that the earlier ones do
       * not understand wholly: of an unknown type, or with unknown fields. */
      readonly descriptors: readonly (readonly string[])[];
    };

/** The stores of an application whose layouts are known. */
export interface KnownState {
  readonly layouts: StateEraName;
  /** All stores that it commits, in order of names. */
  readonly stores: readonly string[];
  /** The newest consensus version of each module that still writes these layouts. */
  readonly newestVersions: Readonly<Record<string, number>>;
}

/** A chain that is known to run an application, up to where it is known to run another one. */
export interface KnownChain {
  readonly chainId: string;
  /** First height; undefined: only a node's own record of the plan tells it. */
  readonly from?: number;
  /** Name of the upgrade plan with which it begins: the height at which a node carried it out counts before `from`. */
  readonly plan?: string;
}

export interface Application {
  readonly name: string;
  /** Software, in words: `Terra core 0.4 (SDK 0.39)`. */
  readonly software: string;
  /** Consensus eras that ran it. */
  readonly consensus: readonly EraName[];
  /** Chains that are known to run it. */
  readonly chains: readonly KnownChain[];
  /** Upgrade plans with which a chain that has its marks begins to run it. */
  readonly plans?: readonly string[];
  /** Modules that tell the application: it is this one if the stores that it committed, or the modules in the genesis document, have
   * all of these names. Of several such applications the first in the table is the one. None: names do not tell it. */
  readonly marks?: readonly string[];
  /** Version of a node's consensus software, `0.37`, that only its line of the SDK runs on: where nothing else tells, it is taken. */
  readonly nodeVersion?: string;
  /** True: nobody knows the application. An amino tx is read by an application of its era whose txs begin as it does; a protobuf message
   * that does not fit its descriptor stays raw. */
  readonly guesses?: boolean;
  /** Bech32 prefix of account addresses, `terra`; undefined: each chain has its own. */
  readonly bech32Prefix: string | undefined;
  readonly transactions: Transactions;
  /** undefined: its state is not read. */
  readonly state: KnownState | undefined;
}
