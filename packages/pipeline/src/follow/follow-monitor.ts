import type { Block } from '@baleen/chain';
import { createPace, type Head } from '@baleen/source';
import type { LiveBlockSource } from '../walk/block-source.ts';
import type { WrittenBatch } from '../walk/stages.ts';
import type { Backfill } from './backfill.ts';
import type { FollowProgress } from './progress.ts';
import type { RetryPolicy } from './retry-policy.ts';
import { type AnswerClock, createAnswerClock, describeSilence, silenceLimit } from './silence.ts';

/** Longest time between two reports of progress. */
const LONGEST_TICK_MS = 1_000;
/** Number of ticks within the time after which a chain counts as halted. The time of a source's last answer is known to within a tick. */
const TICKS_PER_SILENCE = 10;

export interface FollowMonitorOptions {
  readonly chainId: string;
  readonly say: (line: string) => void;
  readonly backfill: Backfill;
  readonly haltAfterMs: number;
  /** Clock that returns milliseconds since an arbitrary moment. */
  readonly now: () => number;
  /** The retries of the writer at the head. While one of them waits, the lack of a new block does not mean that the chain has halted. */
  readonly retryPolicies: readonly RetryPolicy[];
  /** Called at each tick as long as the current source has brought no block for too long. */
  readonly onHalt: () => void;
  /** Called every second. */
  readonly onTick: () => void;
  readonly onProgress: (progress: FollowProgress) => void;
}

/** Collects the progress of a follower, reports it every second and after each commit, and notices when no block comes. */
export class FollowMonitor {
  private readonly options: FollowMonitorOptions;
  private readonly timer: NodeJS.Timeout;
  private readonly pace = createPace();
  private readonly answers: AnswerClock;
  private readonly totals = { heights: 0, txs: 0, rows: 0, bytes: 0 };
  private source: LiveBlockSource | undefined;
  private head: Head | undefined;
  private newest: { readonly height: number; readonly seconds: number } | undefined;
  private delayMs: number | undefined;
  /** When the last block came, the source was opened, or a retry policy was waiting, whichever was last. */
  private heardAt: number;
  /** Why no block comes, in words; undefined if blocks come. */
  private halt: string | undefined;

  constructor(options: FollowMonitorOptions) {
    this.options = options;
    this.answers = createAnswerClock(options.now);
    this.heardAt = options.now();
    const everyMs = Math.min(LONGEST_TICK_MS, options.haltAfterMs / TICKS_PER_SILENCE);
    this.timer = setInterval(() => this.tick(), everyMs);
  }

  /** Sets the source that is followed now; undefined if none is open. */
  uses(source: LiveBlockSource | undefined): void {
    this.source = source;
    this.heardAt = this.options.now();
  }

  /** Notes a head that the source has announced. */
  sees(seen: Head): void {
    if (this.head !== undefined && seen.height <= this.head.height) return;
    if (this.halt !== undefined) this.options.say(`block ${seen.height} is there: the chain goes on`);
    this.halt = undefined;
    this.head = seen;
    this.heardAt = this.options.now();
    this.pace.seen(seen.height, this.heardAt);
  }

  /** Notes a commit.
   * @param block  the newest block of the commit; undefined if the backfill has written it */
  wrote(written: WrittenBatch, block: Block | undefined): void {
    addTo(this.totals, written);
    if (block !== undefined && block.height >= (this.newest?.height ?? 0)) {
      this.newest = { height: block.height, seconds: block.header.time?.seconds ?? Number.NaN };
      if (this.head?.height === block.height) this.delayMs = Date.now() - this.head.seenAt;
    }
    this.options.onProgress(this.progress());
  }

  progress(): FollowProgress {
    const { chainId, retryPolicies, backfill } = this.options;
    const { head, newest, halt } = this;
    const trouble = retryPolicies.map((each) => each.trouble).find((each) => each !== undefined);
    return {
      chainId,
      state: stateOf(trouble, halt, newest !== undefined),
      trouble: trouble ?? halt,
      head: head?.height,
      written: newest?.height,
      lagBlocks: head && newest && Math.max(0, head.height - newest.height),
      lagSeconds: newest && Date.now() / 1000 - newest.seconds,
      delayMs: this.delayMs,
      blockMs: this.pace.usualMs,
      ...this.totals,
      backfill: backfill.isDone ? undefined : { done: backfill.done, total: backfill.total },
    };
  }

  end(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const { source, options } = this;
    if (source !== undefined) this.answers.look(source.health());
    // The retry policy that is waiting reports the reason itself.
    const isWaiting = options.retryPolicies.some(({ trouble }) => trouble !== undefined);
    if (source === undefined || isWaiting) this.heardAt = options.now();
    else this.checkSilence(source);
    options.onTick();
    options.onProgress(this.progress());
  }

  private checkSilence(source: LiveBlockSource): void {
    const { say, onHalt, haltAfterMs, now } = this.options;
    const { usualMs } = this.pace;
    const silentMs = now() - this.heardAt;
    if (silentMs <= silenceLimit(usualMs, haltAfterMs)) return;
    if (this.halt === undefined) {
      const { quietMs } = this.answers;
      this.halt = describeSilence(silentMs, quietMs, usualMs, this.head?.height, source.health());
      say(this.halt);
    }
    onHalt();
  }
}

function stateOf(
  trouble: string | undefined,
  halt: string | undefined,
  hasWritten: boolean,
): FollowProgress['state'] {
  if (trouble !== undefined) return 'waiting';
  if (halt !== undefined) return 'halted';
  return hasWritten ? 'following' : 'starting';
}

function addTo(
  totals: { heights: number; txs: number; rows: number; bytes: number },
  { range, txs, rows, bytes }: WrittenBatch,
): void {
  totals.heights += range.to - range.from + 1;
  totals.txs += txs;
  totals.rows += rows;
  totals.bytes += bytes;
}
