import type { ConsensusParams } from '@baleen/chain';
import { sha256 } from '@baleen/codec';
import { chainId, HASH_BYTES, keyOf } from '../place.ts';
import { content } from '../storage.ts';
import { bounded, defineTable, optional, required } from '../table.ts';

const ABSENT = 'NULL: the era has no such parameter.';

export const consensusParams = defineTable({
  name: 'consensus_params',
  doc:
    'One row is a set of consensus parameters. Key: chain_id, params_hash. Content-addressed: written when absent; ' +
    'consensus_params_ranges tells at which heights it was in force.',
  storage: content({
    key: ['chain_id', 'params_hash'],
    runs: {
      table: 'consensus_params_ranges',
      column: 'params_hash',
      hashOf: ({ consensusParams }) =>
        consensusParams === undefined ? undefined : paramsHash(consensusParams),
    },
  }),
  needs: 'params',
  columns: {
    chain_id: chainId,
    params_hash: bounded(
      HASH_BYTES,
      required('bytea', 'digest', 'Our own digest of the parameters, 32 bytes.'),
    ),
    block_max_bytes: required('int8', 'hash', 'Largest block, in bytes; -1: no limit.'),
    block_max_gas: required('int8', 'hash', 'Most gas in a block; -1: no limit.'),
    block_time_iota_ms: optional('int8', 'digest', `Least time between blocks, in milliseconds. ${ABSENT}`),
    evidence_max_age_blocks: optional('int8', 'digest', `Oldest evidence, in blocks. ${ABSENT}`),
    evidence_max_age_ns: optional('int8', 'digest', `Oldest evidence, in nanoseconds. ${ABSENT}`),
    evidence_max_bytes: optional('int8', 'digest', `Most bytes of evidence in a block. ${ABSENT}`),
    validator_key_types: required('text[]', 'digest', 'Types of keys that validators may have.'),
    app_version: optional('numeric', 'digest', `Version of the application. ${ABSENT}`),
    vote_extensions_height: optional(
      'int8',
      'digest',
      'First height whose votes have extensions. NULL: none has.',
    ),
    proposer_time_height: optional(
      'int8',
      'digest',
      'First height whose time its proposer tells, and not the votes. NULL: none.',
    ),
    synchrony_precision_ns: optional(
      'int8',
      'digest',
      `How far clocks may differ, in nanoseconds. ${ABSENT}`,
    ),
    synchrony_delay_ns: optional('int8', 'digest', `How late a proposal may be, in nanoseconds. ${ABSENT}`),
  },
  rows(block, seen) {
    const params = block.consensusParams;
    if (params === undefined) return [];
    const hash = paramsHash(params);
    const key = `params:${keyOf(hash)}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [
      {
        chain_id: block.chainId,
        params_hash: hash,
        block_max_bytes: params.blockMaxBytes,
        block_max_gas: params.blockMaxGas,
        block_time_iota_ms: params.blockTimeIotaMs ?? null,
        evidence_max_age_blocks: params.evidenceMaxAgeBlocks ?? null,
        evidence_max_age_ns: params.evidenceMaxAgeNanos ?? null,
        evidence_max_bytes: params.evidenceMaxBytes ?? null,
        validator_key_types: params.validatorKeyTypes,
        app_version: params.appVersion ?? null,
        vote_extensions_height: params.voteExtensionsHeight ?? null,
        proposer_time_height: params.proposerTimeHeight ?? null,
        synchrony_precision_ns: params.synchronyPrecisionNanos ?? null,
        synchrony_delay_ns: params.synchronyDelayNanos ?? null,
      },
    ];
  },
});

const utf8 = new TextEncoder();

/** A cache of hashes by parameters object, since decoders return the same object for blocks with equal parameters. */
const hashes = new WeakMap<ConsensusParams, Uint8Array>();

/** Computes the sha256 of the parameters as one JSON list in the order of the columns. It is not the header's consensus_hash, which covers
 * only two of them. */
export function paramsHash(params: ConsensusParams): Uint8Array {
  let hash = hashes.get(params);
  if (hash === undefined) hashes.set(params, (hash = sha256(utf8.encode(canonicalJson(params)))));
  return hash;
}

const canonicalJson = (params: ConsensusParams): string =>
  JSON.stringify([
    String(params.blockMaxBytes),
    String(params.blockMaxGas),
    digits(params.blockTimeIotaMs),
    digits(params.evidenceMaxAgeBlocks),
    digits(params.evidenceMaxAgeNanos),
    digits(params.evidenceMaxBytes),
    params.validatorKeyTypes,
    digits(params.appVersion),
    ...laterParams(params).map(digits),
  ]);

/** Returns the parameters of CometBFT 0.38 and later. The list is empty if the era has none of them, so that the hashes of earlier eras
 * don't change. */
function laterParams(params: ConsensusParams): (bigint | undefined)[] {
  const later = [
    params.voteExtensionsHeight,
    params.proposerTimeHeight,
    params.synchronyPrecisionNanos,
    params.synchronyDelayNanos,
  ];
  return later.every((value) => value === undefined) ? [] : later;
}

const digits = (value: bigint | undefined): string | null => (value === undefined ? null : String(value));
