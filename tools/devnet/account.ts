/** An account with a secp256k1 key, derived from its name. Never for money: anybody can derive it. */
import { createECDH, createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { encodeBech32, sha256 } from '@baleen/codec';

export interface Account {
  readonly name: string;
  /** The private key, 32 bytes. */
  readonly secret: Uint8Array;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  /** 20 bytes. */
  readonly addressBytes: Uint8Array;
  readonly address: string;
  readonly operatorAddress: string;
  /** 64 bytes: r and the lower s. */
  sign(bytes: Uint8Array): Uint8Array;
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export function createAccount(name: string, prefix: string): Account {
  const secret = sha256(Buffer.from(`baleen devnet account ${name}`));
  const pair = createECDH('secp256k1');
  pair.setPrivateKey(secret);
  const publicKey = pair.getPublicKey(null, 'compressed');
  const addressBytes = createHash('ripemd160').update(sha256(publicKey)).digest();
  const key = keyObject(secret, pair.getPublicKey());
  return {
    name,
    secret,
    publicKey,
    addressBytes,
    address: encodeBech32(prefix, addressBytes),
    operatorAddress: encodeBech32(`${prefix}valoper`, addressBytes),
    sign: (bytes) => lowerS(sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })),
  };
}

/** @param point  uncompressed: 04 · x · y */
function keyObject(secret: Uint8Array, point: Buffer): KeyObject {
  const part = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  const jwk = {
    kty: 'EC',
    crv: 'secp256k1',
    d: part(secret),
    x: part(point.subarray(1, 33)),
    y: part(point.subarray(33)),
  };
  return createPrivateKey({ format: 'jwk', key: jwk });
}

/** Tendermint refuses the higher of the two s that fit. */
function lowerS(signature: Buffer): Uint8Array {
  const s = BigInt(`0x${signature.subarray(32).toString('hex')}`);
  if (s <= ORDER / 2n) return signature;
  const lower = (ORDER - s).toString(16).padStart(64, '0');
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(lower, 'hex')]);
}
