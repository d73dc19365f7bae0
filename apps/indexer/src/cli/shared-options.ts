/** Options that several commands have, told once. */
import { defaultDataDir } from '@baleen/store/embedded';
import { z } from 'zod';
import { option } from './command.ts';

export { config } from './command.ts';

export const database = option(z.string().optional(), {
  help: 'PostgreSQL 15 or newer to use; none: the embedded one in the data folder; a name like baleen_demo: that database in the embedded one',
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

export const redis = option(z.string().optional(), {
  help: 'Redis of the job queue; none: it lives in the same PostgreSQL, in schema bullmq',
  value: 'URL',
  alsoEnv: 'REDIS_URL',
});

export const chain = option(z.string().optional(), {
  help: 'chain id; checked against the source, needed where a database holds several',
  value: 'ID',
});

export const json = option(z.boolean().default(false), { help: 'print JSON' });

export const quiet = option(z.boolean().default(false), { help: 'no progress on stderr' });

export const maxRps = option(z.coerce.number().positive().optional(), {
  help: 'over RPC: requests per second to each node; none: as fast as it answers, at most four at once',
  value: 'N',
});

export const crossCheck = option(z.boolean().default(false), {
  help: 'over RPC: compare events, logs and all else that no hash covers over a second endpoint; a third decides',
});

export const trust = option(z.boolean().default(false), {
  help: 'take the source for the same chain as the database has, although no common block proves it',
});

const SOURCE_HELP =
  "a node's home, its data folder, or a folder with blockstore.db (leveldb:PATH says the same), or the address of its RPC, http://host:26657";

export const source = option(z.string(), { help: SOURCE_HELP, positional: true });

export const sources = option(z.array(z.string()).min(1), {
  help: `${SOURCE_HELP}; several of one chain: folders are read first, addresses together are one pool`,
  positional: true,
  variadic: true,
});
