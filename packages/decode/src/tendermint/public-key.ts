/** Consensus public keys, as amino interfaces (0.33) and as the protobuf oneof (0.34). */
import { toHex, type WireReader, WireWriter } from '@baleen/codec';

export interface PublicKey {
  /** `ed25519`, `secp256k1`, `sr25519`, `multisig`. */
  readonly keyType: string;
  /** The key; of a multisig its amino fields. */
  readonly publicKey: Uint8Array;
}

interface AminoKey {
  readonly keyType: string;
  readonly prefix: Uint8Array;
  /** Whether a length stands before the bytes: amino types that are byte arrays have one, structs have none. */
  readonly hasLength: boolean;
}

/** Registered in Tendermint's crypto/encoding/amino@v0.33.9. */
const AMINO_KEYS: readonly AminoKey[] = [
  { keyType: 'ed25519', prefix: Uint8Array.of(0x16, 0x24, 0xde, 0x64), hasLength: true },
  { keyType: 'secp256k1', prefix: Uint8Array.of(0xeb, 0x5a, 0xe9, 0x87), hasLength: true },
  { keyType: 'sr25519', prefix: Uint8Array.of(0x0d, 0xfb, 0x10, 0x05), hasLength: true },
  { keyType: 'multisig', prefix: Uint8Array.of(0x22, 0xc1, 0xf7, 0xe2), hasLength: false },
];
const PREFIX_LENGTH = 4;

/** Fields of the oneof in tendermint/crypto/keys.proto@v0.34.24, and in cometbft/crypto/v1/keys.proto@v1.0.1 the third. */
const PROTO_KEYS: readonly string[] = ['ed25519', 'secp256k1', 'bls12_381'];

export function decodeAminoPublicKey(reader: WireReader): PublicKey {
  const { buffer, pos, end } = reader;
  const known = AMINO_KEYS.find(({ prefix }) => prefix.every((byte, index) => buffer[pos + index] === byte));
  if (known === undefined || end - pos < PREFIX_LENGTH)
    throw reader.error(
      'the amino prefix of a public key',
      `'${toHex(buffer.subarray(pos, Math.min(end, pos + 4)))}'`,
    );
  reader.pos += PREFIX_LENGTH;
  const publicKey = known.hasLength ? reader.bytes() : buffer.subarray(pos + PREFIX_LENGTH, end);
  if (!known.hasLength) reader.pos = end;
  if (!reader.done) throw reader.error('the end of the public key', `${end - reader.pos} more bytes`);
  return { keyType: known.keyType, publicKey };
}

export function encodeAminoPublicKey(key: PublicKey): Uint8Array {
  const known = AMINO_KEYS.find(({ keyType }) => keyType === key.keyType);
  if (known === undefined) throw new TypeError(`no amino public key type '${key.keyType}'`);
  const writer = new WireWriter().raw(known.prefix);
  if (known.hasLength) writer.rawVarint(key.publicKey.length);
  return writer.raw(key.publicKey).finish();
}

export function decodeProtoPublicKey(reader: WireReader): PublicKey {
  let found: PublicKey | undefined;
  while (!reader.done) {
    const key = reader.key();
    const keyType = PROTO_KEYS[(key >>> 3) - 1];
    if (keyType === undefined || (key & 7) !== 2)
      throw reader.error('a public key in field 1 to 3', `key ${key}`);
    found = { keyType, publicKey: reader.bytes() };
  }
  if (found === undefined) throw reader.error('a public key', 'none');
  return found;
}

export function encodeProtoPublicKey(key: PublicKey): Uint8Array {
  const field = PROTO_KEYS.indexOf(key.keyType) + 1;
  if (field === 0) throw new TypeError(`no protobuf public key type '${key.keyType}'`);
  return new WireWriter().message(field, key.publicKey).finish();
}

/** ABCI's public key of ≤0.33: the type's name and the bytes. */
export function decodeNamedPublicKey(reader: WireReader): PublicKey {
  let keyType = '';
  let publicKey: Uint8Array = new Uint8Array(0);
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) keyType = String(reader.text());
    else if (key === 0x12) publicKey = reader.bytes();
    else reader.skip(key);
  }
  return { keyType, publicKey };
}
