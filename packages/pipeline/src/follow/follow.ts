/** At the head at once, with what lies behind it beside; keeps up until it is stopped. */
import { BaleenError, type Block, type BlockRange, type SourceRef } from '@baleen/chain';
import type { LiveOptions, SourceInfo } from '@baleen/source';
import type { Store } from '@baleen/store';
import type { LiveBlockSource } from '../walk/block-source.ts';
import { rememberFailure } from '../walk/height-fault.ts';
import type { ReadLimits } from '../walk/index-ranges.ts';
import { openLiveBlocks } from '../walk/open-blocks.ts';
import type { WrittenBatch } from '../walk/stages.ts';
import { type Backfill, type BackfillOrder, createBackfill } from './backfill.ts';
import { FollowMonitor } from './follow-monitor.ts';
import { HeadWriter } from './head-writer.ts';
import { createMaintenance, type Maintenance } from './maintenance.ts';
import { openOrAbort } from './open-or-abort.ts';
import type { FollowHooks, FollowProgress } from './progress.ts';
import { orReopened } from './reopened.ts';
import { createRetryPolicy, type RetryPolicy } from './retry-policy.ts';
import { checkSuccessor } from './successor.ts';
import { withResults } from './with-results.ts';

/** Executing a block takes longer only at upgrades and at the end of an epoch. */
const RESULTS_WAIT_MS = 5_000;
/** Without a block: a chain or a node that has halted. */
const HALT_AFTER_MS = 30_000;

/** A few seconds of writing one after the other. */
const LEAP_HEIGHTS = 500;

/** A source of the chain, and how it is opened for following. */
export interface FollowedSource {
  readonly ref: SourceRef;
  readonly options?: LiveOptions | undefined;
}

export interface FollowOptions {
  /** The first one is followed, the next one when it fails or has nothing new. */
  readonly sources: readonly [FollowedSource, ...FollowedSource[]];
  /** For the backfill's threads. */
  readonly limits: ReadLimits;
  readonly store: Store;
  readonly chainId: string;
  /** Lowest height that is wanted; undefined: the lowest that a source has. */
  readonly from: number | undefined;
  /** none: only what an earlier run left between its end and the head. */
  readonly backfill: BackfillOrder | 'none';
  /** Threads of the backfill. */
  readonly workers?: number | undefined;
  readonly signal: AbortSignal;
  /** Called for each source that is opened, before it is read: refuses one of another chain with the same id. */
  readonly prepare: (source: LiveBlockSource, wanted: BlockRange) => Promise<void>;
  /** A change of state, in words. */
  readonly say: (line: string) => void;
  /** After each commit, and every second. */
  readonly onProgress: (progress: FollowProgress) => void;
  /** Called for each source that is opened for reading, at the head and behind it: where it tells how it goes. */
  readonly walk?: (info: SourceInfo) => FollowHooks;
  /** The database can't be reached: mends it where the caller has started it. */
  readonly reviveDatabase?: () => Promise<void>;
  /** Heights that the head may be ahead before it is written first; default 500. */
  readonly leapHeights?: number;
  /** Milliseconds; default 30 s. Ten usual blocks are never a halt. */
  readonly haltAfterMs?: number;
}

export interface FollowReport {
  /** stopped: by the signal. succeeded: the source is now at `successor`, which continues the chain. */
  readonly ended: 'stopped' | 'succeeded';
  readonly successor: string | undefined;
  readonly progress: FollowProgress;
}

/** Follows a chain until `signal` is aborted, or the source goes on to the chain that continues it.
 *
 * What may pass (a node or the database restarts) is waited for. A height is written once whatever happens: the ledger
 * decides, the head goes on from where the database ends, and the backfill looks for what is missing below.
 * @throws BaleenError of what does not pass: data that contradict themselves or the database, another chain at the source */
export async function followChain(options: FollowOptions): Promise<FollowReport> {
  const follower = new Follower(options);
  try {
    return await follower.run();
  } catch (error) {
    await rememberFailure(options.store, options.chainId, error);
    throw error;
  }
}

class Follower {
  private readonly options: FollowOptions;
  private readonly stop = new AbortController();
  /** Ends everything. */
  private readonly signal: AbortSignal;
  /** Ends the reading of the source that is followed now, for another. */
  private hop = new AbortController();
  private readonly database: RetryPolicy;
  private readonly node: RetryPolicy;
  private readonly writer: HeadWriter;
  private readonly backfill: Backfill;
  private readonly maintenance: Maintenance;
  private readonly monitor: FollowMonitor;
  /** Counts up to the source that is followed, in turn. */
  private turn = 0;
  /** The source that is open now. */
  private source: LiveBlockSource | undefined;
  /** The source that was opened last. */
  private lastSource: LiveBlockSource | undefined;
  private hooks: FollowHooks | undefined;
  private hasBegun = false;
  private begin: () => void = () => undefined;
  private readonly begun: Promise<void>;

