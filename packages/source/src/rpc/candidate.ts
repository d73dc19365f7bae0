import type { RawRpcBlock } from '@baleen/chain';
import type { SourceInfo } from '../source-info.ts';
import type { Endpoint } from './endpoint.ts';
import type { BlockFact, Fact, Pages } from './facts.ts';

/** All that was answered about a height, and who answered it. Nothing of it is proved. */
export interface Candidate {
  readonly block: BlockFact;
  readonly results: Fact | undefined;
  readonly validators: Pages | undefined;
  /** Validator sets at the heights of evidence that names no power. */
  readonly evidence: readonly (Pages & { readonly height: number })[];
  readonly params: Fact | undefined;
  /** Header of the block above, which proves the results. undefined: not at hand. */
  readonly next: NextHeader | undefined;
  /** The results again, from a second endpoint, to compare. undefined: not asked for, or no other endpoint has them. */
  readonly witness: Fact | undefined;
}

export interface NextHeader {
  /** Hexadecimal. */
  readonly lastResultsHash: string;
  readonly by: Endpoint;
}

/** Returns a candidate in the form that the decoder takes. */
export function rawOf(candidate: Candidate, { chainId, era, bech32Prefix }: SourceInfo): RawRpcBlock {
  const { block, results, validators, evidence, params, next } = candidate;
  return {
    encoding: 'rpc',
    chainId,
    era,
    height: block.envelope.height,
    bech32Prefix,
    endpoint: block.by.address,
    attributes: (results ?? block).attributes,
    block: block.result,
    results: results?.result,
    validators: validators?.pages,
    evidenceValidators: evidence.map(({ height, pages }) => ({ height, pages })),
    consensusParams: params?.result,
    nextResultsHash: next?.lastResultsHash,
    answerBytes: block.bytes + (results?.bytes ?? 0),
  };
}

/** Returns the endpoints that answered a part of a candidate. */
export const endpointsOf = ({
  block,
  results,
  validators,
  evidence,
  params,
  next,
}: Candidate): Endpoint[] => [
  ...new Set([block, results, validators, ...evidence, params, next].flatMap((each) => each?.by ?? [])),
];
