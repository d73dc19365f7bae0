/** Follows a chain: writes new blocks as they come, while a backfill writes the missing older ones. */
import { BaleenError, type Block, type BlockRange, type NodeRef } from '@baleen/chain';
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

/** Longest wait for the results of a new block, in milliseconds. A node executes a block faster, except at an upgrade or at an epoch's
 * end. */
const RESULTS_WAIT_MS = 5_000;
/** Milliseconds without a block after which the chain or its node counts as halted, by default. */
const HALT_AFTER_MS = 30_000;

/** By default, the head is written first if it is more than this many heights above the database. So many are written in a few seconds. */
const LEAP_HEIGHTS = 500;

/** A source of the chain, and the options with which it is opened for following. */
export interface FollowedSource {
  readonly ref: NodeRef;
  readonly options?: LiveOptions | undefined;
}

export interface FollowOptions {
  /** The first source is followed until it fails or has no new block for long, then the next one, in turn. */
  readonly sources: readonly [FollowedSource, ...FollowedSource[]];
  /** Limits for the threads of the backfill. */
  readonly limits: ReadLimits;
  readonly store: Store;
  readonly chainId: string;
  /** Lowest height to write; undefined means the lowest that the source has. */
  readonly from: number | undefined;
  /** Order in which older heights are written. With `none` only those between the end of an earlier run and the head are written. */
  readonly backfill: BackfillOrder | 'none';
  /** Number of threads of the backfill; undefined means one per core, at most four. */
  readonly workers?: number | undefined;
  readonly signal: AbortSignal;
  /** Called for each source that was opened, before it is read. It throws if the source is of another chain with the same id. */
  readonly prepare: (source: LiveBlockSource, wanted: BlockRange) => Promise<unknown>;
  /** Called once per change of state, with a line for the operator. */
  readonly say: (line: string) => void;
  /** Called after each commit, and every second. */
  readonly onProgress: (progress: FollowProgress) => void;
  /** Called for each source that was opened, for the head or for the backfill. The returned hooks are called for its commits and
   * endpoints. */
  readonly walk?: (info: SourceInfo) => FollowHooks;
  /** Called when the database can't be reached, to start it again if the caller had started it. */
  readonly reviveDatabase?: () => Promise<void>;
  /** If the head is more than this many heights above the database, the head is written first and the rest is left to the backfill. Default
   * 500. */
  readonly leapHeights?: number;
  /** Milliseconds without a block after which the chain counts as halted; it is at least the time of ten usual blocks. Default 30 s. */
  readonly haltAfterMs?: number;
  /** Most milliseconds that the follower waits for the results of a new block before it writes the block without them. Default 5 s. */
  readonly resultsWaitMs?: number;
  /** Clock by which a chain counts as halted: returns milliseconds since an arbitrary moment. Tests replace it. */
  readonly now?: () => number;
}

export interface FollowReport {
  /** `stopped`: the signal was aborted. `succeeded`: the source now serves `successor`, the chain that continues this one. */
  readonly ended: 'stopped' | 'succeeded';
  readonly successor: string | undefined;
  readonly progress: FollowProgress;
}

/** Follows a chain until `signal` is aborted, or the source serves the chain that continues it.
 *
 * After a transient failure (a node or the database restarts) it waits and tries again. A height with a permanent fault is skipped and
 * recorded in `failed_ranges`. The ledger ensures that each height is written once: writing at the head begins where the database ends, and
 * the backfill writes what is missing below.
 * @throws BaleenError if a retry does not help: data contradict the database, the source has another chain, or twenty heights in a row have
 *   a permanent fault */
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
  /** Aborted when following ends, whatever the reason. */
  private readonly signal: AbortSignal;
  /** Aborted to leave the current source for the next one. */
  private hop = new AbortController();
  private readonly database: RetryPolicy;
  private readonly node: RetryPolicy;
  private readonly writer: HeadWriter;
  private readonly backfill: Backfill;
  private readonly maintenance: Maintenance;
  private readonly monitor: FollowMonitor;
  /** How often a source was left so far. Modulo the number of sources it is the index of the source to follow. */
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
      // The backfill reads this height from the other sources.
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
      now: options.now ?? (() => performance.now()),
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

  /** Follows one source after another.
   * @returns the id of the chain that continues this one, if the source serves that one now; undefined if following was stopped */
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
    const { sources, chainId, store, prepare, resultsWaitMs = RESULTS_WAIT_MS } = this.options;
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
      for await (const head of withResults(source.heads(signal), resultsWaitMs)) {
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

  /** Returns the lowest height to write. Without a backfill it is the height after the end of an earlier run, or else the head. */
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

/** Returns a promise that rejects when `part` rejects, and never resolves. */
const failureOf = (part: Promise<unknown>): Promise<never> =>
  part.then(() => new Promise<never>(() => undefined));
