/** baleen.toml: chains and where their blocks come from, told once for those who run many. */
import { readFileSync } from 'node:fs';
import { BaleenError } from '@baleen/chain';
import { parse } from 'smol-toml';
import { z } from 'zod';

const configSchema = z.strictObject({
  chains: z.record(z.string(), z.strictObject({ sources: z.array(z.string().min(1)).min(1) })).default({}),
});

export interface Config {
  /** Chain id to its sources. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

const NO_CONFIG: Config = { chains: new Map() };

/** @param path  undefined: there is none
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
  return { chains: new Map(chains) };
}

function parseToml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrongConfig(path, (error as Error).message);
  }
}

/** What a command was given as sources, with a chain that the configuration names replaced by its sources. */
export const resolveSources = (given: readonly string[], { chains }: Config): string[] =>
  given.flatMap((each) => chains.get(each) ?? [each]);

const EXAMPLE = '[chains.columbus-5]\nsources = ["leveldb:/data/terra", "http://10.0.0.5:26657"]';

const wrongConfig = (path: string, fault: string): BaleenError =>
  new BaleenError(
    'operator',
    'CLI_CONFIG',
    `read configuration ${path}: ${fault}; it should look like\n${EXAMPLE}`,
  );
