import type { TxResult } from './results.ts';
import type { Text } from './text.ts';

export interface Coin {
  readonly denom: Text;
  /** Base units; may be negative only in malformed txs. */
  readonly amount: bigint;
}

/** A message of a tx, or one nested in it. Values are JSON text, so that it is serialised once. */
export interface Message {
  /** Index of the tx's own message that this is or is nested in. */
  readonly index: number;
  /** `''` for a tx's own message; dotted zero-based indexes for nested ones: `'0'`, `'1.0'`. */
  readonly path: string;
  /** As the chain calls it: `bank/MsgSend` (amino) or `/cosmos.bank.v1beta1.MsgSend`. Amino without a name: its 4 prefix bytes in hex. */
  readonly type: Text;
  /** Uniform name, `bank.MsgSend`; undefined where the type tells none (unknown amino prefix). */
  readonly name: string | undefined;
  /** JSON text as the chain's REST prints the message inside a tx, without the outermost type; undefined: unknown type. */
  readonly value: string | undefined;
  /** JSON text of the schemaless reading `{"1": ...}`; only for unknown types. */
  readonly fields: string | undefined;
  /** The message's bytes (amino with its prefix; the protobuf Any's value). */
  readonly raw: Uint8Array;
}

/** One signature of a tx. A multisig is one of these with `members`. */
export interface TxSignature {
  /** Bech32 account address, undefined when the signer can't be told (unknown message, no public key). */
  readonly signer: string | undefined;
  /** JSON text of the public key as the chain's REST prints it; undefined when the tx has none. */
  readonly publicKey: string | undefined;
  /** undefined in StdTx, which does not carry it. */
  readonly sequence: bigint | undefined;
  /** `SIGN_MODE_DIRECT`, ...; StdTx: `SIGN_MODE_LEGACY_AMINO_JSON`; multisig: undefined, its members have modes. */
  readonly signMode: string | undefined;
  readonly signature: Uint8Array;
  /** Signatures of a multisig's members who signed, with their position among the keys. */
  readonly members: readonly TxSignatureMember[] | undefined;
}

export interface TxSignatureMember {
  readonly keyIndex: number;
  readonly signMode: string | undefined;
  readonly signature: Uint8Array;
}

/** A tx that could be decoded. */
export interface TxContent {
  readonly messages: readonly Message[];
  readonly memo: Text;
  readonly feeCoins: readonly Coin[];
  readonly feeGas: bigint;
  /** fee.granter, bech32; undefined where there is none (or the era knows none). */
  readonly feeGranter: string | undefined;
  /** fee.granter, else fee.payer, else the first signer; undefined when unknown. */
  readonly feePayer: string | undefined;
  readonly signatures: readonly TxSignature[];
  /** 0: none. undefined: the era knows none. */
  readonly timeoutHeight: bigint | undefined;
  /** JSON text of what else the tx's body and auth info set, `{"unordered":true}`, as the chain's REST prints it: extension options,
   * SDK 0.46's tip, SDK 0.53's unordered and timeout_timestamp. undefined: nothing, or something that is not understood. */
  readonly extra?: string | undefined;
}

/** A tx in a block. The same bytes may stand in several blocks. */
export interface Tx {
  readonly index: number;
  /** sha256 of `raw`. */
  readonly hash: Uint8Array;
  readonly raw: Uint8Array;
  readonly content: TxContent | undefined;
  /** Why `content` is undefined. */
  readonly decodeError: string | undefined;
  readonly result: TxResult | undefined;
}
