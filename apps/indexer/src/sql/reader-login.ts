/** Creates a PostgreSQL login for `baleen sql` that is a member of baleen_reader, so that a query can only read, and only the views.
 *
 * A separate login is needed because a query could undo `set role`. */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BaleenError } from '@baleen/chain';
import pg from 'pg';
import type { Database } from '../database.ts';

const READER_ROLE = 'baleen_reader';

interface Login {
  readonly user: string;
  readonly password: string;
}

/** Returns this database's URL with the login's name and password. The login is created once per server and data folder; its password is
 * kept in the data folder, in a file of mode 0600. */
export async function readerUrl(database: Database, dataDir: string): Promise<string> {
  const file = passwordFile(database.url, dataDir);
  const kept = read(file);
  if (kept !== undefined && (await canConnect(withLogin(database.url, kept))))
    return withLogin(database.url, kept);
  const login = {
    user: `baleen_sql_${randomBytes(4).toString('hex')}`,
    password: randomBytes(24).toString('base64url'),
  };
  await create(database.url, login);
  mkdirSync(join(dataDir, 'readers'), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(login), { mode: 0o600 });
  chmodSync(file, 0o600);
  return withLogin(database.url, login);
}

/** Returns the path of the file with the login's name and password. Each server, a host and a port, has one such file, since a login
 * belongs to a server and not to a database. If the embedded server gets another port, a new login is created. */
function passwordFile(url: string, dataDir: string): string {
  const { hostname, port } = new URL(url);
  const server = createHash('sha256')
    .update(`${hostname}:${port || 5432}`)
    .digest('hex')
    .slice(0, 16);
  return join(dataDir, 'readers', `${server}.json`);
}

function read(file: string): Login | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Login;
  } catch {
    return undefined;
  }
}

function withLogin(url: string, { user, password }: Login): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed.href;
}

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (error) {
    // 28P01 and 28000: the server does not know the login, as after it was set up anew. The next connection reports any other fault.
    return !String((error as { code?: unknown }).code).startsWith('28');
  } finally {
    await client.end().catch(() => {});
  }
}

async function create(url: string, { user, password }: Login): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await requireReaderRole(client);
    const name = client.escapeIdentifier(user);
    // With `inherit` the login has the role's rights without `set role`. A role's settings are not inherited, so the login gets its own.
    await client.query(
      `create role ${name} login inherit password ${client.escapeLiteral(password)} in role ${READER_ROLE};
       alter role ${name} set search_path = baleen, pg_catalog;
       alter role ${name} set default_transaction_read_only = on;
       comment on role ${name} is 'made by baleen sql; may be dropped, it is made again'`,
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42501') throw error;
    throw mayNotCreate(error);
  } finally {
    await client.end();
  }
}

async function requireReaderRole(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [READER_ROLE]);
  if (rowCount === 1) return;
  throw new BaleenError(
    'operator',
    'CLI_NOT_MIGRATED',
    'sql: this database holds nothing of Baleen yet (role baleen_reader is missing); next: baleen index SOURCE, or, after baleen demo: baleen sql --database baleen_demo',
  );
}

const mayNotCreate = (cause: unknown): BaleenError =>
  new BaleenError(
    'operator',
    'CLI_READER_LOGIN',
    `sql: needs a login that may only read, and the user of DATABASE_URL may not create one; let an administrator run
  create role baleen_sql login password '…' in role ${READER_ROLE};
  alter role baleen_sql set search_path = baleen, pg_catalog;
and give its URL with --reader-url or BALEEN_READER_URL`,
    { cause },
  );
