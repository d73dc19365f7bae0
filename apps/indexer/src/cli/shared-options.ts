/** Options that several commands have. */
import { defaultDataDir } from '@baleen/store/embedded';
import { z } from 'zod';
import { option } from './command.ts';

export { config } from './command.ts';

/** A percent sign that begins no escape stands for itself, as it does where the password was made. */
const url = z.string().transform((text) => {
  const escaped = text.replace(/%(?![0-9a-f]{2})/gi, '%25');
  try {
    decodeURIComponent(escaped);
    return escaped;
  } catch {
    return text.replaceAll('%', '%25');
  }
});

export const database = option(url.optional(), {
  help: 'PostgreSQL from version 15 on; default: the embedded one in the data folder; a name: that database in the embedded one',
  value: 'URL',
  alsoEnv: 'DATABASE_URL',
});

export const dataDir = option(
  z
    .string()
    .transform(String)
    .default(() => defaultDataDir({})),
  { help: 'folder of the embedded PostgreSQL', value: 'DIR' },
);

export const redis = option(url.optional(), {
  help: 'Redis of the job queue; default: the queue lies in the same PostgreSQL, in schema bullmq',
  value: 'URL',
  alsoEnv: 'REDIS_URL',
});

export const chain = option(z.string().optional(), {
  help: 'chain id; checked against the source, needed where a database holds several',
  value: 'ID',
});

/** Of commands that read the database alone. */
export const storedChainId = option(z.string().optional(), {
  help: 'chain id; needed where the database holds several',
  value: 'ID',
});

export const json = option(z.boolean().default(false), { help: 'print JSON' });

export const quiet = option(z.boolean().default(false), { help: 'print no progress on stderr' });

export const workers = option(z.coerce.number().int().min(1).max(64).optional(), {
  help: 'threads that read and decode; default: one per core, at most four',
  value: 'N',
});

export const maxRps = option(z.coerce.number().positive().optional(), {
  help: 'over RPC: most requests per second to each node; default: as fast as it answers, at most four at once',
  value: 'N',
});

export const crossCheck = option(z.boolean().default(false), {
  help: 'over RPC: compare what no hash covers (events, logs, …) with a second endpoint; a third one decides',
});

/** Name to value, e.g. `{'x-api-key': 'KEY'}`. What is wrong is told without the value, which may be a key. */
const headersSchema = z
  .array(z.string())
  .default([])
  .transform((lines, context) => {
    const pairs = lines.map((line) =>
      /^\s*([!#$%&'*+.^`|~\w-]+)\s*:\s*([\t\x20-\x7e\x80-\xff]*?)\s*$/.exec(line),
    );
    if (pairs.every((pair) => pair !== null))
      return Object.fromEntries(pairs.map(([, name, value]) => [name!.toLowerCase(), value!]));
    context.addIssue({ code: 'custom', message: "Expected 'Name: value', as in --header 'x-api-key: KEY'" });
    return z.NEVER;
  });

export const header = option(headersSchema, {
  help: 'over RPC: a header for every request to the addresses named here, and to no other host; may stand several times; one per line in the environment',
  value: "'NAME: VALUE'",
  repeatable: true,
  isPerLine: true,
});

export const trust = option(z.boolean().default(false), {
  help: 'accept the source as the same chain as in the database although no common block proves it',
});

const SOURCE_HELP =
  "a node's home, its data folder, or a folder with blockstore.db (leveldb:PATH says the same), or the address of its RPC, http://host:26657";

export const source = option(z.string(), { help: SOURCE_HELP, positional: true });

export const sources = option(z.array(z.string()).min(1), {
  help: `${SOURCE_HELP}; several of one chain: folders are read first, addresses together are one pool`,
  positional: true,
  variadic: true,
});
