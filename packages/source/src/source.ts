import type { BlockRange, NodeRef, RawLevelDbBlock } from '@baleen/chain';
import type { GenesisSource } from './genesis/genesis.ts';
import type { Candidate } from './rpc/candidate.ts';
import type { Endpoint } from './rpc/endpoint.ts';
import type { Facts } from './rpc/facts.ts';
import type { EndpointHealth, SourceInfo } from './source-info.ts';

/** What every open source has. */
export interface OpenSource {
  readonly ref: NodeRef;
  readonly info: SourceInfo;
  /** Returns the genesis document. undefined: there is none. */
  genesis(): GenesisSource | undefined;
  /** Returns the health of each endpoint, or of the folder, with counts since the source was opened. */
  health(): readonly EndpointHealth[];
  close(): void;
  [Symbol.dispose](): void;
}

/** Blocks from a node's own files, which the node has verified. */
export interface FileSource extends OpenSource {
  readonly yields: 'blocks';
  /** Yields blocks in order of height. Their bytes may be views of cached blocks: copy what is kept. `validators` and
   * `consensusParams` are the same object as long as they don't change.
   * @throws BaleenError `SOURCE_OUT_OF_RANGE`, `SOURCE_MISSING`, `SOURCE_DISCONTINUITY`, `SOURCE_CORRUPT`, LevelDB's own */
  read(range: BlockRange, signal?: AbortSignal): AsyncGenerator<RawLevelDbBlock>;
}

/** Blocks from RPC endpoints, which anybody may run: an answer is a candidate until its hashes are recomputed. */
export interface CandidateSource extends OpenSource {
  readonly yields: 'candidates';
  /** All endpoints, also those that are not used. */
  readonly endpoints: readonly Endpoint[];
  /** Asks for single facts of a height, at an endpoint that is not in `except`. */
  readonly facts: Pick<Facts, 'results' | 'consensusParams' | 'validatorsAnew'>;
  /** Yields one candidate per height, in order of height. The caller proves it, calls `correct` if another one was right, and then takes
   * the next.
   *
   * @param provesTop  whether the header above the range is asked for, too: it proves the results of the highest block. Default: true
   * @throws BaleenError `SOURCE_OUT_OF_RANGE`; what asking throws, once the heights before it are yielded */
  candidates(range: BlockRange, signal?: AbortSignal, provesTop?: boolean): AsyncGenerator<Candidate>;
  /** Asks for the height of a refuted candidate again: all of it at one endpoint that is not in `tried`.
   * @param tried  the endpoint that answers is added to it
   * @throws BaleenError when no endpoint is left that answers */
  another(refuted: Candidate, tried: Endpoint[], signal?: AbortSignal): Promise<Candidate>;
  /** Takes over a proved candidate where another one had been yielded: what is remembered for later heights is corrected. */
  correct(proved: Candidate): void;
  /** Penalises an endpoint whose answer was refuted: where there is another, it is not asked for a long time.
   * @param reason  in words, for `health` */
  penalise(endpoint: Endpoint, reason: string): void;
  /** Asks an endpoint whether it is still the node that it was when it was described. A node may be replaced by one of another version
   * while it is read; its answers then look like lies.
   * @throws BaleenError source `SOURCE_CHANGED` when it is another one, and the only endpoint */
  isSame(endpoint: Endpoint): Promise<boolean>;
}

export type Source = FileSource | CandidateSource;
