import { BaleenError } from '@baleen/chain';
import { embeddedUrl, startEmbedded, stopEmbedded } from '@baleen/store/embedded';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { database, dataDir } from '../cli/shared-options.ts';
import { checkedUrl, type DatabaseOptions, isOwnDatabase } from '../database.ts';
import { readerUrl } from '../sql/reader-login.ts';

export const dbStart = defineCommand({
  name: 'db start',
  summary: 'start the embedded PostgreSQL; it runs until `baleen db stop`',
  options: z.object({ dataDir }),
  async run(options, { print, say }) {
    const server = await startEmbedded({ dataDir: options.dataDir, stay: true });
    await server.release();
    say('the embedded PostgreSQL runs until `baleen db stop`');
    print(server.url);
    return EXIT.done;
  },
});

export const dbStop = defineCommand({
  name: 'db stop',
  summary: 'stop the embedded PostgreSQL',
  options: z.object({ dataDir }),
  async run(options, { say }) {
    const { wasRunning, usedBy } = await stopEmbedded(options.dataDir);
    if (!wasRunning) say(`no PostgreSQL runs in ${options.dataDir}`);
    else if (usedBy.length === 0) say('stopped');
    else say(`still used by ${usedBy.map((pid) => `pid ${pid}`).join(', ')}; it stops when that ends`);
    return EXIT.done;
  },
});

const owner = option(z.boolean().default(false), {
  help: "print the URL of the database's owner, who may write and drop everything",
});

export const dbUrl = defineCommand({
  name: 'db url',
  summary: 'print the URL of a login that may read the views, with its password',
  details: `The login is a member of baleen_reader and is made the first time; --owner prints the URL of the owner in its place.
Without --database it is of the embedded PostgreSQL, which must run (baleen db start). How other programs connect: docs/connect.md.`,
  options: z.object({ database, dataDir, owner }),
  async run(options, { print }) {
    const url = urlOf(options);
    print(options.owner ? url : await readerUrl({ url, isEmbedded: false }, options.dataDir));
    return EXIT.done;
  },
});

/** @throws BaleenError operator `CLI_DB_NOT_RUNNING` */
function urlOf({ database, dataDir }: DatabaseOptions): string {
  if (database !== undefined && !isOwnDatabase(database)) return checkedUrl(database);
  const url = embeddedUrl(dataDir, database);
  if (url !== undefined) return url;
  throw new BaleenError(
    'operator',
    'CLI_DB_NOT_RUNNING',
    `db url: no PostgreSQL runs in ${dataDir}; start it with baleen db start`,
  );
}
