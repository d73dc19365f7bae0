/** The process of the command `baleen`: its arguments, signals, streams and exit code. Started by bin/baleen.js. */
import { once } from 'node:events';
import type { Context } from './cli/context.ts';
import { EXIT } from './cli/exit-codes.ts';
import { watchSignals } from './cli/signals.ts';
import { runCommand } from './run-command.ts';

process.stdout.on('error', endOnClosedPipe);
const context: Context = {
  env: process.env,
  signal: watchSignals(EXIT.interrupted),
  print: (line) => process.stdout.write(`${line}\n`),
  printAll,
  say: (line) => process.stderr.write(`${line}\n`),
  isTerminal: process.stderr.isTTY === true,
  isOutputTerminal: process.stdout.isTTY === true,
  draw: (text) => process.stderr.write(text),
};
process.exitCode = await runCommand(process.argv.slice(2), context);

async function printAll(lines: readonly string[]): Promise<void> {
  if (lines.length > 0 && !process.stdout.write(`${lines.join('\n')}\n`)) await once(process.stdout, 'drain');
}

/** Ends the process quietly if the reader of its output has gone, as in `baleen gaps | head`. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
}
