/** Defines commands. A command is one zod object and one function. Its flags, the names of its options in the environment and in
 * baleen.toml, and its --help follow from the object. */
import { BaleenError } from '@baleen/chain';
import { z } from 'zod';
import { type Config, readConfig, wrongConfig } from './config.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';

/** The facts about an option that are not in its zod schema. */
export interface OptionWords {
  readonly help: string;
  /** Placeholder of the value in --help: `A..B`. undefined for a yes-or-no flag. */
  readonly value?: string;
  /** True if the flag may be given without a value; its value is then `true`. */
  readonly isValueOptional?: boolean;
  /** True for an argument without a flag. */
  readonly positional?: boolean;
  /** True for a positional that takes all following arguments; its value is a list. */
  readonly variadic?: boolean;
  /** True for a flag that may be given several times. Its value is a list, separated by commas in the environment. */
  readonly repeatable?: boolean;
  /** True if the list is separated by line breaks in the environment, since its values may contain commas. */
  readonly isPerLine?: boolean;
  /** A second name in the environment, `DATABASE_URL`. If both are set, the option's own `BALEEN_…` is used. */
  readonly alsoEnv?: string;
  /** True if the option is only read from the command line, and neither from the environment nor from baleen.toml, because another
   * command's option of the same name means something else. */
  readonly isTypedOnly?: boolean;
}

const words = z.registry<OptionWords>();

/** Attaches to a field of a command's zod object how it appears on the command line. */
export function option<Schema extends z.ZodType>(schema: Schema, about: OptionWords): Schema {
  words.add(schema, about);
  return schema;
}

/** The option --config, which every command has. */
export const config = option(z.string().optional(), {
  help: 'TOML file that names chains and their sources, and sets options: see docs/operating.md',
  value: 'FILE',
});

/** One option with the names that follow from its key. */
export interface OptionSpec extends OptionWords {
  /** Name of the property in the zod object: `dataDir`. */
  readonly key: string;
  /** The flag, `--data-dir`, or the placeholder of a positional, `SOURCE`. */
  readonly flag: string;
  /** Name in baleen.toml: `data-dir`; undefined for positionals and for --config. */
  readonly tomlName: string | undefined;
  /** Names in the environment. The first one that is set is used. The list is empty for positionals. */
  readonly envNames: readonly string[];
  readonly required: boolean;
}

export interface Command {
  /** Name of the command as the user types it: `index`, or `db start`. */
  readonly name: string;
  readonly summary: string;
  /** Text below the options in --help. */
  readonly details?: string | undefined;
  readonly options: readonly OptionSpec[];
  /** Runs the command.
   * @param given  the options of the command line as strings and booleans, by key */
  execute(given: Readonly<Record<string, unknown>>, context: Context): Promise<ExitCode>;
}

export function defineCommand<Shape extends z.ZodRawShape>(definition: {
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  readonly options: z.ZodObject<Shape>;
  run(options: z.output<z.ZodObject<Shape>>, context: Context): Promise<ExitCode>;
}): Command {
  const { name, summary, details, options, run } = definition;
  const specs = Object.entries({ config, ...options.shape }).map(([key, schema]) =>
    specOf(key, schema as z.ZodType),
  );
  return {
    name,
    summary,
    details,
    options: specs,
    execute(given, context) {
      const set = { ...fromEnvironment(specs, context.env), ...given };
      const file = set.config as string | undefined;
      const inFile = file === undefined ? {} : fromFile(file, name, specs);
      const parsed = options.safeParse({ ...inFile, ...set });
      if (!parsed.success) throw wrongOptions(name, specs, parsed.error);
      return run(parsed.data, context);
    },
  };
}

/** Names that baleen.toml may set: the options of all commands that were defined. */
const tomlNames = new Set<string>();

function specOf(key: string, schema: z.ZodType): OptionSpec {
  const about = words.get(schema);
  if (about === undefined) throw new TypeError(`option ${key} has no words`);
  const kebab = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const own = `BALEEN_${kebab.replaceAll('-', '_').toUpperCase()}`;
  const flag = about.positional ? key.toUpperCase() : `--${kebab}`;
  const isNowhereElse = about.positional || about.isTypedOnly;
  const tomlName = isNowhereElse || key === 'config' ? undefined : kebab;
  if (tomlName !== undefined) tomlNames.add(tomlName);
  const envNames = isNowhereElse ? [] : [own, ...(about.alsoEnv === undefined ? [] : [about.alsoEnv])];
  return { ...about, key, flag, tomlName, envNames, required: !schema.safeParse(undefined).success };
}

const YES_OR_NO: Readonly<Record<string, boolean>> = {
  ...{ '1': true, true: true, yes: true, on: true },
  ...{ '0': false, false: false, no: false, off: false },
};

function fromEnvironment(specs: readonly OptionSpec[], env: NodeJS.ProcessEnv): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { key, envNames, value, isValueOptional, repeatable, isPerLine } of specs) {
    const text = envNames
      .map((name) => env[name])
      .find((candidate) => candidate !== undefined && candidate !== '');
    if (text === undefined) continue;
    const isFlag = value === undefined || isValueOptional;
    if (repeatable) found[key] = text.split(isPerLine ? /\r?\n/ : ',').filter((each) => each !== '');
    else found[key] = isFlag ? (YES_OR_NO[text.toLowerCase()] ?? text) : text;
  }
  return found;
}

/** Returns the options that the file sets for a command: those in `[options]`, for all commands, and those in `[options.NAME]`, for this
 * one.
 *
 * @throws BaleenError operator `CLI_CONFIG` */
function fromFile(path: string, command: string, specs: readonly OptionSpec[]): Record<string, unknown> {
  const { options } = readConfig(path);
  const own = options.ofCommand.get(command) ?? {};
  const isOwn = (name: string): boolean => specs.some(({ tomlName }) => tomlName === name);
  const unknown = [
    ...Object.keys(options.ofAll).filter((name) => !tomlNames.has(name)),
    ...Object.keys(own).filter((name) => !isOwn(name)),
  ];
  if (unknown.length > 0)
    throw wrongConfig(path, `options: no such option of ${command}: ${unknown.join(', ')}`);
  return Object.fromEntries(
    specs.flatMap((spec) => {
      const value = spec.tomlName && (own[spec.tomlName] ?? options.ofAll[spec.tomlName]);
      return value === undefined ? [] : [[spec.key, asTyped(value, spec)]];
    }),
  );
}

/** Turns a value of the file into the value that the command line would have: a text, a boolean, or a list of texts. */
function asTyped(
  value: Config['options']['ofAll'][string],
  { repeatable }: Pick<OptionSpec, 'repeatable'>,
): string | boolean | readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  if (repeatable) return [String(value)];
  return typeof value === 'boolean' ? value : String(value);
}

function wrongOptions(command: string, specs: readonly OptionSpec[], error: z.ZodError): BaleenError {
  const faults = error.issues.map((issue) => {
    const spec = specs.find(({ key }) => key === issue.path[0]);
    return `${spec?.flag ?? issue.path.join('.')}: ${lowerFirst(issue.message)}`;
  });
  return new BaleenError(
    'operator',
    'CLI_OPTIONS',
    `${command}: ${faults.join('; ')}; see baleen ${command} --help`,
  );
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
