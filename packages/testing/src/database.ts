import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { openStore } from '@baleen/store';
import pg from 'pg';

/** A migrated database of its own. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Any number: the lock that the makers of databases take in turn, as a template must have no other user. */
const LOCK = 7_236_011;

/** A fresh copy of a template that is migrated once per state of migrations/. Needs BALEEN_TEST_DATABASE_URL, a superuser's
 * URL; `npm test` starts a server and sets it. */
export const createDatabase = (): Promise<TestDatabase> =>
  create(async (admin) => copyOf(admin, await template(admin)));

/** An empty database, for tests of the migrations themselves. */
export const createEmptyDatabase = (): Promise<TestDatabase> => create((admin) => copyOf(admin, 'template0'));

async function create(make: (admin: pg.Client) => Promise<string>): Promise<TestDatabase> {
  const name = await withAdmin(async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [LOCK]);
    return make(admin);
  });
  return {
    url: urlOf(name),
    drop: () =>
      withAdmin(async (admin) => void (await admin.query(`drop database if exists ${name} with (force)`))),
  };
}

async function copyOf(admin: pg.Client, from: string): Promise<string> {
  const name = `baleen_test_${randomBytes(6).toString('hex')}`;
  await admin.query(`create database ${name} template ${from}`);
  return name;
}

async function template(admin: pg.Client): Promise<string> {
  const name = `baleen_template_${migrationsHash()}`;
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
  if (rowCount !== 0) return name;
  await admin.query(`create database ${name}_new template template0`);
  const store = await openStore(urlOf(`${name}_new`));
  await store.migrate();
  await store.close();
  // Renamed last: a name without `_new` is a template that is whole.
  await admin.query(`alter database ${name}_new rename to ${name}`);
  return name;
}

/** Of migrations/ and of packages/tables, whose docs are the comments. */
function migrationsHash(): string {
  const hash = createHash('sha256');
  for (const folder of ['../../../migrations/tables/', '../../../migrations/views/', '../../tables/src/']) {
    const directory = new URL(folder, import.meta.url);
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
    for (const file of files.filter((name) => /\.(sql|ts)$/.test(name)))
      hash.update(file).update(readFileSync(new URL(file, directory)));
  }
  return hash.digest('hex').slice(0, 12);
}

async function withAdmin<Result>(work: (admin: pg.Client) => Promise<Result>): Promise<Result> {
  const admin = new pg.Client({ connectionString: serverUrl() });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function serverUrl(): string {
  const url = process.env.BALEEN_TEST_DATABASE_URL;
  if (url === undefined)
    throw new Error(
      'BALEEN_TEST_DATABASE_URL is not set: npm test starts a server and sets it; by hand: postgres://postgres@127.0.0.1:5432/postgres',
    );
  return url;
}
