import { shownText, type TxSignature, type TxSignatureMember } from '@baleen/chain';
import { BYTES, encodeBech32, goJsonString, toBase64, VARINT, WireReader } from '@baleen/codec';
import { misfit } from './errors.ts';
import { type MessageReader, readAny } from './message-reader.ts';
import { addressOfKey } from './public-key.ts';
import { readInt32 } from './scalars.ts';

/** cosmos.tx.signing.v1beta1.SignMode of all SDK versions. */
const SIGN_MODES: Readonly<Record<number, string>> = {
  0: 'SIGN_MODE_UNSPECIFIED',
  1: 'SIGN_MODE_DIRECT',
  2: 'SIGN_MODE_TEXTUAL',
  3: 'SIGN_MODE_DIRECT_AUX',
  127: 'SIGN_MODE_LEGACY_AMINO_JSON',
  191: 'SIGN_MODE_EIP_191',
};
/** Members of one multisig. The SDK allows 7 by default; more is no multisig that a chain accepted. */
const MAX_MEMBERS = 4096;
const MAX_DEPTH = 16;
const NO_BYTES = new Uint8Array();

/** A decoded `SignerInfo`. The signature itself stands in the tx, at the same index. */
export interface SignerInfo {
  /** JSON text. */
  readonly publicKey: string | undefined;
  readonly address: string | undefined;
  readonly mode: ModeInfo | undefined;
  readonly sequence: bigint;
}

interface ModeInfo {
  readonly name: string | undefined;
  /** Multisig only: positions of the keys that signed, and the sign mode of each. */
  readonly members: { readonly keys: readonly number[]; readonly modes: readonly ModeInfo[] } | undefined;
}

/** `SignerInfo {1 public key, 2 mode info, 3 sequence}`. */
export function readSignerInfo(
  info: WireReader,
  reader: MessageReader,
  prefix: string | undefined,
): SignerInfo {
  let key: { readonly publicKey: string; readonly address: string | undefined } | undefined;
  let mode: ModeInfo | undefined;
  let sequence = 0n;
  while (!info.done) {
    const field = info.key();
    if (field === ((1 << 3) | BYTES)) key = readPublicKey(info.message(), reader, prefix);
    else if (field === ((2 << 3) | BYTES)) mode = readModeInfo(info.message(), 0);
    else if (field === ((3 << 3) | VARINT)) sequence = info.uint64();
    else throw misfit('public_key, mode_info and sequence', `field ${field >>> 3}`);
  }
  return { publicKey: key?.publicKey, address: key?.address, mode, sequence };
}

/** A key of an unknown kind is `{"@type": ..., "value": <base64>}`, which no REST would print. */
function readPublicKey(
  any: WireReader,
  reader: MessageReader,
  prefix: string | undefined,
): { readonly publicKey: string; readonly address: string | undefined } {
  const parts = readAny(new WireReader(any.buffer, any.pos, any.end));
  const type = shownText(parts.type);
  const address = prefix === undefined ? undefined : addressOfKey(type, parts.value);
  return {
    publicKey:
      reader.printAny(any) ?? `{"@type":${goJsonString(parts.type)},"value":"${toBase64(parts.value)}"}`,
    address: address && encodeBech32(prefix!, address),
  };
}

/** `ModeInfo {1 single {1 mode}, 2 multi {1 bit array, 2 mode infos}}`. */
function readModeInfo(info: WireReader, depth: number): ModeInfo {
  if (depth > MAX_DEPTH) throw misfit(`at most ${MAX_DEPTH} multisigs within each other`, 'more');
  let mode: ModeInfo = { name: undefined, members: undefined };
  while (!info.done) {
    const field = info.key();
    if (field === ((1 << 3) | BYTES)) mode = { name: readSingle(info.message()), members: undefined };
    else if (field === ((2 << 3) | BYTES)) mode = readMulti(info.message(), depth);
    else throw misfit('single or multi', `field ${field >>> 3}`);
  }
  return mode;
}

function readSingle(single: WireReader): string {
  let mode = 0;
  while (!single.done) {
    const field = single.key();
    if (field !== ((1 << 3) | VARINT)) throw misfit('mode', `field ${field >>> 3}`);
    mode = readInt32(single);
  }
  return SIGN_MODES[mode] ?? String(mode);
}

function readMulti(multi: WireReader, depth: number): ModeInfo {
  let keys: readonly number[] = [];
  const modes: ModeInfo[] = [];
  while (!multi.done) {
    const field = multi.key();
    if (field === ((1 << 3) | BYTES)) keys = readBitArray(multi.message());
    else if (field === ((2 << 3) | BYTES)) modes.push(readModeInfo(multi.message(), depth + 1));
    else throw misfit('bitarray and mode_infos', `field ${field >>> 3}`);
  }
  return { name: undefined, members: { keys, modes } };
}

/** Positions of the set bits of a `CompactBitArray {1 extra bits stored, 2 bytes}`: bit n, from the most significant
 * of the first byte, is key n (cosmos-sdk v0.44.5, crypto/types/compact_bit_array.go). */
function readBitArray(reader: WireReader): readonly number[] {
  let extraBits = 0;
  let bytes: Uint8Array = NO_BYTES;
  while (!reader.done) {
    const field = reader.key();
    if (field === ((1 << 3) | VARINT)) extraBits = readInt32(reader) >>> 0;
    else if (field === ((2 << 3) | BYTES)) bytes = reader.bytes();
    else throw misfit('extra_bits_stored and elems', `field ${field >>> 3}`);
  }
  const size = extraBits === 0 ? bytes.length * 8 : (bytes.length - 1) * 8 + extraBits;
  if (size > MAX_MEMBERS) throw misfit(`at most ${MAX_MEMBERS} bits`, String(size));
  const set: number[] = [];
  for (let bit = 0; bit < size; bit++) if (((bytes[bit >> 3] ?? 0) >> (7 - (bit % 8))) & 1) set.push(bit);
  return set;
}

/** Signature n belongs to signer info n; a failed tx may have more of either. */
export function joinSignatures(
  infos: readonly SignerInfo[],
  signatures: readonly Uint8Array[],
  signerAt: (index: number) => string | undefined,
): readonly TxSignature[] {
  return Array.from({ length: Math.max(infos.length, signatures.length) }, (_, index) => {
    const info = infos[index];
    const signature = signatures[index] ?? NO_BYTES;
    return {
      signer: info?.address ?? signerAt(index),
      publicKey: info?.publicKey,
      sequence: info?.sequence,
      signMode: info?.mode?.name,
      signature,
      members: info?.mode?.members && readMembers(signature, info.mode.members),
    };
  });
}

/** Members of a `MultiSignature {1 signatures}`, one per set bit; undefined where the numbers don't agree or the
 * bytes are no such message, which a failed tx may well hold. A member that is a multisig itself has no mode. */
function readMembers(
  signature: Uint8Array,
  { keys, modes }: NonNullable<ModeInfo['members']>,
): readonly TxSignatureMember[] | undefined {
  const signatures: Uint8Array[] = [];
  try {
    for (const reader = new WireReader(signature); !reader.done; ) {
      if (reader.key() !== ((1 << 3) | BYTES)) return undefined;
      signatures.push(reader.bytes());
    }
  } catch {
    return undefined;
  }
  if (keys.length !== signatures.length || keys.length !== modes.length) return undefined;
  return keys.map((keyIndex, index) => ({
    keyIndex,
    signMode: modes[index]!.name,
    signature: signatures[index]!,
  }));
}
