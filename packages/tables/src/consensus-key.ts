import { decodeBech32, sha256 } from '@baleen/codec';
import { MAX_BECH32_BYTES } from './place.ts';

/** Amino's prefix of `tendermint/PubKeyEd25519`, and the length of the key. */
const AMINO_ED25519 = [0x16, 0x24, 0xde, 0x64, 0x20];
const ED25519 = '/cosmos.crypto.ed25519.PubKey';
const ADDRESS_BYTES = 20;

/** A validator's consensus key and operator, as a MsgCreateValidator or an exported genesis names them. */
export interface ValidatorKey {
  /** Consensus address, 20 bytes. */
  readonly address: Uint8Array;
  readonly operator: string;
}

/** Reads the validator that a JSON object names, in the form of any era:
 *
 * | where | operator | public key |
 * |---|---|---|
 * | MsgCreateValidator | `validator_address` | `pubkey` |
 * | exported validator | `operator_address` | `consensus_pubkey` |
 *
 * A public key is `terravalconspub1...` of its amino bytes, or `{"@type", "key"}`.
 *
 * @returns undefined: the object names no validator, its operator is longer than any address, or its key is not ed25519 (no other kind is
 *   known to vote) */
export function validatorKey(value: unknown): ValidatorKey | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  const operator = fields.validator_address ?? fields.operator_address;
  const key = ed25519(fields.pubkey ?? fields.consensus_pubkey);
  if (typeof operator !== 'string' || key === undefined) return undefined;
  if (Buffer.byteLength(operator) > MAX_BECH32_BYTES) return undefined;
  return { operator, address: sha256(key).subarray(0, ADDRESS_BYTES) };
}

function ed25519(key: unknown): Uint8Array | undefined {
  if (typeof key === 'string') {
    if (!/valconspub1/.test(key)) return undefined;
    const { bytes } = decodeBech32(key);
    return AMINO_ED25519.every((byte, index) => bytes[index] === byte)
      ? bytes.subarray(AMINO_ED25519.length)
      : undefined;
  }
  const { '@type': type, key: text } = (key ?? {}) as Record<string, unknown>;
  return type === ED25519 && typeof text === 'string' ? Buffer.from(text, 'base64') : undefined;
}
