/** What a node's answers over RPC show of the version that gave them.
 *
 * The version that a node names is a hint only: builds name a branch, a commit or nothing. What is told wrong here, the hashes refute. */
import { isAtLeast, type SoftwareVersion, versionOf } from './software-version.ts';

export interface AnsweredSigns {
  /** Whether the block is Amino's, as until Tendermint 0.33. */
  readonly isAmino: boolean;
  /** Whether the block has what only Tendermint up to 0.32 writes: `num_txs` or `total_txs` in the header, or
   * `precommits` in the last commit. */
  readonly hasTxCounts: boolean;
  /** True if the results have events of FinalizeBlock, as since CometBFT 0.38; undefined if there are no results. */
  readonly finalizesBlock: boolean | undefined;
  /** True if the consensus params have those of features, as since CometBFT 1.0; undefined if there are no params. */
  readonly hasFeatureParams: boolean | undefined;
  /** Version that the node names; undefined if it names none. */
  readonly version: SoftwareVersion | undefined;
}

export interface SampledAnswers {
  /** Result of `/block`. */
  readonly block: unknown;
  /** Results of `/block_results` and `/consensus_params`; undefined if the node does not give them. */
  readonly results: unknown;
  readonly params: unknown;
  /** The node's version in `/status`. */
  readonly version: string;
}

/** Finds the signs of an era in a node's answers; undefined if `block` is no block. */
export function answeredSigns(sampled: SampledAnswers): AnsweredSigns | undefined {
  const { block, results, params, version } = sampled;
  const header = at(block, 'block', 'header');
  if (typeof header !== 'object' || header === null) return undefined;
  return {
    isAmino: isAmino(header),
    hasTxCounts: has(header, 'num_txs', 'total_txs') || has(at(block, 'block', 'last_commit'), 'precommits'),
    finalizesBlock: results === undefined ? undefined : has(results, 'finalize_block_events', 'app_hash'),
    hasFeatureParams: params === undefined ? undefined : has(at(params, 'consensus_params'), 'feature'),
    version: versionOf(version),
  };
}

/** True from CometBFT 0.38 on, which has FinalizeBlock. The shape of `/block_results` tells. `/block` has the same shape in 0.34 and
 * 0.38, so without results the version that the node reports decides. */
export const isFinalizing = ({ finalizesBlock, version }: AnsweredSigns): boolean =>
  finalizesBlock ?? isAtLeast(version, [0, 38, 0]);

export const hasFeatures = ({ hasFeatureParams, version }: AnsweredSigns): boolean =>
  hasFeatureParams ?? isAtLeast(version, [1, 0, 0]);

/** The block protocol is 10 until 0.33 and 11 since 0.34. Where it is not told: Amino writes whole numbers as text. */
function isAmino(header: object): boolean {
  const protocol = at(header, 'version', 'block');
  if (protocol !== undefined) return Number(protocol) < 11;
  return typeof at(header, 'last_block_id', 'parts', 'total') === 'string';
}

const has = (value: unknown, ...names: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && names.some((name) => name in value);

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );
