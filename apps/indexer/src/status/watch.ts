/** `--watch`: prints an answer again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { option } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { secondsSchema } from '../cli/seconds.ts';

const DEFAULT_SECONDS = 2;

/** `--watch`, `--watch 10s`; in the environment also BALEEN_WATCH=yes. */
export const watch = option(
  z.union([z.boolean().transform((isOn) => (isOn ? DEFAULT_SECONDS : undefined)), secondsSchema]).optional(),
  {
    help: 'print it again every TIME until Ctrl-C, redrawn on a terminal, else as plain lines; without a time every 2 s',
    value: 'TIME',
    isValueOptional: true,
  },
);

export interface Shown {
  readonly lines: readonly string[];
  /** Exit code with which the watching ends after this answer; undefined if it goes on. */
  readonly end?: ExitCode | undefined;
}

const CLEAR = '\x1b[2J\x1b[H';

/** Prints an answer every `seconds` seconds until the user stops it.
 *
 * @param look  makes the answer. If its first call throws, so does this function. If a later call throws, the error is printed and the
 *              watching goes on. */
export async function watchEvery(
  seconds: number,
  look: () => Promise<Shown>,
  context: Context,
): Promise<ExitCode> {
  let shown: Shown | undefined;
  while (!context.signal.aborted) {
    try {
      shown = await look();
      const clear = context.isOutputTerminal ? CLEAR : '';
      await context.printAll([`${clear}${shown.lines.join('\n')}`]);
    } catch (error) {
      if (shown === undefined) throw error;
      context.say(`baleen: ${error instanceof Error ? error.message : String(error)}; asking again`);
    }
    if (shown.end !== undefined) return shown.end;
    await sleep(seconds * 1000, undefined, { signal: context.signal }).catch(() => undefined);
  }
  return EXIT.interrupted;
}
