/** Candidates from the RPC endpoints of one or several nodes, fetched ahead and yielded in order of height. */
import { BaleenError, type BlockRange, type RpcRef } from '@baleen/chain';
import { operatorError } from '../errors.ts';
import type { GenesisSource } from '../genesis/genesis.ts';
import type { Head, Heads } from '../live-source.ts';
import type { CandidateSource } from '../source.ts';
import type { EndpointHealth, SourceInfo } from '../source-info.ts';
import type { SourceOptions } from '../source-options.ts';
import { Ahead } from './ahead.ts';
import { type Candidate, endpointsOf, type NextHeader } from './candidate.ts';
import { type Endpoint, healthOf } from './endpoint.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { agreedGenesis, type RpcGenesis } from './genesis.ts';
import { createHeadTracker } from './head-tracker.ts';
import { pollHeads } from './heads.ts';
import { type Fetched, headerOf, Reader } from './reader.ts';
import { type Readers, readersOf, type SharedLimits } from './shared-limit.ts';

export class RpcSource implements CandidateSource, Heads {
  readonly yields = 'candidates';
  readonly ref: RpcRef;
  readonly info: SourceInfo;
  private readonly pool: EndpointPool;
  private readonly genesisSource: GenesisSource | undefined;
  private readonly reader: Reader;
  private readonly closing = new AbortController();
  private readonly tracker = createHeadTracker();
  private readonly options: SourceOptions;
  private readonly readers: Readers;
  /** The candidate that was yielded last: its results tell whether consensus params change. */
  private before: Candidate | undefined;

  constructor(
    ref: RpcRef,
    info: SourceInfo,
    pool: EndpointPool,
    genesisTexts: readonly RpcGenesis[],
    options: SourceOptions & { readonly sharedLimits: SharedLimits },
  ) {
    const isCrossChecked = options.crossCheck === true;
    this.ref = ref;
    this.options = options;
    this.readers = readersOf(options.sharedLimits);
    this.info = info;
    this.pool = pool;
    this.genesisSource = agreedGenesis(genesisTexts, info.chainId, isCrossChecked);
    this.reader = new Reader(pool, info, isCrossChecked, this.tracker);
  }

  get endpoints(): readonly Endpoint[] {
    return this.pool.endpoints;
  }

  get facts(): CandidateSource['facts'] {
    return this.reader.facts;
  }

  async *candidates(range: BlockRange, signal?: AbortSignal, provesTop = true): AsyncGenerator<Candidate> {
    this.checkRange(range);
    const stop = new AbortController();
    const all = this.untilClosed(signal, stop.signal);
    const ahead = new Ahead(range, this.pool.endpoints.length, this.readers, (height) =>
      this.reader.fetch(height, all),
    );
    this.readers.begin();
    try {
      for (let fetched = await ahead.take(); fetched !== undefined; fetched = await ahead.take()) {
        signal?.throwIfAborted();
        const isTop = fetched.block.envelope.height === range.to;
        const next = isTop && !provesTop ? undefined : await this.headerAbove(fetched, ahead.peek(), all);
        this.before = await this.assemble(fetched, next, all);
        yield this.before;
      }
    } finally {
      stop.abort();
      await ahead.settled();
      this.readers.end();
    }
  }

  async another(refuted: Candidate, tried: Endpoint[], signal?: AbortSignal): Promise<Candidate> {
    const all = this.untilClosed(signal);
    const { height } = refuted.block.envelope;
    const said = endpointsOf(refuted);
    const untried = this.pool.endpoints.filter((each) => !tried.includes(each));
    // What several endpoints answered together refutes none of them: each is then asked for all of it.
    const prefer =
      untried.find((each) => !said.includes(each)) ?? untried.find((each) => each !== refuted.block.by);
    const block = await this.reader.facts.block(height, { prefer, except: tried, isFresh: true }, all);
    tried.push(block.by);
    return this.reader.reread(refuted, block, all);
  }

  correct(proved: Candidate): void {
    this.reader.correct(proved);
    if (this.before?.block.envelope.height === proved.block.envelope.height) this.before = proved;
  }

  penalise(endpoint: Endpoint, reason: string): void {
    this.pool.penalise(endpoint, reason);
  }

  isSame(endpoint: Endpoint): Promise<boolean> {
    return this.pool.isSame(endpoint);
  }

  heads(signal: AbortSignal): AsyncIterable<Head> {
    const { pool, reader, tracker, options } = this;
    return pollHeads({
      pool,
      reader,
      tracker,
      options,
      signal: AbortSignal.any([signal, this.closing.signal]),
    });
  }

  genesis(): GenesisSource | undefined {
    return this.genesisSource;
  }

  health(): readonly EndpointHealth[] {
    return this.pool.endpoints.map(healthOf);
  }

  close(): void {
    this.closing.abort();
    this.pool.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private assemble(fetched: Fetched, next: NextHeader | undefined, signal: AbortSignal): Promise<Candidate> {
    const isBefore = this.before?.block.envelope.height === fetched.block.envelope.height - 1;
    const resultsBefore = isBefore ? this.before?.results?.result : undefined;
    return this.reader.assemble(fetched, next, resultsBefore, signal);
  }

  /** Returns the header that proves the results of `fetched`. A failure to get it is thrown when the height above is read itself.
   *
   * @param above  the facts that are being fetched for the height above; undefined if that height is not in the range
   * @returns undefined if no endpoint has the header, or none gives it */
  private async headerAbove(
    fetched: Fetched,
    above: Promise<Fetched | undefined>,
    signal: AbortSignal,
  ): Promise<NextHeader | undefined> {
    try {
      const next = await above;
      return next
        ? headerOf(next.block)
        : await this.reader.headerAbove(fetched.block.envelope.height, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BaleenError) return undefined;
      throw error;
    }
  }

  private untilClosed(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
    return AbortSignal.any([this.closing.signal, ...signals.filter((signal) => signal !== undefined)]);
  }

  private checkRange({ from, to }: BlockRange): void {
    const { path } = this.info;
    const described = this.pool.endpoints.flatMap((endpoint) => endpoint.described ?? []);
    const base = Math.min(this.info.base, ...described.map((each) => each.base));
    const head = Math.max(this.info.head, ...described.map((each) => each.head));
    if (from < base || to > head || from > to)
      throw operatorError(
        'SOURCE_OUT_OF_RANGE',
        `read blocks ${from}..${to} of ${path}: expected heights within ${base}..${head}; name others with --heights`,
      );
  }
}
