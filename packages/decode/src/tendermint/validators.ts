import { shownText, type Validator, type ValidatorSet } from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import { skipUnknown } from './field.ts';
import { NO_BYTES } from './header.ts';
import type { PublicKey } from './public-key.ts';

/** A stored ValidatorsInfo with its set. */
export interface ValidatorsInfo {
  readonly set: ValidatorSet;
  /** First height that this set voted on. */
  readonly sinceHeight: number;
}

type DecodePublicKey = (reader: WireReader) => PublicKey;

export function decodeValidatorsInfo(raw: Uint8Array, decodePublicKey: DecodePublicKey): ValidatorsInfo {
  const reader = new WireReader(raw);
  let set: ValidatorSet | undefined;
  let sinceHeight = 0;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) set = decodeSet(reader.message(), decodePublicKey);
    else if (key === 0x10) sinceHeight = reader.int();
    else skipUnknown(reader, key, 2);
  }
  if (set === undefined)
    throw reader.error('a validator set (field 1)', `a pointer to height ${sinceHeight}`);
  return { set, sinceHeight };
}

/** The proposer and the total power of a stored set follow from the validators, and are not kept. */
function decodeSet(reader: WireReader, decodePublicKey: DecodePublicKey): ValidatorSet {
  const validators: Validator[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) validators.push(decodeValidator(reader.message(), decodePublicKey));
    else reader.skip(key);
  }
  return { validators };
}

function decodeValidator(reader: WireReader, decodePublicKey: DecodePublicKey): Validator {
  let address = NO_BYTES;
  let publicKey: PublicKey | undefined;
  let votingPower = 0n;
  // CometBFT 1.x has the key's bytes and type in fields 5 and 6, with or without field 2.
  let named: PublicKey = { keyType: '', publicKey: NO_BYTES };
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) address = reader.bytes();
    else if (key === 0x12) publicKey = decodePublicKey(reader.message());
    else if (key === 0x18) votingPower = reader.int64();
    else if (key === 0x20) reader.skip(key);
    else if (key === 0x2a) named = { ...named, publicKey: reader.bytes() };
    else if (key === 0x32) named = { ...named, keyType: shownText(reader.text()) };
    else skipUnknown(reader, key, 6);
  }
  if (named.publicKey.length > 0) publicKey ??= named;
  if (publicKey === undefined) throw reader.error('a public key (field 2)', 'none');
  return { address, keyType: publicKey.keyType, publicKey: publicKey.publicKey, votingPower };
}
