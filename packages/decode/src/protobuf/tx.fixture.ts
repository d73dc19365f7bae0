import { encodeUvarint, WireWriter } from '@baleen/codec';

/** Bytes of a message from `[field number, value]` in order: bytes and text are length-prefixed, numbers varints.
 * Unlike an encoder it writes zero and empty too, and any field as often as asked. */
export function encode(...fields: (readonly [number, Uint8Array | string | number | bigint])[]): Uint8Array {
  const writer = new WireWriter();
  for (const [number, value] of fields) {
    if (typeof value === 'number' || typeof value === 'bigint')
      writer.raw(encodeUvarint(number * 8)).raw(encodeUvarint(BigInt.asUintN(64, BigInt(value))));
    else writer.message(number, typeof value === 'string' ? Buffer.from(value) : value);
  }
  return writer.finish();
}

export const any = (type: string, value: Uint8Array): Uint8Array => encode([1, type], [2, value]);

export const coin = (denom: string, amount: string): Uint8Array => encode([1, denom], [2, amount]);

/** A tx of messages, with the AuthInfo given or an empty one. */
export const encodeTx = (messages: readonly Uint8Array[], authInfo = encode(), ...signatures: Uint8Array[]) =>
  encode(
    [1, encode(...messages.map((message) => [1, message] as const))],
    [2, authInfo],
    ...signatures.map((signature) => [3, signature] as const),
  );
