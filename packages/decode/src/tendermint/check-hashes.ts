import type { Block, Evidence, RawBlock } from '@baleen/chain';
import { consensusEras } from '../consensus/index.ts';
import type { HashFormulas } from './hashes.ts';

export type HashName =
  | 'block'
  | 'parts'
  | 'data'
  | 'last_commit'
  | 'last_block_id'
  | 'validators'
  | 'next_validators'
  | 'consensus'
  | 'last_results'
  | 'evidence';

/** A hash that the chain signed, beside the same hash recomputed from what was decoded. */
export interface HashCheck {
  readonly name: HashName;
  /** Hash in the header; for `block` and `parts` the hash in the block id. */
  readonly expected: Uint8Array;
  readonly recomputed: Uint8Array;
  readonly agrees: boolean;
}

/** The blocks around the checked one, as far as they are there. */
export interface Neighbours {
  readonly previous?: Block | undefined;
  readonly next?: Block | undefined;
}

/** Recomputes every hash of a block whose parts are at hand; a hash without them is not in the answer. */
export function checkHashes(block: Block, raw: RawBlock, neighbours: Neighbours): HashCheck[] {
  const parts = raw.encoding === 'leveldb' ? raw.parts : undefined;
  return recomputeHashes(block, parts, consensusEras[raw.era].hashes, neighbours);
}

/** `parts`: undefined when they are not at hand. */
export function recomputeHashes(
  block: Block,
  parts: readonly Uint8Array[] | undefined,
  hashes: HashFormulas,
  neighbours: Neighbours,
): HashCheck[] {
  const { header } = block;
  const checks: HashCheck[] = [];
  const check = (name: HashName, expected: Uint8Array, recomputed: Uint8Array | undefined): void => {
    if (recomputed === undefined) return;
    checks.push({ name, expected, recomputed, agrees: Buffer.compare(expected, recomputed) === 0 });
  };
  const { previous, next } = neighbours;
  const isFirst = header.lastBlockId.hash.length === 0;
  check('block', block.id.hash, hashes.header(header));
  check('parts', block.id.partsHash, parts && hashes.parts(parts));
  check('data', header.dataHash, hashes.data(block.txs.map((tx) => tx.hash)));
  check('last_commit', header.lastCommitHash, hashes.commit(block.lastCommit));
  check('last_block_id', header.lastBlockId.hash, previous?.id.hash);
  check('validators', header.validatorsHash, block.validatorSet && hashes.validators(block.validatorSet));
  check(
    'next_validators',
    header.nextValidatorsHash,
    next?.validatorSet && hashes.validators(next.validatorSet),
  );
  check(
    'consensus',
    header.consensusHash,
    block.consensusParams && hashes.consensusParams(block.consensusParams),
  );
  check('last_results', header.lastResultsHash, isFirst ? hashes.results([]) : previous?.results?.hash);
  check('evidence', header.evidenceHash, hashes.evidence(rawEvidence(block.evidence)));
  return checks;
}

/** Each piece once, however many validators it names. */
function rawEvidence(evidence: readonly Evidence[]): Uint8Array[] {
  return evidence
    .filter((each, at) => at === 0 || evidence[at - 1]!.index !== each.index)
    .map((each) => each.raw);
}
