/** A real Postgres in a local folder, for those who have none: started when a command needs it, stopped by the last one. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { BaleenError } from '@baleen/chain';
import pg from 'pg';
import { SUPERUSER } from './cluster.ts';
import { addHolder, liveHolders, removeHolder } from './holders.ts';
import { createLayout, type Layout, layoutOf } from './layout.ts';
import { withMutex } from './mutex.ts';
import { runningPostmaster } from './postmaster.ts';
import { ensureServer, type ServerSettings, stopServer } from './server.ts';

export { defaultDataDir } from './layout.ts';

export interface EmbeddedOptions {
  readonly dataDir: string;
  /** Made when it is not there. */
  readonly database?: string;
  /** The server outlives the commands that use it, until `stopEmbedded`. */
  readonly stay?: boolean;
  /** Server settings of a start by this call; a server that runs already keeps its own. */
  readonly settings?: ServerSettings;
}

export interface Embedded {
  /** URL of the database for the superuser, with the password. */
  readonly url: string;
  /** Says that this command no longer uses the server. The last command to do so stops it, unless it was started to keep running. */
  release(): Promise<void>;
}

export const DEFAULT_DATABASE = 'baleen';

export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const layout = createLayout(options.dataDir);
  const database = options.database ?? DEFAULT_DATABASE;
  return withMutex(layout.home, async () => {
    const server = await ensureServer(layout, options.settings ?? {});
    // A stay mark of a server that is gone (the machine was restarted) does not bind this one.
    if (server.fresh) rmSync(layout.stay, { force: true });
    if (options.stay) writeFileSync(layout.stay, '');
    const holder = addHolder(layout.holders);
    try {
      await ensureDatabase(urlOf(layout, server.port, 'postgres'), database);
    } catch (error) {
      await giveUp(layout, holder);
      throw error;
    }
    return { url: urlOf(layout, server.port, database), release: releaser(layout, holder) };
  });
}

/** @returns what uses it still: then it runs on, and the last of these commands stops it */
export async function stopEmbedded(dataDir: string): Promise<{ wasRunning: boolean; usedBy: number[] }> {
  const layout = layoutOf(dataDir);
  if (!existsSync(layout.holders)) return { wasRunning: false, usedBy: [] };
  return withMutex(layout.home, async () => {
    const wasRunning = runningPostmaster(layout.cluster) !== undefined;
    rmSync(layout.stay, { force: true });
    const usedBy = liveHolders(layout.holders);
    if (usedBy.length === 0) await stopServer(layout);
    return { wasRunning, usedBy };
  });
}

/** URL of the running server; undefined when none runs on this folder. Starts nothing. */
export function embeddedUrl(dataDir: string, database: string = DEFAULT_DATABASE): string | undefined {
  const layout = layoutOf(dataDir);
  const running = existsSync(layout.password) ? runningPostmaster(layout.cluster) : undefined;
  return running === undefined ? undefined : urlOf(layout, running.port, database);
}

function releaser(layout: Layout, holder: string): () => Promise<void> {
  let released: Promise<void> | undefined;
  return () => (released ??= withMutex(layout.home, () => giveUp(layout, holder)));
}

async function giveUp(layout: Layout, holder: string): Promise<void> {
  removeHolder(holder);
  if (liveHolders(layout.holders).length === 0 && !existsSync(layout.stay)) await stopServer(layout);
}

const urlOf = (layout: Layout, port: number, database: string): string =>
  `postgres://${SUPERUSER}:${readFileSync(layout.password, 'utf8')}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  try {
    await client.connect();
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    throw new BaleenError(
      'operator',
      'EMBEDDED_CONNECT',
      `connect to embedded Postgres as ${SUPERUSER}, database ${name}: ${(error as Error).message}`,
      { cause: error },
    );
  } finally {
    await client.end();
  }
}
