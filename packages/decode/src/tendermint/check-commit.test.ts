import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Commit, GO_ZERO_SECONDS, type Validator } from '@baleen/chain';
import { sha256, toHex } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import { consensusEras } from '../consensus/index.ts';
import { checkCommit } from './check-commit.ts';
import { aminoSignBytes, protoSignBytes } from './sign-bytes.ts';

const NONE = new Uint8Array(0);
const ZERO_TIME = { seconds: GO_ZERO_SECONDS, nanos: 0 };
const ID = { hash: new Uint8Array(32).fill(1), partsTotal: 1, partsHash: new Uint8Array(32).fill(2) };
const OTHER_ID = { ...ID, hash: new Uint8Array(32).fill(3) };

interface Signer extends Validator {
  readonly signBytes: (message: Uint8Array) => Uint8Array;
}

function signer(keyType: string, votingPower = 10n): Signer {
  const { publicKey, privateKey } = keyPair(keyType);
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const key = keyType === 'ed25519' ? der.subarray(-32) : compressed(der.subarray(-64));
  return {
    address: sha256(key).subarray(0, 20),
    keyType,
    publicKey: key,
    votingPower,
    signBytes: (message) =>
      keyType === 'ed25519' ? sign(null, message, privateKey) : lowerSignature(message, privateKey),
  };
}

function keyPair(keyType: string): { publicKey: KeyObject; privateKey: KeyObject } {
  return keyType === 'ed25519'
    ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
}

const compressed = (point: Uint8Array): Uint8Array =>
  Buffer.concat([Uint8Array.of(2 + (point[63]! & 1)), point.subarray(0, 32)]);

/** Of two valid signatures that of Tendermint: s in the lower half. */
function lowerSignature(message: Uint8Array, key: KeyObject): Uint8Array {
  for (;;) {
    const signature = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
    if (signature[32]! < 0x7f) return signature;
  }
}

/** A commit in which each validator votes as the flag says; 4: for another block. */
function commitOf(signers: readonly Signer[], flags: readonly number[]): Commit {
  const time = { seconds: 1_600_000_000, nanos: 5 };
  const commit = { height: 7, round: 1, blockId: ID };
  return {
    ...commit,
    signatures: signers.map(({ address, signBytes }, index) => {
      const flag = flags[index]!;
      if (flag === 1) return { flag, address: NONE, time: ZERO_TIME, signature: NONE };
      const blockId = flag === 2 ? ID : flag === 4 ? OTHER_ID : undefined;
      const signature = signBytes(protoSignBytes({ chainId: 'test-1', ...commit, blockId, time }));
      return { flag, address, time, signature, ...(flag === 4 && { blockId: OTHER_ID }) };
    }),
  };
}

const check = (commit: Commit, validators: readonly Validator[], chainId = 'test-1') =>
  checkCommit(chainId, commit, { validators }, protoSignBytes);

describe('sign bytes', () => {
  // tendermint types/vote_test.go, TestVoteSignBytesTestVectors: Height 1, Round 1, a precommit. The same in v0.33.9 and v0.34.24.
  test.each([
    ['amino', aminoSignBytes],
    ['protobuf', protoSignBytes],
  ])('of a nil vote, in %s, are those of the node’s own test', (_, signBytes) => {
    const vote = { chainId: '', height: 1, round: 1, blockId: undefined, time: ZERO_TIME };
    expect(toHex(signBytes(vote))).toBe(
      '2108021101000000000000001901000000000000002a0b088092b8c398feffffff01',
    );
  });

  test('are told by the consensus era', () => {
    const amino = Object.values(consensusEras).filter(({ signBytes }) => signBytes === aminoSignBytes);
    expect(amino.map(({ name }) => name)).toEqual(['tendermint-0.32', 'tendermint-0.33']);
  });
});

describe('a commit', () => {
  const four = [signer('ed25519'), signer('secp256k1'), signer('ed25519'), signer('ed25519')];

  test('is sound when its votes are signed, nil ones and those for another block too, and more than 2/3 are for the block', () => {
    expect(check(commitOf(four, [2, 2, 2, 3]), four)).toEqual({
      faults: [],
      verified: 4,
      unknownKeyTypes: [],
    });
    expect(check(commitOf(four, [2, 2, 2, 4]), four).faults).toEqual([]);
    expect(check(commitOf(four, [2, 2, 2, 1]), four)).toMatchObject({ faults: [], verified: 3 });
  });

  test('with 2/3 of the power and no more is not', () => {
    const three = four.slice(0, 3);
    expect(check(commitOf(three, [2, 2, 1]), three).faults).toEqual([
      { vote: undefined, expected: 'votes for the block with power over 60/3', found: '20' },
    ]);
  });

  test.each([0, 1])('with a changed signature by validator %i names it', (vote) => {
    const commit = commitOf(four, [2, 2, 2, 2]);
    commit.signatures[vote]!.signature[5]! ^= 1;
    expect(check(commit, four)).toMatchObject({
      faults: [{ vote, expected: `a signature of ${toHex(four[vote]!.address)}` }],
      verified: 3,
    });
  });

  test('of another chain, round, block or time has no sound signature', () => {
    const commit = commitOf(four, [2, 2, 2, 2]);
    const later = commit.signatures.map((each) => ({ ...each, time: { ...each.time, nanos: 6 } }));
    for (const faults of [
      check(commit, four, 'test-2').faults,
      check({ ...commit, round: 2 }, four).faults,
      check({ ...commit, blockId: OTHER_ID }, four).faults,
      check({ ...commit, signatures: later }, four).faults,
    ])
      expect(faults).toHaveLength(5);
  });

  test('by others than the set, or fewer, is not one', () => {
    const commit = commitOf(four, [2, 2, 2, 2]);
    expect(check(commit, four.toReversed()).faults[0]).toEqual({
      vote: 0,
      expected: `a vote of ${toHex(four[3]!.address)}`,
      found: `of ${toHex(four[0]!.address)}`,
    });
    expect(check(commit, four.slice(1)).faults).toEqual([
      { vote: undefined, expected: '3 votes', found: '4 votes' },
    ]);
  });

  test('with keys that can’t be verified says which', () => {
    const unknown = { ...four[0]!, keyType: 'sr25519' };
    expect(check(commitOf(four, [2, 2, 2, 2]), [unknown, ...four.slice(1)])).toEqual({
      faults: [],
      verified: 3,
      unknownKeyTypes: ['sr25519'],
    });
  });

  test('with a key that is none has no sound signature of it', () => {
    const broken = { ...four[0]!, publicKey: Uint8Array.of(1) };
    expect(check(commitOf(four, [2, 2, 2, 2]), [broken, ...four.slice(1)]).faults).toHaveLength(1);
  });
});
