import type { Commit, ConsensusParams, Header, TxResult } from '@baleen/chain';
import { GO_ZERO_SECONDS } from '@baleen/chain';
import { sha256, toHex } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import { AMINO_HASHES, PROTO_HASHES } from './hashes.ts';
import { NO_BLOCK_ID, NO_BYTES } from './header.ts';

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const leaf = (hex: string): string => toHex(sha256(Uint8Array.from(Buffer.from(`00${hex}`, 'hex'))));

const params: ConsensusParams = {
  blockMaxBytes: 22_020_096n,
  blockMaxGas: -1n,
  blockTimeIotaMs: 1000n,
  evidenceMaxAgeBlocks: 100_000n,
  evidenceMaxAgeNanos: 0n,
  evidenceMaxBytes: undefined,
  validatorKeyTypes: ['ed25519'],
  appVersion: undefined,
  voteExtensionsHeight: undefined,
  proposerTimeHeight: undefined,
  synchronyPrecisionNanos: undefined,
  synchronyDelayNanos: undefined,
};

test('consensus params have the hash that most chains start with', () => {
  const known = '048091bc7ddc283f77bfbf91d73c44da58c3df8a9cbc867405d8b7f3daada22f';
  expect(toHex(AMINO_HASHES.consensusParams(params))).toBe(known);
  expect(toHex(PROTO_HASHES.consensusParams(params))).toBe(known);
});

describe('a list without elements', () => {
  test.each(['data', 'results', 'evidence', 'parts'] as const)(
    'of %s hashes to nothing in 0.33, to sha256 of nothing in 0.34',
    (list) => {
      expect(toHex(AMINO_HASHES[list]([]))).toBe('');
      expect(toHex(PROTO_HASHES[list]([]))).toBe(EMPTY);
    },
  );

  test('of signatures is the first block’s commit', () => {
    expect(toHex(AMINO_HASHES.commit(undefined))).toBe('');
    expect(toHex(PROTO_HASHES.commit(undefined))).toBe(EMPTY);
  });
});

describe('leaves are written as the chain writes them', () => {
  const commit = (seconds: number): Commit => {
    const time = { seconds, nanos: 0 };
    const signatures = [{ flag: 1, address: NO_BYTES, time, signature: NO_BYTES }];
    return { height: 1, round: 0, blockId: NO_BLOCK_ID, signatures };
  };

  test('an absent validator’s signature has Go’s zero time', () => {
    const written = leaf('08011a0b088092b8c398feffffff01');
    expect(toHex(AMINO_HASHES.commit(commit(GO_ZERO_SECONDS)))).toBe(written);
    expect(toHex(PROTO_HASHES.commit(commit(GO_ZERO_SECONDS)))).toBe(written);
  });

  test('amino leaves 1970’s start out, protobuf writes it as an empty message', () => {
    expect(toHex(AMINO_HASHES.commit(commit(0)))).toBe(leaf('0801'));
    expect(toHex(PROTO_HASHES.commit(commit(0)))).toBe(leaf('08011a00'));
  });

  test('results: code and data in 0.33, gas as well in 0.34', () => {
    const data = Uint8Array.of(0xaa);
    const texts = { log: 'l', info: 'i', codespace: 'c' };
    const result: TxResult = { code: 5, data, gasWanted: 300n, gasUsed: 1n, events: [], ...texts };
    expect(toHex(AMINO_HASHES.results([result]))).toBe(leaf('08051201aa'));
    expect(toHex(PROTO_HASHES.results([result]))).toBe(leaf('08051201aa28ac023001'));
  });

  test('a header’s height 0 is the byte 00 in amino and nothing in protobuf', () => {
    const hashes = {
      lastCommitHash: NO_BYTES,
      dataHash: NO_BYTES,
      validatorsHash: NO_BYTES,
      nextValidatorsHash: NO_BYTES,
      consensusHash: NO_BYTES,
      appHash: NO_BYTES,
      lastResultsHash: NO_BYTES,
      evidenceHash: NO_BYTES,
      proposerAddress: NO_BYTES,
    };
    const version = { versionBlock: 0n, versionApp: 0n };
    const time = { seconds: 0, nanos: 0 };
    const header: Header = { ...version, chainId: '', height: 0, time, lastBlockId: NO_BLOCK_ID, ...hashes };
    const leaves = (at: number, hex: string): Uint8Array[] =>
      Array.from({ length: 14 }, (_, index) => Uint8Array.from(Buffer.from(index === at ? hex : '', 'hex')));
    expect(toHex(AMINO_HASHES.header(header))).toBe(toHex(AMINO_HASHES.data(leaves(2, '00'))));
    expect(toHex(PROTO_HASHES.header(header))).toBe(toHex(PROTO_HASHES.data(leaves(4, '1200'))));
  });
});
