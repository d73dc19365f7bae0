import { BaleenError } from '@baleen/chain';
import { embeddedUrl, startEmbedded, stopEmbedded } from '@baleen/store/embedded';
import { z } from 'zod';
import { defineCommand } from '../cli/command.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { dataDir } from '../cli/shared-options.ts';

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

export const dbUrl = defineCommand({
  name: 'db url',
  summary: 'print the URL of the running embedded PostgreSQL (its password included)',
  options: z.object({ dataDir }),
  async run(options, { print }) {
    const url = embeddedUrl(options.dataDir);
    if (url === undefined)
      throw new BaleenError(
        'operator',
        'CLI_DB_NOT_RUNNING',
        `db url: no PostgreSQL runs in ${options.dataDir}; start it with baleen db start`,
      );
    print(url);
    return EXIT.done;
  },
});
