/** Reads those fields of a `/block` answer that the source needs to ask for the block's other facts. The decoder reads all other fields. */
import { dataError } from '../errors.ts';

export interface Envelope {
  readonly chainId: string;
  readonly height: number;
  /** Hash of the block, in hexadecimal like all hashes here. */
  readonly hash: string;
  readonly parentHash: string;
  readonly validatorsHash: string;
  readonly consensusHash: string;
  /** Hash of the results of the block below. */
  readonly lastResultsHash: string;
  /** Heights of evidence that does not name the validator's voting power (Tendermint 0.33). */
  readonly evidenceHeights: readonly number[];
}

/** Reads the result of a `/block` answer.
 *
 * @param context  begins the error messages, says what is being read from where: `read block 7 from http://node`
 * @throws BaleenError data `SOURCE_CORRUPT` */
export function readEnvelope(json: unknown, context: string): Envelope {
  const text = (...path: string[]): string => {
    const found = at(json, ...path);
    if (typeof found === 'string') return found;
    throw dataError(
      'SOURCE_CORRUPT',
      `${context}: expected a block with ${path.join('.')}, found ${at(json, 'block') ? shown(found) : 'no block'}; use another endpoint`,
    );
  };
  const header = ['block', 'header'];
  const found = at(json, ...header, 'height');
  const height = Number(found ?? text(...header, 'height'));
  return {
    chainId: text(...header, 'chain_id'),
    height,
    // Up to Tendermint 0.32 the block id is in `block_meta`.
    hash: text(...(at(json, 'block_meta') ? ['block_meta'] : []), 'block_id', 'hash'),
    parentHash: text(...header, 'last_block_id', 'hash'),
    validatorsHash: text(...header, 'validators_hash'),
    consensusHash: text(...header, 'consensus_hash'),
    lastResultsHash: text(...header, 'last_results_hash'),
    evidenceHeights: evidenceHeights(at(json, 'block', 'evidence', 'evidence'), height, context),
  };
}

function evidenceHeights(list: unknown, height: number, context: string): number[] {
  if (list === null || list === undefined) return [];
  const heights = new Set<number>();
  for (const each of Array.isArray(list) ? list : [list]) {
    const found = at(each, 'value', 'VoteA', 'height');
    if (found === undefined) continue;
    const evidenceHeight = Number(found);
    if (!Number.isInteger(evidenceHeight) || evidenceHeight < 1 || evidenceHeight > height)
      throw dataError(
        'SOURCE_CORRUPT',
        `${context}: evidence: expected a height up to ${height}, found ${shown(found)}; use another endpoint`,
      );
    heights.add(evidenceHeight);
  }
  return [...heights];
}

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce(
    (inner, name) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? 'nothing';
