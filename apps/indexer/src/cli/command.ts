/** A command is one zod object and one function. Its flags, its names in the environment and in baleen.toml, and --help follow from the
 * object. */
import { BaleenError } from '@baleen/chain';
import { z } from 'zod';
import { type Config, readConfig, wrongConfig } from './config.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';

/** What zod can't tell about an option. */
export interface OptionWords {
  readonly help: string;
  /** Name of the value in help: `A..B`. Flags without one are yes-or-no. */
  readonly value?: string;
  /** The flag may stand without its value; it is `true` then. */
  readonly isValueOptional?: boolean;
  /** An argument without a flag. */
  readonly positional?: boolean;
  /** A positional that takes all arguments that follow; its value is a list. */
  readonly variadic?: boolean;
  /** A flag that may stand several times; its value is a list, in the environment separated by commas. */
  readonly repeatable?: boolean;
  /** In the environment each line is a value of the list, since values may hold commas. */
  readonly isPerLine?: boolean;
  /** A name in the environment beside `BALEEN_…`; the option's own name wins. */
  readonly alsoEnv?: string;
}

const words = z.registry<OptionWords>();

/** Tells a field of a command's zod object how it shows on the command line. */
export function option<Schema extends z.ZodType>(schema: Schema, about: OptionWords): Schema {
  words.add(schema, about);
  return schema;
}

/** Every command has it. */
export const config = option(z.string().optional(), {
  help: 'TOML file that names chains and their sources, and sets options: see docs/operating.md',
  value: 'FILE',
});

/** One option, ready for a parser and for help. */
export interface OptionSpec extends OptionWords {
  /** Property of the zod object: `dataDir`. */
  readonly key: string;
  /** `--data-dir`, or the placeholder of a positional: `SOURCE`. */
  readonly flag: string;
  /** Name in baleen.toml: `data-dir`; undefined for positionals and for the file itself. */
  readonly tomlName: string | undefined;
  /** Names in the environment, first one wins; none for positionals. */
  readonly envNames: readonly string[];
  readonly required: boolean;
}

export interface Command {
  /** `index`, or `db start`: words as typed. */
  readonly name: string;
  readonly summary: string;
  /** Below the options in --help. */
  readonly details?: string | undefined;
  readonly options: readonly OptionSpec[];
  /** @param given  strings and booleans as the command line gave them, by key */
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

/** Options of all commands that were defined: names that baleen.toml may set. */
const tomlNames = new Set<string>();

function specOf(key: string, schema: z.ZodType): OptionSpec {
  const about = words.get(schema);
  if (about === undefined) throw new TypeError(`option ${key} has no words`);
  const kebab = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const own = `BALEEN_${kebab.replaceAll('-', '_').toUpperCase()}`;
  const flag = about.positional ? key.toUpperCase() : `--${kebab}`;
  const tomlName = about.positional || key === 'config' ? undefined : kebab;
  if (tomlName !== undefined) tomlNames.add(tomlName);
  const envNames = about.positional ? [] : [own, ...(about.alsoEnv === undefined ? [] : [about.alsoEnv])];
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

/** What the file sets for a command: in `[options]` for all commands that have the option, in `[options.NAME]` for one.
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

/** A value of the file as the command line gives it: text, yes or no, or a list of texts. */
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
