/** Blocks from the RPC of one or several nodes, fetched ahead in order. */
import type { BlockRange, RawBlock } from '@baleen/chain';
import { operatorError } from '../errors.ts';
import type { GenesisSource } from '../genesis/genesis.ts';
import type { Head, LiveSource } from '../live-source.ts';
import type { EndpointHealth, SourceInfo, SourceOptions } from '../source.ts';
import { Ahead } from './ahead.ts';
import { CrossCheck } from './cross-check.ts';
import { agreedGenesis, type RpcGenesis } from './genesis.ts';
import { pollHeads } from './heads.ts';
import { healthOf } from './member.ts';
import type { Pool } from './pool.ts';
import { Prover } from './prover.ts';
import { type Fetched, Reader } from './reader.ts';
import { type Readers, readersOf, type Together } from './shared-limit.ts';
import { createTip } from './tip.ts';

export class RpcSource implements LiveSource {
  readonly info: SourceInfo;
  private readonly pool: Pool;
  private readonly genesisSource: GenesisSource | undefined;
  private readonly reader: Reader;
  private readonly prover: Prover;
  private readonly crossCheck: CrossCheck | undefined;
  private readonly isJudged: boolean;
  private readonly closing = new AbortController();
  private readonly tip = createTip();
  private readonly options: SourceOptions;
  private readonly readers: Readers;
  /** The last block read, for the one after it. */
  private before: { readonly height: number; readonly results: unknown } | undefined;

  constructor(
    info: SourceInfo,
    pool: Pool,
    genesisTexts: readonly RpcGenesis[],
    options: SourceOptions & { readonly together: Together },
  ) {
    const { judge, crossCheck } = options;
    this.options = options;
    this.readers = readersOf(options.together);
    this.info = info;
    this.pool = pool;
    this.genesisSource = agreedGenesis(genesisTexts, info.chainId, crossCheck === true);
    this.isJudged = judge !== undefined;
    const isCrossChecked = crossCheck === true && judge !== undefined;
    this.reader = new Reader(pool, info, isCrossChecked, this.tip);
    this.prover = new Prover(pool, this.reader, info, judge);
    this.crossCheck = isCrossChecked
      ? new CrossCheck(pool, this.reader, this.prover, info, judge)
      : undefined;
  }

  async *read(range: BlockRange, signal?: AbortSignal): AsyncGenerator<RawBlock> {
    this.checkRange(range);
    const stop = new AbortController();
    const all = AbortSignal.any([
      stop.signal,
      this.closing.signal,
      ...(signal === undefined ? [] : [signal]),
    ]);
    const ahead = new Ahead(range, this.pool.members.length, this.readers, (height) =>
      this.reader.fetch(height, all),
    );
    let parentHash: string | undefined;
    this.readers.begin();
    try {
      let fetched = await ahead.take();
      while (fetched !== undefined) {
        signal?.throwIfAborted();
        const { raw, candidate } = await this.settle(fetched, await ahead.peek(), parentHash, all);
        this.before = { height: raw.height, results: raw.results };
        parentHash = candidate.envelope.hash;
        yield raw;
        fetched = await ahead.take();
      }
    } finally {
      stop.abort();
      await ahead.settled();
      this.readers.end();
    }
  }

  heads(signal: AbortSignal): AsyncIterable<Head> {
    const { pool, reader, tip, options } = this;
    return pollHeads({ pool, reader, tip, options, signal: AbortSignal.any([signal, this.closing.signal]) });
  }

  genesis(): GenesisSource | undefined {
    return this.genesisSource;
  }

  health(): readonly EndpointHealth[] {
    return this.pool.members.map(healthOf);
  }

  close(): void {
    this.closing.abort();
    this.pool.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private async settle(
    fetched: Fetched,
    above: Fetched | undefined,
    parentHash: string | undefined,
    signal: AbortSignal,
  ): ReturnType<Prover['settle']> {
    const { height } = fetched.envelope;
    const next = above && { lastResultsHash: above.envelope.lastResultsHash, by: above.block.by };
    const header = next ?? (this.isJudged ? await this.reader.headerAbove(height, signal) : undefined);
    const resultsBefore = this.before?.height === height - 1 ? this.before.results : undefined;
    const candidate = await this.reader.assemble(fetched, header, resultsBefore, signal);
    const proved = await this.prover.settle(candidate, parentHash, signal);
    return this.crossCheck === undefined ? proved : this.crossCheck.check(proved, fetched.witness, signal);
  }

  private checkRange({ from, to }: BlockRange): void {
    const { path } = this.info;
    const described = this.pool.members.flatMap((member) => member.described ?? []);
    const base = Math.min(this.info.base, ...described.map((each) => each.base));
    const head = Math.max(this.info.head, ...described.map((each) => each.head));
    if (from < base || to > head || from > to)
      throw operatorError(
        'SOURCE_OUT_OF_RANGE',
        `read blocks ${from}..${to} of ${path}: expected heights within ${base}..${head}; name others with --heights`,
      );
  }
}
