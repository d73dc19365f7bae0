import { hash } from 'node:crypto';
import type { TxSignature, TxSignatureMember } from '@baleen/chain';
import { BYTES, encodeBech32, sha256, VARINT, WireReader } from '@baleen/codec';
import type { Scope } from './scope.ts';

/** A StdTx carries no sign mode; there is only this one. */
const SIGN_MODE = 'SIGN_MODE_LEGACY_AMINO_JSON';
/** Keys of one multisig. The SDK's ante handler allows 7 by default; more is no multisig that a chain accepted. */
const MAX_KEYS = 4096;

export interface RawSignature {
  /** Amino bytes of the public key with its prefix. */
  readonly key: Uint8Array | undefined;
  readonly keyJson: string | undefined;
  readonly signature: Uint8Array;
}

/** Signatures with their signers: signature n is of the n-th address that must sign (unique, in order of messages).
 *
 * When a message tells no signers because its type is unknown, a signer is told by its public key, if there is one. */
export function readSignatures(
  raw: readonly RawSignature[],
  scope: Scope,
): { readonly all: readonly TxSignature[]; readonly payer: string | undefined } {
  const signers = uniqueSigners(scope);
  const all = raw.map((one, index) => signatureOf(one, signers?.[index] ?? addressOfKey(one), scope));
  const payer = signers === undefined ? firstSigner(scope) : signers[0];
  return { all, payer: bech32(payer, scope) ?? all[0]?.signer };
}

/** Addresses that sign; undefined when a message's type, and with it who signs it, is unknown. */
function uniqueSigners(scope: Scope): readonly Uint8Array[] | undefined {
  if (scope.hasMisfit) return undefined;
  if (scope.messages.some((message) => message.path === '' && message.name === undefined)) return undefined;
  const seen = new Map<string, Uint8Array>();
  for (const address of scope.signers) {
    const key = Buffer.from(address).toString('latin1');
    if (!seen.has(key)) seen.set(key, address);
  }
  return [...seen.values()];
}

/** The first signer is known when the first message is. */
const firstSigner = (scope: Scope): Uint8Array | undefined =>
  scope.hasMisfit || scope.messages[0]?.name === undefined ? undefined : scope.signers[0];

function signatureOf(raw: RawSignature, signer: Uint8Array | undefined, scope: Scope): TxSignature {
  const members = raw.keyJson?.startsWith('{"type":"tendermint/PubKeyMultisigThreshold"')
    ? readMembers(raw.signature)
    : undefined;
  return {
    signer: bech32(signer, scope),
    publicKey: raw.keyJson,
    sequence: undefined,
    signMode: members === undefined ? SIGN_MODE : undefined,
    signature: raw.signature,
    members,
  };
}

/** Members of a multisig's signature; undefined when its bytes are none (a failed tx may hold anything).
 *
 *     1 bit array {1 extra bits stored, 2 bytes}   2 signatures (repeated), one per set bit
 *
 * Bit n, from the most significant of the first byte, is the key n (tendermint v0.33.9,
 * crypto/multisig/multisignature.go and bitarray/compact_bit_array.go). */
function readMembers(signature: Uint8Array): readonly TxSignatureMember[] | undefined {
  try {
    const reader = new WireReader(signature);
    let keys: readonly number[] = [];
    const signatures: Uint8Array[] = [];
    while (!reader.done) {
      const key = reader.key();
      if (key === ((1 << 3) | BYTES)) keys = readBitArray(reader.message());
      else if (key === ((2 << 3) | BYTES)) signatures.push(reader.bytes());
      else return undefined;
    }
    if (keys.length !== signatures.length) return undefined;
    return keys.map((keyIndex, index) => ({ keyIndex, signMode: SIGN_MODE, signature: signatures[index]! }));
  } catch {
    return undefined;
  }
}

/** Positions of the set bits. */
function readBitArray(reader: WireReader): readonly number[] {
  let extraBits = 0;
  let bytes: Uint8Array = new Uint8Array();
  while (!reader.done) {
    const key = reader.key();
    if (key === ((1 << 3) | VARINT)) extraBits = reader.uint();
    else if (key === ((2 << 3) | BYTES)) bytes = reader.bytes();
    else reader.skip(key);
  }
  const size = extraBits === 0 ? bytes.length * 8 : (bytes.length - 1) * 8 + extraBits;
  if (size > MAX_KEYS) throw reader.error(`at most ${MAX_KEYS} bits`, String(size));
  const set: number[] = [];
  for (let bit = 0; bit < size; bit++) if ((bytes[bit >> 3]! >> (7 - (bit % 8))) & 1) set.push(bit);
  return set;
}

/** Address of a public key (tendermint v0.33.9, crypto/<scheme>: Address); undefined without a key. */
function addressOfKey({ key, keyJson }: RawSignature): Uint8Array | undefined {
  if (key === undefined || keyJson === undefined) return undefined;
  // Prefix and length are five bytes before the key itself.
  const type = keyJson.slice(0, keyJson.indexOf(','));
  if (type === '{"type":"tendermint/PubKeySecp256k1"') {
    return new Uint8Array(hash('ripemd160', sha256(key.subarray(5)), 'buffer'));
  }
  return sha256(type === '{"type":"tendermint/PubKeyMultisigThreshold"' ? key : key.subarray(5)).subarray(
    0,
    20,
  );
}

const bech32 = (address: Uint8Array | undefined, scope: Scope): string | undefined =>
  address === undefined || address.length === 0 || scope.prefix === undefined
    ? undefined
    : encodeBech32(scope.prefix, address);
