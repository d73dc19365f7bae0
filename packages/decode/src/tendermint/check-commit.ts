/** Signatures of a commit: who voted, whether each signature is of that vote, and whether the votes suffice. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Commit, CommitSignature, Validator, ValidatorSet } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import type { SignBytes } from './sign-bytes.ts';

const ABSENT = 1;
const FOR_BLOCK = 2;
const NIL = 3;

/** What is wrong with a commit, in words. */
export interface CommitFault {
  /** Position of the vote in the set; undefined: it is about the commit as a whole. */
  readonly vote: number | undefined;
  readonly expected: string;
  readonly found: string;
}

export interface CommitCheck {
  readonly faults: readonly CommitFault[];
  /** Signatures that were verified. */
  readonly verified: number;
  /** Types of keys whose signatures are not verified here. Their votes count as valid. */
  readonly unknownKeyTypes: readonly string[];
}

/** Checks the commit of a block.
 *
 * @param set  the validators that vote on that block
 * @param signBytes  of the chain's consensus era */
export function checkCommit(
  chainId: string,
  commit: Commit,
  set: ValidatorSet,
  signBytes: SignBytes,
): CommitCheck {
  const [votes, members] = [commit.signatures.length, set.validators.length];
  if (votes !== members)
    return { ...NOTHING, faults: [wrong(undefined, `${members} votes`, `${votes} votes`)] };
  const checked = commit.signatures
    .map((signature, vote) => ({ vote, signature, validator: set.validators[vote]! }))
    .filter(({ signature }) => signature.flag !== ABSENT)
    .map((each) => ({ ...each, outcome: checkVote(chainId, commit, each, signBytes) }));
  const sound = checked.filter(({ outcome }) => typeof outcome === 'string');
  const power = sumOf(sound.filter(({ signature }) => signature.flag === FOR_BLOCK));
  const needed = sumOf(set.validators.map((validator) => ({ validator }))) * 2n;
  const isEnough = power * 3n > needed;
  return {
    faults: [
      ...checked.flatMap(({ outcome }) => (typeof outcome === 'string' ? [] : [outcome])),
      ...(isEnough ? [] : [wrong(undefined, `votes for the block with power over ${needed}/3`, `${power}`)]),
    ],
    verified: sound.filter(({ outcome }) => outcome === 'verified').length,
    unknownKeyTypes: [
      ...new Set(
        sound.flatMap(({ outcome, validator: { keyType } }) => (outcome === 'unknown key' ? [keyType] : [])),
      ),
    ],
  };
}

const NOTHING: CommitCheck = { faults: [], verified: 0, unknownKeyTypes: [] };

const wrong = (vote: number | undefined, expected: string, found: string): CommitFault => ({
  vote,
  expected,
  found,
});

const sumOf = (votes: readonly { readonly validator: Validator }[]): bigint =>
  votes.reduce((sum, { validator }) => sum + validator.votingPower, 0n);

interface Vote {
  /** Position in the set. */
  readonly vote: number;
  readonly signature: CommitSignature;
  readonly validator: Validator;
}

function checkVote(
  chainId: string,
  { height, round, blockId }: Commit,
  { vote, validator, signature: { flag, address, time, signature, blockId: other } }: Vote,
  signBytes: SignBytes,
): 'verified' | 'unknown key' | CommitFault {
  const voter = toHex(validator.address);
  if (voter !== toHex(address)) return wrong(vote, `a vote of ${voter}`, `of ${toHex(address)}`);
  const isValid = verifierOf(validator);
  if (isValid === undefined) return 'unknown key';
  const voted = flag === FOR_BLOCK ? blockId : flag === NIL ? undefined : other;
  const signed = signBytes({ chainId, height, round, blockId: voted, time });
  return isValid(signed, signature)
    ? 'verified'
    : wrong(vote, `a signature of ${voter}`, toHex(signature) || 'none');
}

type Verify = (message: Uint8Array, signature: Uint8Array) => boolean;

interface KeyType {
  /** What stands before the key in DER's SubjectPublicKeyInfo, in hexadecimal. */
  readonly prefix: string;
  readonly verify: (key: KeyObject) => Verify;
}

const KEY_TYPES: Readonly<Record<string, KeyType>> = {
  ed25519: {
    prefix: '302a300506032b6570032100',
    verify: (key) => (message, signature) => verify(null, message, key, signature),
  },
  // A compressed point; a signature is r and s, 32 bytes each, and s is in the lower half (tendermint crypto/secp256k1 at v0.34.24).
  secp256k1: {
    prefix: '3036301006072a8648ce3d020106052b8104000a032200',
    verify: (key) => (message, signature) =>
      isLower(signature) && verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature),
  },
};

/** Half of the order of secp256k1's group. */
const HALF_ORDER = Buffer.from('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0', 'hex');
const isLower = (signature: Uint8Array): boolean =>
  signature.length === 64 && Buffer.compare(signature.subarray(32), HALF_ORDER) <= 0;

/** Verifiers by validator: a set that stays in force is the same object at each height. */
const verifiers = new WeakMap<Validator, Verify>();

/** @returns undefined: signatures of such a key can't be verified here */
function verifierOf(validator: Validator): Verify | undefined {
  const known = verifiers.get(validator);
  if (known !== undefined) return known;
  const type = KEY_TYPES[validator.keyType];
  if (type === undefined) return undefined;
  const made = makeVerifier(type, validator.publicKey);
  verifiers.set(validator, made);
  return made;
}

/** Bytes that are no key verify nothing. */
function makeVerifier({ prefix, verify: verifyBy }: KeyType, publicKey: Uint8Array): Verify {
  try {
    const der = Buffer.concat([Buffer.from(prefix, 'hex'), publicKey]);
    return verifyBy(createPublicKey({ key: der, format: 'der', type: 'spki' }));
  } catch {
    return () => false;
  }
}
