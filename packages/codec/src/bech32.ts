import { BaleenError } from '@baleen/chain';

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < 32; value++) VALUES[ALPHABET.charCodeAt(value)] = value;
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
/** For each value (0 to 31) of the five bits that are shifted out at the checksum's top: the XOR of the GENERATORS whose bit is set. */
const STEP = Int32Array.from({ length: 32 }, (_, top) =>
  GENERATORS.reduce((sum, generator, bit) => ((top >> bit) & 1 ? sum ^ generator : sum), 0),
);
const CHECKSUM_LENGTH = 6;
/** Most characters of a bech32 text, as the Cosmos SDK allows them. It replaces the 90 of BIP 173. */
const MAX_LENGTH = 1023;

interface Recent {
  readonly prefix: string;
  readonly bytes: Uint8Array;
  readonly text: string;
}
/** A cache of encoded texts: each of the 4096 slots keeps the last text whose bytes fell into it. The events of a block name the same few
 * addresses again and again, so most addresses are found here. */
const recent: (Recent | undefined)[] = new Array(4096).fill(undefined);
const prefixStates = new Map<string, number>();

/** Encodes bytes as bech32, for example an account address `terra1...`. Recent results are cached. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const slot = ((bytes[0] ?? 0) | ((bytes[bytes.length - 1] ?? 0) << 8)) & 4095;
  const known = recent[slot];
  if (known !== undefined && known.prefix === prefix && sameBytes(known.bytes, bytes)) return known.text;
  const text = encode(prefix, bytes);
  recent[slot] = { prefix, bytes: bytes.slice(), text };
  return text;
}

/** Returns the prefix and the bytes of a bech32 text. Throws if its checksum, a character, the case or the padding is wrong. */
export function decodeBech32(text: string): { readonly prefix: string; readonly bytes: Uint8Array } {
  if (text.length > MAX_LENGTH) throw bech32Error(text, `at most ${MAX_LENGTH} characters`, `${text.length}`);
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) throw bech32Error(text, 'one case', 'both');
  const separator = lower.lastIndexOf('1');
  if (separator < 1 || separator + 1 + CHECKSUM_LENGTH > lower.length)
    throw bech32Error(text, "a prefix, '1' and at least 6 characters", separator < 1 ? 'no prefix' : 'fewer');
  const prefix = lower.slice(0, separator);
  const words = new Uint8Array(lower.length - separator - 1);
  let sum = prefixState(prefix);
  for (let index = 0; index < words.length; index++) {
    const code = lower.charCodeAt(separator + 1 + index);
    const value = code < 128 ? VALUES[code]! : -1;
    if (value < 0) throw bech32Error(text, `a character of ${ALPHABET}`, `'${lower[separator + 1 + index]}'`);
    words[index] = value;
    sum = step(sum, value);
  }
  if (sum !== 1) throw bech32Error(text, 'a matching checksum', `'${lower.slice(-CHECKSUM_LENGTH)}'`);
  return { prefix, bytes: joinBits(text, words.subarray(0, words.length - CHECKSUM_LENGTH)) };
}

function encode(prefix: string, bytes: Uint8Array): string {
  let text = `${prefix}1`;
  let sum = prefixState(prefix);
  let bits = 0;
  let pending = 0;
  for (let index = 0; index < bytes.length; index++) {
    pending = ((pending & 31) << 8) | bytes[index]!;
    for (bits += 8; bits >= 5; ) {
      bits -= 5;
      const value = (pending >> bits) & 31;
      text += ALPHABET[value];
      sum = step(sum, value);
    }
  }
  if (bits > 0) {
    const value = (pending << (5 - bits)) & 31;
    text += ALPHABET[value];
    sum = step(sum, value);
  }
  for (let index = 0; index < CHECKSUM_LENGTH; index++) sum = step(sum, 0);
  sum ^= 1;
  for (let shift = 25; shift >= 0; shift -= 5) text += ALPHABET[(sum >> shift) & 31];
  return text;
}

function joinBits(text: string, words: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((words.length * 5) >> 3);
  let length = 0;
  let bits = 0;
  let pending = 0;
  for (const word of words) {
    pending = ((pending & 127) << 5) | word;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[length++] = (pending >> bits) & 255;
  }
  if (bits >= 5 || (pending & ((1 << bits) - 1)) !== 0)
    throw bech32Error(text, 'zero padding below 5 bits', 'other');
  return bytes;
}

/** Returns the checksum's state after the prefix: after the high bits of its characters, a 0, and their low bits. */
function prefixState(prefix: string): number {
  const known = prefixStates.get(prefix);
  if (known !== undefined) return known;
  let sum = 1;
  for (let index = 0; index < prefix.length; index++) {
    const code = prefix.charCodeAt(index);
    if (code < 33 || code > 126)
      throw bech32Error(prefix, 'a prefix of printable ASCII', `character ${code}`);
    sum = step(sum, code >> 5);
  }
  sum = step(sum, 0);
  for (let index = 0; index < prefix.length; index++) sum = step(sum, prefix.charCodeAt(index) & 31);
  // The users of a chain can write texts with any prefix, so only the first 64 prefixes are cached.
  if (prefixStates.size < 64) prefixStates.set(prefix, sum);
  return sum;
}

const step = (sum: number, value: number): number => ((sum & 0x1ff_ffff) << 5) ^ value ^ STEP[sum >> 25]!;

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

function bech32Error(text: string, expected: string, found: string): BaleenError {
  const shown = text.length > 100 ? `${text.slice(0, 100)}...` : text;
  return new BaleenError(
    'data',
    'BECH32_MALFORMED',
    `bech32 '${shown}': expected ${expected}, found ${found}`,
  );
}
