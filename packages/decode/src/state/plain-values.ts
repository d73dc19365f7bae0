import { encodeBech32, toBase64 } from '@baleen/codec';
import { misfit } from './errors.ts';
import type { Json } from './json-fields.ts';
import type { ReadValue } from './layout.ts';

/* Values that are written the same way in every era: without amino or protobuf around them. */

const text = (value: string) => ({ json: JSON.stringify(value), data: value });

/** Bytes of any content, as base64. */
export const anyBytes: ReadValue = (bytes) => text(toBase64(bytes));

/** Eight bytes, big endian. */
export const bigEndian: ReadValue = (bytes) => {
  if (bytes.length !== 8) throw misfit('8 bytes', `${bytes.length}`);
  return text(String(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0)));
};

/** A whole number as ASCII digits. */
export const digits: ReadValue = (bytes) => {
  const found = Buffer.from(bytes).toString('latin1');
  if (!/^(?:0|-?[1-9][0-9]*)$/.test(found)) throw misfit('digits', JSON.stringify(found));
  return text(found);
};

/** Amino-JSON, as the params store holds it in every SDK up to 0.46. */
export const jsonText: ReadValue = (bytes) => {
  const json = Buffer.from(bytes).toString('utf8');
  try {
    return { json, data: JSON.parse(json) as Json };
  } catch {
    throw misfit('JSON', JSON.stringify(json));
  }
};

/** An address of 1 to 255 bytes, bare. */
export const address =
  (suffix: '' | 'valoper' | 'valcons'): ReadValue =>
  (bytes, prefix) => {
    if (bytes.length === 0 || bytes.length > 255) throw misfit('an address', `${bytes.length} bytes`);
    return text(encodeBech32(prefix + suffix, bytes));
  };
