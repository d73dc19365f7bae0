/** Postgres servers of tools and benchmarks, and databases made for one comparison and dropped after it. */
import { rmSync } from 'node:fs';
import { startEmbedded, stopEmbedded } from '@baleen/store/embedded';
import { withClient } from './databases.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface Server {
  /** URL of a superuser. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The given server, or an embedded one in a folder of its own. */
export async function openServer(url: string | undefined): Promise<Server> {
  if (url !== undefined) return { url, stop: async () => undefined };
  const dataDir = temporaryFolder('postgres');
  const { url: embedded, release } = await startEmbedded({ dataDir, database: 'postgres' });
  const stop = async (): Promise<void> => {
    await release();
    await stopEmbedded(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { url: embedded, stop };
}

let made = 0;

/** Runs `use` with a fresh database, dropped in the end (on a server that may be restarted on another port meanwhile). */
export async function withDatabase<Result>(
  server: string | (() => string),
  use: (url: string) => Promise<Result>,
): Promise<Result> {
  const serverUrl = (): string => (typeof server === 'string' ? server : server());
  const name = `compared_${process.pid}_${++made}`;
  await once(serverUrl(), `create database ${name}`);
  try {
    const url = new URL(serverUrl());
    url.pathname = `/${name}`;
    return await use(url.href);
  } finally {
    await once(serverUrl(), `drop database if exists ${name} with (force)`);
  }
}

const once = (url: string, sql: string): Promise<unknown> => withClient(url, (client) => client.query(sql));
