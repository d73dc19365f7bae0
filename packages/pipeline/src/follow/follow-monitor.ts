import type { Block } from '@baleen/chain';
import { createPace, type Head, type LiveSource } from '@baleen/source';
import type { WrittenBatch } from '../walk/stages.ts';
import type { Backfill } from './backfill.ts';
import type { FollowProgress } from './progress.ts';
import type { RetryPolicy } from './retry-policy.ts';
import { createAnswers, describeSilence, silenceLimit } from './silence.ts';

const LONGEST_TICK_MS = 1_000;
/** Looks within a silence: when a source answered last is known that well. */
const TICKS_PER_SILENCE = 10;

export interface FollowMonitorOptions {
  readonly chainId: string;
  readonly say: (line: string) => void;
  readonly backfill: Backfill;
  readonly haltAfterMs: number;
  /** What is waited for by the head. */
  readonly retryPolicies: readonly RetryPolicy[];
  /** No block has come for long since the source is used; said once per silence. */
  readonly onHalt: () => void;
  /** Every second. */
  readonly onTick: () => void;
  readonly onProgress: (progress: FollowProgress) => void;
}

/** Knows how the follower does, and notices when no block comes. */
export interface FollowMonitor {
  /** undefined: none is open. */
  uses(source: LiveSource | undefined): void;
  sees(head: Head): void;
  /** @param newest  undefined: behind the head */
  wrote(written: WrittenBatch, newest: Block | undefined): void;
  progress(): FollowProgress;
  end(): void;
}

export function createFollowMonitor(options: FollowMonitorOptions): FollowMonitor {
  const { chainId, say, backfill, retryPolicies, onProgress } = options;
  const pace = createPace();
  const answers = createAnswers();
  const totals = { heights: 0, txs: 0, rows: 0, bytes: 0 };
  let source: LiveSource | undefined;
  let head: Head | undefined;
  let newest: { readonly height: number; readonly seconds: number } | undefined;
  let delayMs: number | undefined;
  let heardAt = Date.now();
  let halt: string | undefined;

  const timer = setInterval(tick, Math.min(LONGEST_TICK_MS, options.haltAfterMs / TICKS_PER_SILENCE));

  function tick(): void {
    const silentMs = Date.now() - heardAt;
    if (source !== undefined) answers.look(source.health());
    // Trouble is told by those who wait for it.
    if (source === undefined || retryPolicies.some(({ trouble }) => trouble !== undefined))
      heardAt = Date.now();
    else if (silentMs > silenceLimit(pace.usualMs, options.haltAfterMs)) {
      if (halt === undefined)
        say((halt = describeSilence(silentMs, answers.quietMs, pace.usualMs, head?.height, source.health())));
      options.onHalt();
    }
    options.onTick();
    onProgress(progress());
  }

  function progress(): FollowProgress {
    const trouble = retryPolicies.map((each) => each.trouble).find((each) => each !== undefined);
    return {
      chainId,
      state: stateOf(trouble, halt, newest !== undefined),
      trouble: trouble ?? halt,
      head: head?.height,
      written: newest?.height,
      lagBlocks: head && newest && Math.max(0, head.height - newest.height),
      lagSeconds: newest && Date.now() / 1000 - newest.seconds,
      delayMs,
      blockMs: pace.usualMs,
      ...totals,
      backfill: backfill.isDone ? undefined : { done: backfill.done, total: backfill.total },
    };
  }

  return {
    uses(now) {
      source = now;
      heardAt = Date.now();
    },
    sees(seen) {
      if (head !== undefined && seen.height <= head.height) return;
      if (halt !== undefined) say(`block ${seen.height} is there: the chain goes on`);
      halt = undefined;
      head = seen;
      heardAt = Date.now();
      pace.seen(seen.height, seen.seenAt);
    },
    wrote(written, block) {
      addTo(totals, written);
      if (block !== undefined && block.height >= (newest?.height ?? 0)) {
        newest = { height: block.height, seconds: block.header.time?.seconds ?? Number.NaN };
        if (head?.height === block.height) delayMs = Date.now() - head.seenAt;
      }
      onProgress(progress());
    },
    progress,
    end: () => clearInterval(timer),
  };
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
