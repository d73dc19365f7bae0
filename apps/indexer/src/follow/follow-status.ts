/** Prints the progress of `baleen follow`: one line that is redrawn on a terminal, else a plain line every 30 seconds. */
import type { FollowProgress, FollowReport } from '@baleen/pipeline';
import type { Context } from '../cli/context.ts';
import { duration } from '../output/progress.ts';
import { grouped } from '../output/table.ts';

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 30_000;
const RATE_WINDOW_MS = 10_000;
const CLEAR = '\r\x1b[2K';

export interface FollowStatus {
  /** What the follower is doing, in words for `baleen status`. */
  readonly doing: string;
  update(progress: FollowProgress): void;
  /** Prints a change of the follower's state on a line of its own. */
  say(line: string): void;
  end(report: FollowReport): void;
  close(): void;
}

export function createFollowStatus(
  { quiet, json }: { readonly quiet: boolean; readonly json: boolean },
  { say, draw, print, isTerminal }: Pick<Context, 'say' | 'draw' | 'print' | 'isTerminal'>,
  now: () => number = Date.now,
): FollowStatus {
  const rate = createRate(now);
  let shownAt = 0;
  let isDrawn = false;
  let doing = 'starting';

  function show(progress: FollowProgress): void {
    shownAt = now();
    if (json) print(JSON.stringify(progress));
    if (quiet) return;
    if (isTerminal) draw(`${CLEAR}${doing}`);
    else say(doing);
    isDrawn = isTerminal;
  }

  function newLine(): void {
    if (isDrawn) draw('\n');
    isDrawn = false;
  }

  return {
    get doing() {
      return doing;
    },
    update(progress) {
      rate.seen(progress.heights);
      doing = describeFollowing(progress, rate.perSecond());
      if (now() - shownAt >= (isTerminal && !json ? REDRAW_MS : PLAIN_LINE_MS)) show(progress);
    },
    say(line) {
      newLine();
      say(line);
    },
    end({ progress, successor }) {
      newLine();
      if (json) print(JSON.stringify({ ...progress, successor }));
      const { chainId, heights, written } = progress;
      if (successor !== undefined)
        say(
          `${chainId} has ended at ${written}; the node is now at ${successor}, which continues it: follow that one`,
        );
      else if (!quiet)
        say(`stopped at ${written}: ${grouped(heights)} blocks written; the same command goes on from here`);
    },
    close: newLine,
  };
}

/** @param perSecond  blocks written, at the head and behind it; 0: not known yet */
export function describeFollowing(progress: FollowProgress, perSecond: number): string {
  const { chainId, state, head, written, lagBlocks, delayMs, backfill } = progress;
  if (state === 'starting' || written === undefined) return `${chainId}: ${progress.trouble ?? 'starting'}`;
  const parts = [`${chainId} ${grouped(written)} of ${grouped(head ?? written)}`];
  if (state !== 'following') parts.push(state);
  else if (lagBlocks) parts.push(`${grouped(lagBlocks)} behind`);
  else if (delayMs !== undefined) parts.push(`written within ${Math.round(delayMs)} ms`);
  if (perSecond > 0)
    parts.push(`${perSecond < 10 ? perSecond.toFixed(1) : grouped(Math.round(perSecond))} blocks/s`);
  if (backfill !== undefined) parts.push(describeBackfill(backfill, perSecond));
  return parts.join(', ');
}

function describeBackfill(
  { done, total }: NonNullable<FollowProgress['backfill']>,
  perSecond: number,
): string {
  const percent = total === 0 ? 0 : Math.floor((done / total) * 100);
  const left = perSecond > 0 && total > done ? `, ${duration((total - done) / perSecond)} left` : '';
  return `backfill ${percent} %${left}`;
}

function createRate(now: () => number): { seen(heights: number): void; perSecond(): number } {
  const samples: { readonly at: number; readonly heights: number }[] = [];
  return {
    seen(heights) {
      const last = samples.at(-1);
      if (last !== undefined && now() - last.at < REDRAW_MS) samples.pop();
      samples.push({ at: last !== undefined && now() - last.at < REDRAW_MS ? last.at : now(), heights });
      while (samples.length > 2 && now() - samples[0]!.at > RATE_WINDOW_MS) samples.shift();
    },
    perSecond() {
      const [first, newest] = [samples[0], samples.at(-1)];
      if (first === undefined || newest === undefined || newest.at === first.at) return 0;
      return ((newest.heights - first.heights) * 1000) / (newest.at - first.at);
    },
  };
}
