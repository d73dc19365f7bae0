/** Options that several commands have, told once. */
import { defaultDataDir } from '@baleen/store/embedded';
import { z } from 'zod';
import { option } from './command.ts';

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

export const chain = option(z.string().optional(), {
  help: 'chain id; checked against the source, needed where a database holds several',
  value: 'ID',
});

export const json = option(z.boolean().default(false), { help: 'print JSON' });

export const quiet = option(z.boolean().default(false), { help: 'no progress on stderr' });

export const source = option(z.string(), {
  help: "a node's home, its data folder, or a folder with blockstore.db (leveldb:PATH says the same), or the address of its RPC, http://host:26657",
  positional: true,
});
