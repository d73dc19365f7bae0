/** Which Postgres a command works on: the one that is given, else the embedded one. */
import { BaleenError } from '@baleen/chain';
import { openStore, type Store } from '@baleen/store';
import { startEmbedded } from '@baleen/store/embedded';

/** A name in place of a URL: a database of the embedded server, as the demo's. */
const OWN_DATABASE = /^baleen\w*$/;

export interface DatabaseOptions {
  readonly database?: string | undefined;
  readonly dataDir: string;
}

export interface Database {
  readonly url: string;
  readonly isEmbedded: boolean;
}

/** Runs `work` on the database, and gives the embedded server up afterwards. */
export async function withDatabase<T>(
  options: DatabaseOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const { database, dataDir } = options;
  const isOwn = database === undefined || OWN_DATABASE.test(database);
  if (!isOwn) return work({ url: checkedUrl(database), isEmbedded: false });
  const server = await startEmbedded({ dataDir, ...(database === undefined ? {} : { database }) });
  try {
    return await work({ url: server.url, isEmbedded: true });
  } finally {
    await server.release();
  }
}

/** What there is to tell of a database: nothing, where no command has written to it yet. */
export async function orNothing<T>(rows: Promise<T[]>): Promise<T[]> {
  try {
    return await rows;
  } catch (error) {
    // 42P01: no such view.
    if ((error as { code?: unknown }).code === '42P01') return [];
    throw error;
  }
}

export function withStore<T>(
  options: DatabaseOptions,
  work: (store: Store, database: Database) => Promise<T>,
): Promise<T> {
  return withDatabase(options, (database) => useStore(database.url, (store) => work(store, database)));
}

export async function useStore<T>(url: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(url);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The URL without its password, for people and logs. */
export function shownUrl(url: string): string {
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  return shown.href;
}

function checkedUrl(url: string): string {
  if (/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? '')) return url;
  throw new BaleenError(
    'operator',
    'CLI_DATABASE_URL',
    `connect to the database: DATABASE_URL (or --database) must look like postgres://user:password@localhost:5432/baleen, got "${url}"`,
  );
}
