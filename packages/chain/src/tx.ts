import type { TxResult } from './results.ts';
import type { Text } from './text.ts';

export interface Coin {
  readonly denom: Text;
  /** In base units. Only a malformed tx can have a negative amount. */
  readonly amount: bigint;
}

/** A message of a tx, or one nested in such a message. Values are kept as JSON text, so that they are serialised only once. */
export interface Message {
  /** Index of the message in the tx. A nested message has the index of the tx's message that contains it. */
  readonly index: number;
  /** `''` for a tx's own message; dotted zero-based indexes for nested ones: `'0'`, `'1.0'`. */
  readonly path: string;
  /** The type's name on the chain: `bank/MsgSend` (amino) or `/cosmos.bank.v1beta1.MsgSend`. An amino type that Baleen does not know has
   * its 4 prefix bytes in hex instead. */
  readonly type: Text;
  /** The type's name in the form that is the same in all eras, `bank.MsgSend`; undefined if the amino prefix is not known. */
  readonly name: string | undefined;
  /** JSON text of the message as the chain's REST server prints it inside a tx, without the type; undefined if the type is not known. */
  readonly value: string | undefined;
  /** JSON text of the fields by number, `{"1": ...}`, as far as they can be read without a schema; only for types that are not known. */
  readonly fields: string | undefined;
  /** The message's bytes (amino with its prefix; the protobuf Any's value). */
  readonly raw: Uint8Array;
}

/** One signature of a tx. A multisig's signature is one signature whose `members` are those of the single keys. */
export interface TxSignature {
  /** Bech32 account address of the signer; undefined if it can't be found out (unknown message, no public key). */
  readonly signer: string | undefined;
  /** JSON text of the public key as the chain's REST server prints it; undefined if the tx does not contain it. */
  readonly publicKey: string | undefined;
  /** Sequence number of the signer's account; undefined in an amino StdTx, which does not contain it. */
  readonly sequence: bigint | undefined;
  /** `SIGN_MODE_DIRECT`, …; an amino StdTx has `SIGN_MODE_LEGACY_AMINO_JSON`. undefined for a multisig, whose members have modes. */
  readonly signMode: string | undefined;
  readonly signature: Uint8Array;
  /** Of a multisig: the signatures of the members that signed, each with the position of its key. undefined if it is no multisig. */
  readonly members: readonly TxSignatureMember[] | undefined;
}

export interface TxSignatureMember {
  readonly keyIndex: number;
  readonly signMode: string | undefined;
  readonly signature: Uint8Array;
}

/** The decoded content of a tx. */
export interface TxContent {
  readonly messages: readonly Message[];
  readonly memo: Text;
  readonly feeCoins: readonly Coin[];
  readonly feeGas: bigint;
  /** `fee.granter`, bech32; undefined if the tx names none or its era has no such field. */
  readonly feeGranter: string | undefined;
  /** The account that pays the fee: `fee.granter`, or else `fee.payer`, or else the first signer. undefined if it is not known. */
  readonly feePayer: string | undefined;
  readonly signatures: readonly TxSignature[];
  /** Last height at which the tx may be executed; 0 if any height is allowed, undefined if the tx's era has no such field. */
  readonly timeoutHeight: bigint | undefined;
  /** JSON text of the other fields that the tx's body and auth info set, as the chain's REST server prints them, `{"unordered":true}`:
   * extension options, the tip of SDK 0.46, `unordered` and `timeout_timestamp` of SDK 0.53. undefined if none is set, or if one of them
   * can't be decoded. */
  readonly extra?: string | undefined;
}

/** A tx in a block. The same tx, byte for byte, may be in several blocks. */
export interface Tx {
  readonly index: number;
  /** sha256 of `raw`. */
  readonly hash: Uint8Array;
  readonly raw: Uint8Array;
  readonly content: TxContent | undefined;
  /** Why the tx could not be decoded; undefined if `content` is there. */
  readonly decodeError: string | undefined;
  readonly result: TxResult | undefined;
}
