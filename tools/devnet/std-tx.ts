/** Txs of SDK 0.39: signed over sorted JSON, sent as amino. */
import { encodeUvarint, goJsonString, WireWriter } from '@baleen/codec';
import { aminoPrefix } from '../../packages/decode/src/amino/registry.ts';
import type { Account } from './account.ts';
import type { SignerState } from './signer-state.ts';

export interface Coin {
  readonly denom: string;
  readonly amount: string;
}

/** A message in both its forms. */
export interface TxMessage {
  readonly type: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Fields without the prefix of the type. */
  readonly amino: Uint8Array;
}

export interface TxPlan {
  readonly messages: readonly TxMessage[];
  /** In order of denom. */
  readonly fee: readonly Coin[];
  readonly gas: number;
  readonly memo: string;
}

export const sendMessage = (from: Account, to: Account, amount: readonly Coin[]): TxMessage => {
  const writer = new WireWriter().bytes(1, from.addressBytes).bytes(2, to.addressBytes);
  for (const coin of amount) writer.message(3, aminoCoin(coin));
  const value = { from_address: from.address, to_address: to.address, amount };
  return { type: 'bank/MsgSend', value, amino: writer.finish() };
};

export const delegateMessage = (delegator: Account, validator: Account, amount: Coin): TxMessage => ({
  type: 'staking/MsgDelegate',
  value: { delegator_address: delegator.address, validator_address: validator.operatorAddress, amount },
  amino: new WireWriter()
    .bytes(1, delegator.addressBytes)
    .bytes(2, validator.addressBytes)
    .message(3, aminoCoin(amount))
    .finish(),
});

/** Bytes as they stand in a block: length, prefix, fields. */
export function encodeTx(plan: TxPlan, signer: Account, state: SignerState): Uint8Array {
  const writer = new WireWriter();
  for (const { type, amino } of plan.messages) writer.message(1, registered(type, amino));
  const fee = new WireWriter();
  for (const coin of plan.fee) fee.message(1, aminoCoin(coin));
  writer.message(2, fee.varint(2, plan.gas).finish());
  const signature = signer.sign(signBytes(plan.messages, feeJson(plan), plan.memo, state));
  const key = registered('tendermint/PubKeySecp256k1', lengthPrefixed(signer.publicKey));
  writer.message(3, new WireWriter().bytes(1, key).bytes(2, signature).finish());
  return lengthPrefixed(registered('core/StdTx', writer.text(4, plan.memo).finish()));
}

export const feeJson = ({ fee, gas }: Pick<TxPlan, 'fee' | 'gas'>): unknown => ({
  amount: fee,
  gas: String(gas),
});

/** What a signature of SDK 0.39 is made over. */
export function signBytes(
  messages: readonly Pick<TxMessage, 'type' | 'value'>[],
  fee: unknown,
  memo: string,
  { chainId, accountNumber, sequence }: SignerState,
): Uint8Array {
  const msgs = messages.map(({ type, value }) => ({ type, value }));
  const whole = {
    account_number: accountNumber,
    chain_id: chainId,
    fee,
    memo,
    msgs,
    sequence: String(sequence),
  };
  return Buffer.from(sortedJson(whole));
}

function sortedJson(value: unknown): string {
  if (typeof value === 'string') return goJsonString(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([name, field]) => `${goJsonString(name)}:${sortedJson(field)}`).join(',')}}`;
}

const aminoCoin = ({ denom, amount }: Coin): Uint8Array =>
  new WireWriter().text(1, denom).text(2, amount).finish();

const registered = (name: string, body: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(aminoPrefix(name).prefix, 'hex'), body]);

const lengthPrefixed = (bytes: Uint8Array): Uint8Array => Buffer.concat([encodeUvarint(bytes.length), bytes]);
