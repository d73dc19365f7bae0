/** Opens the PostgreSQL server that a command works on: the one that the user names, or else the embedded one. */
import { BaleenError } from '@baleen/chain';
import type { Store, StoreOptions } from '@baleen/store';
import { startEmbedded } from '@baleen/store/embedded';

/** Matches a name in place of a URL: a database of the embedded server, such as the demo's. Any other text must be a URL. */
const OWN_DATABASE = /^[A-Za-z_][\w-]{0,62}$/;

export const isOwnDatabase = (text: string): boolean => OWN_DATABASE.test(text);

export interface DatabaseOptions {
  readonly database?: string | undefined;
  readonly dataDir: string;
  /** True if the embedded server is to keep running after the command ends. */
  readonly stay?: boolean;
}

export interface Database {
  readonly url: string;
  readonly isEmbedded: boolean;
  /** Starts the embedded server again if it has ended. The method is missing if the server is the user's own. */
  revive?(): Promise<void>;
}

/** Runs `work` on the database, then releases the embedded server, which stops unless another command uses it. */
export async function withDatabase<T>(
  options: DatabaseOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const { database, dataDir, stay = false } = options;
  const isOwn = database === undefined || isOwnDatabase(database);
  if (!isOwn) return work({ url: checkedUrl(database), isEmbedded: false });
  const start = () => startEmbedded({ dataDir, stay, ...(database === undefined ? {} : { database }) });
  const servers = [await start()];
  const revive = async (): Promise<void> => void servers.push(await start());
  try {
    return await work({ url: servers[0]!.url, isEmbedded: true, revive });
  } finally {
    for (const server of servers) await server.release();
  }
}

/** Awaits rows of the views; returns none if no command has written to the database yet.
 *
 * @throws BaleenError operator `CLI_OLDER_DATABASE`: an older version has written to it */
export async function orNothing<T>(rows: Promise<T[]>, store: Store): Promise<T[]> {
  try {
    return await rows;
  } catch (error) {
    // 42P01, 42703: no such view or column.
    const { code } = error as { code?: unknown };
    if (code !== '42P01' && code !== '42703') throw error;
    const [found] = await store.query(`select to_regclass('baleen.chains') is not null as there`);
    if (found?.there !== true) return [];
    throw new BaleenError(
      'operator',
      'CLI_OLDER_DATABASE',
      'read the views: an older version of baleen made this database; bring it forward with baleen migrate',
      { cause: error },
    );
  }
}

export function withStore<T>(
  options: DatabaseOptions,
  work: (store: Store, database: Database) => Promise<T>,
): Promise<T> {
  return withDatabase(options, (database) => useStore(database.url, (store) => work(store, database)));
}

export async function useStore<T>(
  url: string,
  work: (store: Store) => Promise<T>,
  options: StoreOptions = {},
): Promise<T> {
  // Imported here, since it takes half of a command's start, and sql, inspect and --help do without it.
  const { openStore } = await import('@baleen/store');
  const store = await openStore(url, options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Migrates the database to this version before a command writes to it. If an object that a user made on a view can't be created again,
 * the old views stay and the command goes on. `baleen migrate` prints the same message, but ends with exit code 2. */
export const bringForward = async (store: Store, say: (line: string) => void): Promise<void> =>
  void (await store.migrate({
    onViewsLeft: ({ message }) => say(`the views keep their older form, and the work goes on. ${message}`),
    onFormerLeft: say,
  }));

/** The URL without its password, for people and logs. */
export function shownUrl(url: string): string {
  const shown = new URL(url);
  shown.searchParams.delete(LIBPQ);
  if (shown.password) shown.password = '***';
  return shown.href;
}

/** Makes the client read `sslmode` as libpq and psql do: `require` encrypts and accepts a self-signed certificate, `verify-ca` and
 * `verify-full` check the certificate. */
const LIBPQ = 'uselibpqcompat';

/** @throws BaleenError operator `CLI_DATABASE_URL` */
export function checkedUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed !== null && /^postgres(ql)?:$/.test(parsed.protocol)) {
    if (!parsed.searchParams.has('sslmode') || parsed.searchParams.has(LIBPQ)) return url;
    parsed.searchParams.set(LIBPQ, 'true');
    return parsed.href;
  }
  throw new BaleenError(
    'operator',
    'CLI_DATABASE_URL',
    `connect to the database: DATABASE_URL (or --database) must look like postgres://user:password@localhost:5432/baleen, or be the name of a database in the embedded server (letters, digits, _ and -, beginning with a letter or _, at most 63 of them), got "${url.replace(/\/\/.*@/, '//***@')}"`,
  );
}
