/** Shows progress of long work on stderr: a bar on a terminal, else a plain line now and then. */
import type { Context } from '../cli/context.ts';
import { grouped } from './table.ts';

export interface ProgressState {
  readonly done: number;
  readonly total: number;
  /** Text behind the figures: `12,345 txs`. */
  readonly note?: string;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 5_000;
const BAR_CELLS = 24;
/** Window of the rate: short, so that it follows the work. */
const RATE_WINDOW_MS = 10_000;

export function createProgress(unit: string, context: Context, now: () => number = Date.now): Progress {
  const samples: { readonly at: number; readonly done: number }[] = [{ at: now(), done: 0 }];
  let last: ProgressState | undefined;
  let shownAt = context.isTerminal ? 0 : now();
  const show = (state: ProgressState): void => {
    shownAt = now();
    const line = describeProgress(state, unit, rateOf(samples));
    if (context.isTerminal) context.draw(`\r\x1b[2K${bar(state)} ${line}`);
    else context.say(line);
  };
  return {
    update(state) {
      last = state;
      samples.push({ at: now(), done: state.done });
      while (samples.length > 2 && now() - samples[0]!.at > RATE_WINDOW_MS) samples.shift();
      if (now() - shownAt >= (context.isTerminal ? REDRAW_MS : PLAIN_LINE_MS)) show(state);
    },
    end() {
      if (last === undefined || !context.isTerminal) return;
      show(last);
      context.draw('\n');
    },
  };
}

function rateOf(samples: readonly { readonly at: number; readonly done: number }[]): number {
  const first = samples[0]!;
  const newest = samples.at(-1)!;
  const elapsedMs = newest.at - first.at;
  return elapsedMs > 0 ? ((newest.done - first.done) * 1000) / elapsedMs : 0;
}

/** @param rate  per second; 0: not known yet */
export function describeProgress(state: ProgressState, unit: string, rate: number): string {
  const parts = [`${percent(state)} %`, `${grouped(state.done)} of ${grouped(state.total)} ${unit}`];
  if (rate > 0) parts.push(`${grouped(Math.round(rate))} ${unit}/s`);
  if (rate > 0 && state.done < state.total) parts.push(`${duration((state.total - state.done) / rate)} left`);
  if (state.note !== undefined) parts.push(state.note);
  return parts.join(', ');
}

const percent = ({ done, total }: ProgressState): number =>
  total === 0 ? 100 : Math.floor((done / total) * 100);

function bar(state: ProgressState): string {
  const filled = Math.round((percent(state) / 100) * BAR_CELLS);
  return `[${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}]`;
}

/** `45 s`, `3 min 20 s`, `5 h 12 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}
