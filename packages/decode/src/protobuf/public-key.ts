import { hash } from 'node:crypto';
import { shownText } from '@baleen/chain';
import { BYTES, encodeUvarint, sha256, VARINT, WireReader } from '@baleen/codec';
import { readAny } from './message-reader.ts';

const SECP256K1 = '/cosmos.crypto.secp256k1.PubKey';
const SECP256R1 = '/cosmos.crypto.secp256r1.PubKey';
const ED25519 = '/cosmos.crypto.ed25519.PubKey';
export const MULTISIG = '/cosmos.crypto.multisig.LegacyAminoPubKey';
/** Amino prefixes, with the length of the key where it is fixed (tendermint v0.34.14, crypto/<scheme>: amino routes). */
const AMINO_SECP256K1 = Uint8Array.of(0xeb, 0x5a, 0xe9, 0x87, 33);
const AMINO_ED25519 = Uint8Array.of(0x16, 0x24, 0xde, 0x64, 32);
const AMINO_MULTISIG = Uint8Array.of(0x22, 0xc1, 0xf7, 0xe2);
/** Multisigs within multisigs. */
const MAX_DEPTH = 16;
const ADDRESS_LENGTH = 20;

/** Address bytes of a public key (an `Any`); undefined for kinds whose formula is not known here.
 *
 * | key | address |
 * |---|---|
 * | secp256k1 | ripemd160(sha256(key)) |
 * | ed25519 | sha256(key)[:20] |
 * | secp256r1 | sha256(sha256("cosmos.crypto.secp256r1.PubKey") + key), ADR-028 |
 * | LegacyAminoPubKey | sha256(its amino bytes)[:20] | */
export function addressOfKey(type: string, value: Uint8Array): Uint8Array | undefined {
  switch (type) {
    case SECP256K1:
      return new Uint8Array(hash('ripemd160', sha256(keyBytes(value)), 'buffer'));
    case ED25519:
      return sha256(keyBytes(value)).subarray(0, ADDRESS_LENGTH);
    case SECP256R1:
      return sha256(Buffer.concat([sha256(Buffer.from(SECP256R1.slice(1))), keyBytes(value)]));
    case MULTISIG: {
      const amino = aminoKey(type, value, 0);
      return amino && sha256(amino).subarray(0, ADDRESS_LENGTH);
    }
    default:
      return undefined;
  }
}

/** Field 1 of every single key. */
function keyBytes(value: Uint8Array): Uint8Array {
  let bytes: Uint8Array = new Uint8Array();
  for (const reader = new WireReader(value); !reader.done; ) {
    const key = reader.key();
    if (key === ((1 << 3) | BYTES)) bytes = reader.bytes();
    else reader.skip(key);
  }
  return bytes;
}

/** A key as amino writes it; undefined where amino has no name for it or the key has the wrong length. */
function aminoKey(type: string, value: Uint8Array, depth: number): Uint8Array | undefined {
  if (type === MULTISIG && depth < MAX_DEPTH) return aminoMultisig(value, depth);
  const prefix = type === SECP256K1 ? AMINO_SECP256K1 : type === ED25519 ? AMINO_ED25519 : undefined;
  const key = keyBytes(value);
  return prefix !== undefined && key.length === prefix[4] ? Buffer.concat([prefix, key]) : undefined;
}

/** threshold 1 (varint), public keys 2 (each with its prefix); protobuf has the same numbers. */
function aminoMultisig(value: Uint8Array, depth: number): Uint8Array | undefined {
  let threshold = 0;
  const keys: Uint8Array[] = [];
  for (const reader = new WireReader(value); !reader.done; ) {
    const key = reader.key();
    if (key === ((1 << 3) | VARINT)) threshold = reader.uint();
    else if (key === ((2 << 3) | BYTES)) {
      const inner = readAny(reader.message());
      const amino = aminoKey(shownText(inner.type), inner.value, depth + 1);
      if (amino === undefined) return undefined;
      keys.push(Uint8Array.of((2 << 3) | BYTES, ...encodeUvarint(amino.length)), amino);
    } else reader.skip(key);
  }
  const count = threshold === 0 ? [] : [(1 << 3) | VARINT, ...encodeUvarint(threshold)];
  return Buffer.concat([AMINO_MULTISIG, Uint8Array.from(count), ...keys]);
}
