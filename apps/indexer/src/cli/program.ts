/** Builds the commander program from the commands: arguments, options, help. */
import { readFileSync } from 'node:fs';
import { Argument, Command as CommanderCommand, Option, type OutputConfiguration } from 'commander';
import type { Command, OptionSpec } from './command.ts';

const SUMMARY = `Indexes Tendermint and Cosmos chains into PostgreSQL, straight from a node's files.

Start with: baleen demo`;

const EXIT_HELP = `
Exit codes: 0 done; 1 the data disagree; 2 wrong use or configuration; 3 a source or service can't be reached;
4 finished, but ranges are missing or failed; 70 a fault of Baleen itself; 130 interrupted, progress kept.`;

/** Summaries in --help for groups of two-word commands (`db start`), by their first word. */
const GROUPS: Readonly<Record<string, string>> = {
  db: 'the embedded PostgreSQL',
  descriptors: 'descriptors of protobuf messages',
};

/** Runs a command with the options that the user typed, by name. */
export type RunParsed = (command: Command, given: Readonly<Record<string, unknown>>) => Promise<void>;

/** @param output  where help, version and wrong use are printed; default: stdout and stderr of the process */
export function createProgram(
  commands: readonly Command[],
  run: RunParsed,
  output: OutputConfiguration = {},
): CommanderCommand {
  const program = new CommanderCommand('baleen')
    .configureOutput(output)
    .description(SUMMARY)
    .addHelpText('after', EXIT_HELP)
    .version(version(), '-V, --version', 'print the version of baleen')
    .helpCommand(true);
  strict(program, 'baleen');
  for (const command of commands) addCommand(program, command, run);
  return program;
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function addCommand(program: CommanderCommand, command: Command, run: RunParsed): void {
  const path = command.name.split(' ');
  const parent = path.slice(0, -1).reduce(groupNamed, program);
  const added = strict(parent.command(path.at(-1)!), `baleen ${command.name}`).description(command.summary);
  const positionals = command.options.filter(({ positional }) => positional);
  for (const spec of positionals) added.addArgument(argumentOf(spec));
  for (const spec of command.options) if (!spec.positional) added.addOption(optionOf(spec));
  if (command.details !== undefined) added.addHelpText('after', `\n${command.details}`);
  added.action(async () => {
    const given: Record<string, unknown> = { ...added.opts() };
    for (const { key, flag } of command.options) if (flag.startsWith('--no-')) restoreNegative(key, given);
    for (const [index, { key, variadic }] of positionals.entries())
      if (added.args[index] !== undefined)
        given[key] = variadic ? added.args.slice(index) : added.args[index];
    await run(command, given);
  });
}

/** Undoes what commander makes of `--no-x`: `x: false` if it was given, else `x: true`. */
function restoreNegative(key: string, given: Record<string, unknown>): void {
  const name = key.charAt(2).toLowerCase() + key.slice(3);
  if (given[name] === false) given[key] = true;
  delete given[name];
}

function groupNamed(parent: CommanderCommand, name: string): CommanderCommand {
  const found = parent.commands.find((command) => command.name() === name);
  if (found !== undefined) return found;
  return strict(parent.command(name), `baleen ${name}`).description(GROUPS[name]!);
}

/** Makes commander throw on wrong use, with one line for the user, instead of ending the process. */
function strict(command: CommanderCommand, path: string): CommanderCommand {
  return command
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'baleen: ')) })
    .showHelpAfterError(`${path} --help lists what there is`);
}

function argumentOf(spec: OptionSpec): Argument {
  const name = spec.variadic ? `${spec.flag}...` : spec.flag;
  return new Argument(spec.required ? `<${name}>` : `[${name}]`, spec.help);
}

function optionOf(spec: OptionSpec): Option {
  const value = spec.isValueOptional ? `[${spec.value}]` : `<${spec.value}>`;
  const flags = spec.value === undefined ? spec.flag : `${spec.flag} ${value}`;
  const env = spec.envNames.length === 0 ? '' : ` (env: ${spec.envNames.join(', ')})`;
  const option = new Option(flags, `${spec.help}${env}`);
  return spec.repeatable
    ? option.argParser((given: string, before: readonly string[] = []) => [...before, given])
    : option;
}
