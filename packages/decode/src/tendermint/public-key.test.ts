import { toHex, WireReader } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import {
  decodeAminoPublicKey,
  decodeProtoPublicKey,
  encodeAminoPublicKey,
  encodeProtoPublicKey,
} from './public-key.ts';

const reader = (hex: string): WireReader => new WireReader(Uint8Array.from(Buffer.from(hex, 'hex')));
const key = 'ab'.repeat(32);

describe('public keys are decoded, and encoded to the same bytes', () => {
  test.each([
    ['ed25519', `1624de6420${key}`, key],
    ['secp256k1', `eb5ae98721${key}02`, `${key}02`],
    ['sr25519', `0dfb100520${key}`, key],
    ['multisig', '22c1f7e20802122500', '0802122500'],
  ])('amino %s', (keyType, hex, publicKey) => {
    const decoded = decodeAminoPublicKey(reader(hex));
    expect({ keyType: decoded.keyType, publicKey: toHex(decoded.publicKey) }).toEqual({ keyType, publicKey });
    expect(toHex(encodeAminoPublicKey(decoded))).toBe(hex);
  });

  test.each([
    ['ed25519', `0a20${key}`, key],
    ['secp256k1', `1221${key}02`, `${key}02`],
  ])('protobuf %s', (keyType, hex, publicKey) => {
    const decoded = decodeProtoPublicKey(reader(hex));
    expect({ keyType: decoded.keyType, publicKey: toHex(decoded.publicKey) }).toEqual({ keyType, publicKey });
    expect(toHex(encodeProtoPublicKey(decoded))).toBe(hex);
  });

  test.each([
    ['0102030420', "expected the amino prefix of a public key, found '01020304'"],
    ['1624', "expected the amino prefix of a public key, found '1624'"],
    ['1624de64010203', 'expected the end of the public key, found 1 more bytes'],
  ])('amino %s is refused', (hex, message) =>
    expect(() => decodeAminoPublicKey(reader(hex))).toThrow(message),
  );

  test.each([
    ['', 'expected a public key, found none'],
    ['220100', 'expected a public key in field 1 to 3, found key 34'],
  ])('protobuf %j is refused', (hex, message) =>
    expect(() => decodeProtoPublicKey(reader(hex))).toThrow(message),
  );
});
