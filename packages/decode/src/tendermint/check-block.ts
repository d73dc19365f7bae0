/** Proves a block that was read back from rows: every hash that covers a part of it is made anew. */
import type { Block, BlockId, EraName, Evidence, Validator, ValidatorSet } from '@baleen/chain';
import { sha256, toHex } from '@baleen/codec';
import type { ConsensusEra } from '../consensus/era.ts';
import { consensusEras } from '../consensus/index.ts';
import { rememberLast } from '../remember-last.ts';
import { checkCommit } from './check-commit.ts';
import { type HashName, recomputeHashes } from './check-hashes.ts';
import { type EncodedBlock, encodeBlock } from './encode-block.ts';

/** A part of a block that a hash of the chain refutes. */
export interface Refuted {
  readonly height: number;
  /** The hash or field, and what it covers: `data_hash (the txs)`. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

/** What each hash covers. */
const COVERED: Readonly<Record<HashName, string>> = {
  block: 'block_hash (the header)',
  parts: 'parts_hash (header, txs, evidence, and the whole commit of the block below with its round)',
  data: 'data_hash (the txs)',
  last_commit: 'last_commit_hash (the votes for the block below)',
  last_block_id: 'last_block_hash (the block below)',
  validators: 'validators_hash (the validators, their keys and powers)',
  next_validators: 'next_validators_hash (the validators of the next block)',
  consensus: 'consensus_hash (largest block, most gas)',
  last_results: 'last_results_hash of the next header (code and data of the txs, from 0.34 on their gas)',
  evidence: 'evidence_hash (the evidence)',
};

/** What the hashes and signatures say of a block. */
export interface BlockProof {
  /** The block with all that follows from its bytes made anew: header, commit and evidence, and the hash of its results. */
  readonly block: Block;
  readonly refuted: readonly Refuted[];
  /** Whether signatures were to be verified, and the set that signed is known. */
  readonly isCommitChecked: boolean;
  /** Signatures of the commit that were verified, and types of keys for which that can't be done here. */
  readonly signatures: number;
  readonly unknownKeyTypes: readonly string[];
}

export interface BlockProver {
  /** @param previous  the block below, as an earlier proof has it; undefined: it is not there, and what links the two is not checked
   * @throws BaleenError data, TypeError: a part is not of the form that the era has */
  prove(block: Block, previous: Block | undefined): BlockProof;
}

/** Makes a prover for the blocks of one chain. It keeps the hashes of the validator set and the params that it saw last.
 *
 * @param checksSignatures  whether the commit of the block below is checked, for whose set `previous` is needed */
export function createBlockProver(name: EraName, checksSignatures: boolean): BlockProver {
  const { hashes, ...rest } = consensusEras[name];
  const era: ConsensusEra = {
    ...rest,
    hashes: {
      ...hashes,
      validators: rememberLast(hashes.validators),
      consensusParams: rememberLast(hashes.consensusParams),
    },
  };
  return {
    prove(read, previous) {
      const encoded = encodedOf(read, era);
      const block = remade(read, encoded, era);
      const set = previous?.validatorSet;
      const { lastCommit } = block;
      const commit =
        checksSignatures && lastCommit !== undefined && set !== undefined
          ? checkCommit(block.chainId, lastCommit, set, era.signBytes)
          : undefined;
      const unsigned = (commit?.faults ?? []).map(({ vote, expected, found }) => ({
        height: block.height - 1,
        field: vote === undefined ? 'the commit' : `vote ${vote} of the commit`,
        expected,
        found,
      }));
      return {
        block,
        refuted: [...refutedParts(block, encoded, previous, era), ...unsigned],
        isCommitChecked: commit !== undefined,
        signatures: commit?.verified ?? 0,
        unknownKeyTypes: commit?.unknownKeyTypes ?? [],
      };
    },
  };
}

/** The block as the bytes of its parts tell it, and the hash of its results. */
function remade(read: Block, { parts }: EncodedBlock, era: ConsensusEra): Block {
  const { header, lastCommit, evidence } = era.decodeBlock(Buffer.concat(parts));
  const { results } = read;
  return {
    ...read,
    header,
    lastCommit,
    evidence: evidence.map((each, at) => withPower(each, read.evidence[at])),
    results: results && { ...results, hash: era.hashes.results(results.txs) },
  };
}

/** Powers that the evidence does not name stay as they are: a digest covers them. */
const withPower = (made: Evidence, stored: Evidence | undefined): Evidence => ({
  ...made,
  power: made.power ?? stored?.power,
  totalPower: made.totalPower ?? stored?.totalPower,
});

/** Names what the hashes refute. */
function refutedParts(
  block: Block,
  encoded: EncodedBlock,
  previous: Block | undefined,
  era: ConsensusEra,
): Refuted[] {
  const { id, sizeBytes, validatorSet } = block;
  return [
    ...recomputeHashes(block, encoded.parts, era.hashes, { previous })
      .filter(({ agrees }) => !agrees)
      .map(({ name, expected, recomputed }) => ({
        height: name === 'last_results' && previous !== undefined ? previous.height : block.height,
        field: COVERED[name],
        expected: hex(expected),
        found: hex(recomputed),
      })),
    ...differing(block, 'parts_total', id.partsTotal, encoded.parts.length),
    ...differing(block, 'size', encoded.sizeBytes, sizeBytes),
    ...(validatorSet === undefined ? [] : wrongAddresses(block, validatorSet)),
    ...wrongCommit(block),
    ...(previous === undefined ? [] : brokenLinks(block, previous)),
  ];
}

function wrongCommit(block: Block): Refuted[] {
  const { lastCommit, header, height } = block;
  if (lastCommit === undefined) return [];
  const below = { height: height - 1 };
  return [
    ...differing(below, "the commit's height", height - 1, lastCommit.height),
    ...differing(below, "the commit's block id", idText(header.lastBlockId), idText(lastCommit.blockId)),
  ];
}

function brokenLinks(block: Block, previous: Block): Refuted[] {
  const { header } = block;
  return [
    ...differing(block, 'last_parts_total, last_parts_hash', idText(previous.id), idText(header.lastBlockId)),
    ...differing(
      previous,
      COVERED.next_validators,
      hex(header.validatorsHash),
      hex(previous.header.nextValidatorsHash),
    ),
  ];
}

/** A chain's first block has an empty commit, or none: the hash of its parts tells. */
function encodedOf(block: Block, { writing, hashes }: ConsensusEra): EncodedBlock {
  const { header, evidence, lastCommit } = block;
  const pieces = evidence.filter(({ index }, at) => at === 0 || evidence[at - 1]!.index !== index);
  const whole = { header, txs: block.txs.map(({ raw }) => raw), evidence: pieces.map(({ raw }) => raw) };
  const encoded = encodeBlock({ ...whole, lastCommit }, writing);
  if (lastCommit !== undefined || hex(hashes.parts(encoded.parts)) === hex(block.id.partsHash))
    return encoded;
  const without = encodeBlock({ ...whole, lastCommit: null }, writing);
  return hex(hashes.parts(without.parts)) === hex(block.id.partsHash) ? without : encoded;
}

const ADDRESS_BYTES = 20;
/** Sets whose addresses are those of their keys: neighbouring blocks share one. */
const soundSets = new WeakSet<ValidatorSet>();

function wrongAddresses(block: Block, set: ValidatorSet): Refuted[] {
  if (soundSets.has(set)) return [];
  const wrong = set.validators.flatMap((validator, index) =>
    differing(block, `address of validator ${index}`, addressOf(validator), hex(validator.address)),
  );
  if (wrong.length === 0) soundSets.add(set);
  return wrong;
}

/** Of a key that is not ed25519 the address as it is. */
const addressOf = ({ keyType, publicKey, address }: Validator): string =>
  hex(keyType === 'ed25519' ? sha256(publicKey).subarray(0, ADDRESS_BYTES) : address);

const differing = (
  { height }: Pick<Block, 'height'>,
  field: string,
  expected: string | number,
  found: string | number,
): Refuted[] => (expected === found ? [] : [{ height, field, expected: `${expected}`, found: `${found}` }]);

const idText = ({ hash, partsTotal, partsHash }: BlockId): string =>
  `${hex(hash)}:${partsTotal}:${hex(partsHash)}`;

const hex = (bytes: Uint8Array): string => toHex(bytes).toUpperCase() || 'none';
