/** Txs of SDK 0.40 and later: protobuf, signed in SIGN_MODE_DIRECT (cosmos.tx.v1beta1). */
import { WireWriter } from '@baleen/codec';
import type { Account } from './account.ts';
import type { SignerState } from './signer-state.ts';
import type { Coin } from './std-tx.ts';

const SIGN_MODE_DIRECT = 1;

export interface ProtobufTx {
  /** Each an Any. */
  readonly messages: readonly Uint8Array[];
  /** In order of denom. */
  readonly fee: readonly Coin[];
  readonly gas: number;
  readonly memo: string;
}

export function sendMessage(from: Account, to: Account, amount: readonly Coin[]): Uint8Array {
  const writer = new WireWriter().text(1, from.address).text(2, to.address);
  return any('/cosmos.bank.v1beta1.MsgSend', withCoins(writer, 3, amount).finish());
}

/** The same amount to each. */
export function multiSendMessage(from: Account, to: readonly Account[], each: Coin): Uint8Array {
  const part = ({ address }: Account, coin: Coin): Uint8Array =>
    withCoins(new WireWriter().text(1, address), 2, [coin]).finish();
  const sum = { ...each, amount: String(BigInt(each.amount) * BigInt(to.length)) };
  const writer = new WireWriter().message(1, part(from, sum));
  for (const account of to) writer.message(2, part(account, each));
  return any('/cosmos.bank.v1beta1.MsgMultiSend', writer.finish());
}

export function delegateMessage(delegator: Account, validator: Account, amount: Coin): Uint8Array {
  const writer = new WireWriter().text(1, delegator.address).text(2, validator.operatorAddress);
  return any('/cosmos.staking.v1beta1.MsgDelegate', withCoins(writer, 3, [amount]).finish());
}

/** A TxRaw. */
export function encodeTx(tx: ProtobufTx, signer: Account, state: SignerState): Uint8Array {
  const body = new WireWriter();
  for (const message of tx.messages) body.message(1, message);
  const bodyBytes = body.text(2, tx.memo).finish();
  const authInfo = authInfoOf(tx, signer, state);
  const document = new WireWriter().bytes(1, bodyBytes).bytes(2, authInfo).text(3, state.chainId);
  const signature = signer.sign(document.varint(4, BigInt(state.accountNumber)).finish());
  return new WireWriter().bytes(1, bodyBytes).bytes(2, authInfo).bytes(3, signature).finish();
}

function authInfoOf({ fee, gas }: ProtobufTx, signer: Account, { sequence }: SignerState): Uint8Array {
  const key = new WireWriter().bytes(1, signer.publicKey).finish();
  const mode = new WireWriter().message(1, new WireWriter().varint(1, SIGN_MODE_DIRECT).finish()).finish();
  const signerInfo = new WireWriter().message(1, any('/cosmos.crypto.secp256k1.PubKey', key));
  const feeBytes = withCoins(new WireWriter(), 1, fee).varint(2, gas).finish();
  return new WireWriter()
    .message(1, signerInfo.message(2, mode).varint(3, sequence).finish())
    .message(2, feeBytes)
    .finish();
}

const any = (typeUrl: string, value: Uint8Array): Uint8Array =>
  new WireWriter().text(1, typeUrl).bytes(2, value).finish();

function withCoins(writer: WireWriter, field: number, coins: readonly Coin[]): WireWriter {
  for (const { denom, amount } of coins)
    writer.message(field, new WireWriter().text(1, denom).text(2, amount).finish());
  return writer;
}
