import type { BlockRange, RawLevelDbBlock, SourceRef } from '@baleen/chain';
import type { GenesisSource } from './genesis/genesis.ts';
import type { Candidate } from './rpc/candidate.ts';
import type { Facts } from './rpc/facts.ts';
import type { Member } from './rpc/member.ts';
import type { EndpointHealth, SourceInfo } from './source-info.ts';

/** What every open source has. */
export interface OpenSource {
  readonly ref: SourceRef;
  readonly info: SourceInfo;
  /** undefined: there is no genesis document. */
  genesis(): GenesisSource | undefined;
  /** How each place that is asked does; of files, one entry. Counts are since the source was opened. */
  health(): readonly EndpointHealth[];
  close(): void;
  [Symbol.dispose](): void;
}

/** A node's own files. What they hold, the node has verified. */
export interface FileSource extends OpenSource {
  readonly yields: 'blocks';
  /** Blocks in order of height. Their bytes may be views of cached blocks: copy what is kept. `validators` and
   * `consensusParams` are the same object as long as they don't change.
   * @throws BaleenError `SOURCE_OUT_OF_RANGE`, `SOURCE_MISSING`, `SOURCE_DISCONTINUITY`, `SOURCE_CORRUPT`, LevelDB's own */
  read(range: BlockRange, signal?: AbortSignal): AsyncGenerator<RawLevelDbBlock>;
}

/** Endpoints that anybody may run: what they answer is a candidate until its hashes are recomputed. */
export interface CandidateSource extends OpenSource {
  readonly yields: 'candidates';
  /** All endpoints, those that are not used too. */
  readonly endpoints: readonly Member[];
  /** Single facts of a height, as another endpoint than those in `whom.except` answers them. */
  readonly facts: Pick<Facts, 'results' | 'consensusParams' | 'validatorsAnew'>;
  /** One candidate per height, in order of height. Whoever takes one proves it, corrects it if need be, and then takes the next.
   *
   * @param provesTop  whether the header above the range is asked for, too: it proves the results of the highest block. Default: true
   * @throws BaleenError `SOURCE_OUT_OF_RANGE`; what asking throws, once the heights before it are yielded */
  candidates(range: BlockRange, signal?: AbortSignal, provesTop?: boolean): AsyncGenerator<Candidate>;
  /** The height of a refuted candidate, as an endpoint that is not in `tried` answers all of it.
   * @param tried  grows by the endpoint that is asked
   * @throws BaleenError when none is left that answers */
  another(refuted: Candidate, tried: Member[], signal?: AbortSignal): Promise<Candidate>;
  /** Remembers what was proved where something else had been answered. */
  correct(proved: Candidate): void;
  /** Leaves an endpoint alone for long, where there is another: its answer was refuted.
   * @param reason  in words, for `health` */
  accuse(endpoint: Member, reason: string): void;
  /** Whether an endpoint is still the node that it was when it was described. A node may be replaced by another version while it is
   * read, whose answers then look like lies.
   * @throws BaleenError source `SOURCE_CHANGED` when it is another one, and the only endpoint */
  isSame(endpoint: Member): Promise<boolean>;
}

export type Source = FileSource | CandidateSource;
