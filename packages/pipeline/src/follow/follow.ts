/** At the head at once, with what lies behind it beside; keeps up until it is stopped. */
import { BaleenError, type Block, type BlockRange } from '@baleen/chain';
import {
  isRpcAddress,
  type LiveSource,
  type RpcJudge,
  type SourceInfo,
  type SourceOptions,
} from '@baleen/source';
import type { Store } from '@baleen/store';
import { createJudge } from '../walk/judge.ts';
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

/** Sources of the chain that are one: the addresses of a pool, or a folder. */
export interface Place {
  /** What `openSource` takes. */
  readonly paths: readonly string[];
  /** @param judge  of what is answered over RPC */
  open(judge: RpcJudge): Promise<LiveSource>;
}

export interface FollowOptions {
  /** The first one is followed, the next one when it fails or has nothing new. */
  readonly places: readonly [Place, ...Place[]];
  /** For the backfill's threads. */
  readonly sourceOptions: SourceOptions;
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
  readonly prepare: (source: LiveSource, wanted: BlockRange) => Promise<void>;
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
    await rememberFailure(options, error);
    throw error;
  }
}

class Follower {
  private readonly options: FollowOptions;
  private readonly stop = new AbortController();
  /** Ends everything. */
  private readonly signal: AbortSignal;
  /** Ends the reading of the place that is followed now, for another. */
  private hop = new AbortController();
  private readonly database: RetryPolicy;
  private readonly node: RetryPolicy;
  private readonly writer: HeadWriter;
  private readonly backfill: Backfill;
  private readonly maintenance: Maintenance;
  private readonly monitor: FollowMonitor;
  /** Which place is followed. */
  private turn = 0;
  private source: LiveSource | undefined;
  /** The last one that was opened. */
  private place: { readonly paths: readonly string[]; readonly known: SourceInfo } | undefined;
  private hooks: FollowHooks | undefined;
  private hasBegun = false;
  private begin: () => void = () => undefined;
  private readonly begun: Promise<void>;

  constructor(options: FollowOptions) {
    const { store, chainId, say, places, sourceOptions, workers, reviveDatabase: revive } = options;
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
    });
    this.backfill = createBackfill({
      ...{ sourceOptions, store, chainId, signal, workers },
      places: places.map(({ paths }) => paths),
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
      ...{ sourceOptions, store, chainId, signal },
      place: () => this.place!,
      retries: createRetryPolicy({ what: '', signal, say: () => undefined }),
    });
    this.monitor = new FollowMonitor({
      ...{ chainId, say, backfill: this.backfill },
      haltAfterMs: options.haltAfterMs ?? HALT_AFTER_MS,
      retryPolicies: [this.database, this.node],
      onHalt: () => (places.length > 1 ? this.hop.abort() : undefined),
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
        const successor = await this.followPlace(AbortSignal.any(signals));
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

  private async followPlace(signal: AbortSignal): Promise<string | undefined> {
    const { places, chainId, store, prepare } = this.options;
    const place = places[this.turn % places.length]!;
    const judge = createJudge(
      place.paths.some(isRpcAddress) ? await import('@baleen/decode/rpc') : undefined,
    );
    const source = await openOrAbort(place.open(judge), signal);
    try {
      const { info } = source;
      if (info.chainId !== chainId) return await checkSuccessor(store, chainId, info);
      this.source = source;
      this.place = { paths: place.paths, known: info };
      this.hooks = this.options.walk?.(info);
      this.monitor.uses(source);
      const lowest = await this.database.attempt(() => this.lowestWanted(source));
      await this.database.attempt(() => prepare(source, { from: lowest, to: Math.max(lowest, info.head) }));
      for await (const head of withResults(source.heads(signal), RESULTS_WAIT_MS)) {
        this.monitor.sees(head);
        await this.writer.writeUpTo({ source, decode: judge.decode }, head.upTo);
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
  private async lowestWanted({ info }: LiveSource): Promise<number> {
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

/** The view `failed_ranges` shows it until the height is written. */
async function rememberFailure({ store, chainId }: FollowOptions, error: unknown): Promise<void> {
  if (!(error instanceof BaleenError) || error.kind !== 'data' || error.height === undefined) return;
  await store.recordFailure(chainId, { from: error.height, to: error.height }, error.message);
}
