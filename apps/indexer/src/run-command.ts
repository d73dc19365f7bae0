/** Runs `baleen` once, from the typed words to the exit code. It touches the process only through its context. */
import { BaleenError } from '@baleen/chain';
import { CommanderError } from 'commander';
import type { Command } from './cli/command.ts';
import type { Context } from './cli/context.ts';
import { EXIT, EXIT_OF_KIND, type ExitCode } from './cli/exit-codes.ts';
import { createProgram } from './cli/program.ts';
import { commands } from './commands.ts';

/** Runs one command line and returns its exit code. It never throws: an error becomes a line on stderr and an exit code. */
export async function runCommand(
  words: readonly string[],
  context: Context,
  all: readonly Command[] = commands,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = createProgram(
    all,
    async (command, given) => {
      code = await command.execute(given, context);
    },
    {
      writeOut: (text) => context.print(text.replace(/\n$/, '')),
      writeErr: (text) => context.draw(text),
    },
  );
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    return report(await explained(error), context);
  }
}

/** Explains an error of a service in words. Imports the store only now, since that takes half of a command's start. */
async function explained(error: unknown): Promise<unknown> {
  if (error instanceof BaleenError || error instanceof CommanderError) return error;
  const { explained } = await import('@baleen/store');
  return explained('use the database', error);
}

function report(error: unknown, context: Context): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  if (context.signal.aborted) return EXIT.interrupted;
  if (error instanceof BaleenError && error.kind !== 'bug') {
    context.say(`baleen: ${error.message}`);
    return EXIT_OF_KIND[error.kind];
  }
  // A bug's message has the stack of its cause, which may be one of another thread.
  const told = error instanceof BaleenError ? error.message : error instanceof Error ? error.stack : error;
  context.say(`baleen: this is a fault of Baleen itself, please report it:\n${told}`);
  return EXIT.bug;
}
