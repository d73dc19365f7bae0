/** Reads baleen.toml: chains with their sources, and options of commands. */
import { readFileSync } from 'node:fs';
import { BaleenError } from '@baleen/chain';
import { parse } from 'smol-toml';
import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const value = z.union([scalar, z.array(scalar)]);

const configSchema = z.strictObject({
  options: z.record(z.string(), z.union([value, z.record(z.string(), value)])).default({}),
  chains: z.record(z.string(), z.strictObject({ sources: z.array(z.string().min(1)).min(1) })).default({}),
});

type Values = Readonly<Record<string, z.output<typeof value>>>;

export interface Config {
  readonly options: {
    /** The options in `[options]`, for all commands, by name: `max-rps`. */
    readonly ofAll: Values;
    /** The options for single commands, as in `[options.follow]`, by the command's name. */
    readonly ofCommand: ReadonlyMap<string, Values>;
  };
  /** The sources of each chain, by its name in the file. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

const NO_CONFIG: Config = { options: { ofAll: {}, ofCommand: new Map() }, chains: new Map() };

/** Reads and checks the file.
 *
 * @param path  path of the file; undefined gives an empty configuration
 * @throws BaleenError operator `CLI_CONFIG` */
export function readConfig(path: string | undefined): Config {
  if (path === undefined) return NO_CONFIG;
  const parsed = configSchema.safeParse(parseToml(path));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`,
    );
    throw wrongConfig(path, faults.join('; '));
  }
  const chains = Object.entries(parsed.data.chains).map(([id, { sources }]) => [id, sources] as const);
  const options = Object.entries(parsed.data.options);
  const isTable = (value: unknown): value is Values => typeof value === 'object' && !Array.isArray(value);
  return {
    options: {
      ofAll: Object.fromEntries(options.filter(([, value]) => !isTable(value))) as Values,
      ofCommand: new Map(options.filter((entry): entry is [string, Values] => isTable(entry[1]))),
    },
    chains: new Map(chains),
  };
}

function parseToml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrongConfig(path, (error as Error).message);
  }
}

/** Replaces each name of a chain in the configuration by that chain's sources. */
export const resolveSources = (given: readonly string[], { chains }: Config): string[] =>
  given.flatMap((each) => chains.get(each) ?? [each]);

const EXAMPLE = `[chains.columbus-5]
sources = ["leveldb:/data/terra", "http://10.0.0.5:26657"]

[options]
database = "postgres://user:password@localhost:5432/baleen"

[options.follow]
max-rps = 5`;

export const wrongConfig = (path: string, fault: string): BaleenError =>
  new BaleenError(
    'operator',
    'CLI_CONFIG',
    `read configuration ${path}: ${fault}; it should look like\n${EXAMPLE}`,
  );