  constructor(options: FollowOptions) {
    const { store, chainId, say, sources, limits, workers, reviveDatabase: revive } = options;
    this.options = options;
    this.signal = AbortSignal.any([options.signal, this.stop.signal]);
    const { signal } = this;
    this.begun = new Promise((resolve) => (this.begin = resolve));
    signal.addEventListener('abort', this.begin);
    this.database = createRetryPolicy({ what: 'the database', signal, say, revive });
    this.node = createRetryPolicy({ what: 'the source', signal, say });
    this.writer = new HeadWriter({
      ...{ store, chainId, signal, database: this.database, from: options.from ?? 1 },
      leapHeights: options.leapHeights ?? LEAP_HEIGHTS,
      onWritten: (written, newest) => this.wrote(this.hooks, written, newest),
      onLeap: (left) => this.backfill.add(left),
      // Another source may have it.
      onFault: (fault, height) => {
        say(`${fault.message}; going on without this height`);
        this.backfill.add({ from: height, to: height });
      },
    });
    this.backfill = createBackfill({
      ...{ limits, store, chainId, signal, workers, say },
      sources: sources.map(({ ref }) => ref),
      order: options.backfill === 'oldest-first' ? 'oldest-first' : 'newest-first',
      retries: createRetryPolicy({
        ...{ what: 'what the backfill needs', signal, revive },
        say: (line) => say(`backfill: ${line}`),
      }),
      walk: (info) => {
        const hooks = options.walk?.(info);
        return {
          onWritten: (written) => this.wrote(hooks, written, undefined),
          onEndpoints: (endpoints) => hooks?.onEndpoints(endpoints),
          end: () => hooks?.end(),
        };
      },
    });
    this.maintenance = createMaintenance({
      ...{ limits, store, chainId, signal },
      source: () => this.lastSource!,
      retries: createRetryPolicy({ what: '', signal, say: () => undefined }),
    });
    this.monitor = new FollowMonitor({
      ...{ chainId, say, backfill: this.backfill },
      haltAfterMs: options.haltAfterMs ?? HALT_AFTER_MS,
      retryPolicies: [this.database, this.node],
      onHalt: () => (sources.length > 1 ? this.hop.abort() : undefined),
      onTick: () => this.source && this.hooks?.onEndpoints(this.source.health()),
      onProgress: options.onProgress,
    });
  }

  async run(): Promise<FollowReport> {
    const head = this.followHead();
    const beside = [this.runBackfill(), this.runMaintenance()];
    let successor: string | undefined;
    try {
      successor = await Promise.race([head, ...beside.map(failureOf)]);
    } catch (error) {
      if (!this.options.signal.aborted) throw error;
    } finally {
      this.stop.abort();
      await Promise.allSettled([head, ...beside]);
      this.monitor.end();
    }
    const ended = successor === undefined ? 'stopped' : 'succeeded';
    return { ended, successor, progress: this.monitor.progress() };
  }

  /** @returns the chain that the source is at now, when it continues this one */
  private async followHead(): Promise<string | undefined> {
    for (;;) {
      this.hop = new AbortController();
      const leave = new AbortController();
      try {
        const signals = [this.signal, this.hop.signal, leave.signal];
        const successor = await this.followNext(AbortSignal.any(signals));
        if (successor !== undefined || this.signal.aborted) return successor;
      } catch (error) {
        this.signal.throwIfAborted();
        if (!this.hop.signal.aborted) await this.node.wait(orReopened(error));
      } finally {
        leave.abort();
      }
      this.turn++;
    }
  }

  private async followNext(signal: AbortSignal): Promise<string | undefined> {
    const { sources, chainId, store, prepare } = this.options;
    const { ref, options } = sources[this.turn % sources.length]!;
    const source = await openOrAbort(openLiveBlocks(ref, options), signal);
    try {
      const { info } = source;
      if (info.chainId !== chainId) return await checkSuccessor(store, chainId, info);
      this.source = this.lastSource = source;
      this.hooks = this.options.walk?.(info);
      this.monitor.uses(source);
      const lowest = await this.database.attempt(() => this.lowestWanted(source));
      await this.database.attempt(() => prepare(source, { from: lowest, to: Math.max(lowest, info.head) }));
      for await (const head of withResults(source.heads(signal), RESULTS_WAIT_MS)) {
        this.monitor.sees(head);
        await this.writer.writeUpTo(source, head.upTo);
        this.node.calm();
        this.fillBehind(lowest);
      }
      signal.throwIfAborted();
      throw new BaleenError('source', 'SOURCE_ENDED', `follow ${info.path}: it tells of no more blocks`);
    } finally {
      this.hooks?.onEndpoints(source.health());
      this.hooks?.end();
      this.hooks = this.source = undefined;
      this.monitor.uses(undefined);
      source.close();
    }
  }

  /** Where the wanted heights begin; without a backfill where an earlier run ended, or at the head. */
  private async lowestWanted({ info }: LiveBlockSource): Promise<number> {
    const { backfill, chainId, store, from } = this.options;
    if (backfill !== 'none') return from ?? info.base;
    const missing = await store.missing(chainId, { from: 1, to: info.head }, ['blocks']);
    const last = missing.at(-1);
    const continues = last !== undefined && last.to === info.head && last.from > 1;
    return Math.max(from ?? 1, continues ? last.from : info.head);
  }

  private fillBehind(lowest: number): void {
    const { first } = this.writer;
    if (this.hasBegun || first === undefined) return;
    this.hasBegun = true;
    this.backfill.add({ from: lowest, to: first - 1 });
    this.begin();
  }

  private async runBackfill(): Promise<void> {
    await this.begun;
    await this.backfill.run(() => this.maintenance.loaded());
  }

  private async runMaintenance(): Promise<void> {
    await this.begun;
    if (!this.signal.aborted) await this.maintenance.run();
  }

  private wrote(hooks: FollowHooks | undefined, written: WrittenBatch, newest: Block | undefined): void {
    hooks?.onWritten(written);
    this.monitor.wrote(written, newest);
  }
}

/** Only tells of a failure. */
const failureOf = (part: Promise<unknown>): Promise<never> =>
  part.then(() => new Promise<never>(() => undefined));
