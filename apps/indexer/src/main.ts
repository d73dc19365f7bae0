/** The command `baleen`: what was typed, signals and exit codes. Started by bin/baleen.js. */
import { once } from 'node:events';
import { BaleenError } from '@baleen/chain';
import { CommanderError } from 'commander';
import type { Context } from './cli/context.ts';
import { EXIT, EXIT_OF_KIND, type ExitCode } from './cli/exit-codes.ts';
import { createProgram } from './cli/program.ts';
import { watchSignals } from './cli/signals.ts';
import { unreachableService } from './cli/unreachable.ts';
import { commands } from './commands.ts';

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
process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = createProgram(commands, async (command, given) => {
    code = await command.execute(given, context);
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    return report(error);
  }
}

async function printAll(lines: readonly string[]): Promise<void> {
  if (lines.length > 0 && !process.stdout.write(`${lines.join('\n')}\n`)) await once(process.stdout, 'drain');
}

/** The reader of our output is gone (`baleen gaps | head`): there is nobody left to tell. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
}

function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  if (context.signal.aborted) return EXIT.interrupted;
  if (error instanceof BaleenError) {
    context.say(`baleen: ${error.message}`);
    return EXIT_OF_KIND[error.kind];
  }
  const unreachable = unreachableService(error);
  if (unreachable !== undefined) {
    context.say(`baleen: ${unreachable}`);
    return EXIT.unreachable;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  context.say(`baleen: this is a fault of Baleen itself, please report it:\n${stack}`);
  return EXIT.bug;
}
