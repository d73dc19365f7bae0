/** Decodes an RPC node's answers about a block, and proves what the chain's hashes cover. */
import {
  BaleenError,
  type Block,
  type BlockResults,
  type ConsensusParams,
  type RawRpcBlock,
} from '@baleen/chain';
import { toHex } from '@baleen/codec';
import type { ConsensusEra } from '../consensus/era.ts';
import { rememberLast } from '../remember-last.ts';
import { recomputeHashes } from '../tendermint/check-hashes.ts';
import type { ValidatorsInfo } from '../tendermint/validators.ts';
import { type DecodedBlock, decodeBlockAnswer } from './block.ts';
import { decodeResultsAnswer } from './results.ts';

export { rpcDifference } from './difference.ts';

import { malformed } from './scalars.ts';
import { decodeConsensusParamsAnswer, decodeValidatorPages } from './validators.ts';

/** Decodes the answers about blocks. If neighbouring blocks have the same validator set or params, it returns the same object again. */
export interface RpcDecoder {
  block(raw: RawRpcBlock): DecodedBlock;
  results(raw: RawRpcBlock): BlockResults | undefined;
  validators(raw: RawRpcBlock, block: DecodedBlock): ValidatorsInfo | undefined;
  consensusParams(raw: RawRpcBlock): ConsensusParams | undefined;
}

export function createRpcDecoder(era: ConsensusEra): RpcDecoder {
  const decodeSet = rememberLast(decodeValidatorPages);
  const decodeParams = rememberLast((json: unknown) => decodeConsensusParamsAnswer(json, era));
  return {
    block: (raw) => decodeBlockAnswer(raw.block, era),
    results(raw) {
      if (raw.results === undefined) return undefined;
      const { height, results } = decodeResultsAnswer(raw.results, raw.attributes, era.hashes.results);
      if (height !== raw.height)
        throw malformed(`/block_results: height: expected ${raw.height}, found ${height}`);
      return results;
    },
    validators(raw, block) {
      if (raw.validators === undefined) return undefined;
      return { set: decodeSet(raw.validators), sinceHeight: sinceHeight(raw, block, era) };
    },
    consensusParams: (raw) =>
      raw.consensusParams === undefined ? undefined : decodeParams(raw.consensusParams),
  };
}

/** Returns the lowest height of the block's evidence at which its validator set was already in force, or else the block's own height. */
function sinceHeight(raw: RawRpcBlock, { body }: DecodedBlock, era: ConsensusEra): number {
  const same = raw.evidenceValidators.filter(({ pages }) => {
    const hash = era.hashes.validators(decodeValidatorPages(pages));
    return Buffer.compare(hash, body.header.validatorsHash) === 0;
  });
  return Math.min(raw.height, ...same.map(({ height }) => height));
}

/** Checks an answered block against the chain's hashes. The part set's hash covers every byte of the block, hashes in its header cover the
 * validators, and a hash in the next header covers the results.
 * @throws BaleenError of kind data, `SOURCE_LYING`: a hash does not agree */
export function proveBlock(
  block: Block,
  raw: RawRpcBlock,
  { encoded }: DecodedBlock,
  era: ConsensusEra,
): void {
  const { partsTotal } = block.id;
  if (partsTotal !== encoded.parts.length)
    throw lying(raw, 'number of parts', `${partsTotal}`, `${encoded.parts.length}`);
  const checks = recomputeHashes(block, encoded.parts, era.hashes, {});
  const lie = checks.find(({ agrees }) => !agrees);
  if (lie !== undefined) throw lyingHash(raw, lie.name, lie.expected, lie.recomputed);
  if (block.results === undefined || raw.nextResultsHash === undefined) return;
  const expected = Buffer.from(raw.nextResultsHash, 'hex');
  if (Buffer.compare(expected, block.results.hash) !== 0)
    throw lyingHash(raw, `results, as block ${raw.height + 1} has it`, expected, block.results.hash);
}

const lyingHash = (raw: RawRpcBlock, what: string, expected: Uint8Array, found: Uint8Array): BaleenError =>
  lying(raw, `hash of ${what}`, toHex(expected), toHex(found));

function lying(raw: RawRpcBlock, what: string, expected: string, found: string): BaleenError {
  return new BaleenError(
    'data',
    'SOURCE_LYING',
    `prove block ${raw.height} of ${raw.chainId} from ${raw.endpoint}: ${what}: expected ${expected || 'none'}, found ${found || 'none'}; use another endpoint`,
    { height: raw.height },
  );
}
