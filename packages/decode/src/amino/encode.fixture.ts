import { encodeUvarint, WireWriter } from '@baleen/codec';
import { aminoPrefix } from './registry.ts';

/* Writes amino for tests, apart from the reader and its schema. */

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** A registered value: prefix and body. */
export const registered = (name: string, body: Uint8Array): Uint8Array =>
  concat(Buffer.from(aminoPrefix(name).prefix, 'hex'), body);

export const addressOf = (byte: number): Uint8Array => new Uint8Array(20).fill(byte);

export const coinBytes = (denom: string, amount: string): Uint8Array =>
  new WireWriter().text(1, denom).text(2, amount).finish();

export const sendBytes = (from: number, amount = '5'): Uint8Array =>
  registered(
    'bank/MsgSend',
    new WireWriter()
      .bytes(1, addressOf(from))
      .bytes(2, addressOf(9))
      .message(3, coinBytes('uluna', amount))
      .finish(),
  );

export const execBytes = (grantee: number, ...messages: readonly Uint8Array[]): Uint8Array => {
  const writer = new WireWriter().bytes(1, addressOf(grantee));
  for (const message of messages) writer.message(2, message);
  return registered('msgauth/MsgExecAuthorized', writer.finish());
};

/** Bytes of a tx of these messages and signatures (amino of {1 key, 2 signature}). */
export function txBytes(
  messages: readonly Uint8Array[],
  signatures: readonly Uint8Array[] = [],
  rest: Uint8Array = new Uint8Array(),
): Uint8Array {
  const writer = new WireWriter();
  for (const message of messages) writer.message(1, message);
  writer.message(2, new WireWriter().message(1, coinBytes('uusd', '7')).varint(2, 200_000).finish());
  for (const signature of signatures) writer.message(3, signature);
  const body = registered('core/StdTx', concat(writer.finish(), rest));
  return concat(encodeUvarint(body.length), body);
}

export const secp256k1 = (byte: number): Uint8Array =>
  registered('tendermint/PubKeySecp256k1', concat(Uint8Array.of(33), new Uint8Array(33).fill(byte)));

export const signatureBytes = (key: Uint8Array, signature: Uint8Array): Uint8Array =>
  new WireWriter().bytes(1, key).bytes(2, signature).finish();
