import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { openStore } from '@baleen/store';
import pg from 'pg';
import { checksums } from './checksums.ts';
import { indexHere, ROOT } from './command.ts';
import { type FixtureName, fixtureData } from './fixtures.ts';

/** A database that a single test file uses. */
export interface TestDatabase {
  readonly url: string;
  /** Runs one statement over a connection of its own, and returns its rows. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
  /** Returns a checksum of the rows of each table, by the table's name; see `checksums`. */
  checksums(without?: ReadonlySet<string>): Promise<Map<string, string>>;
  drop(): Promise<void>;
}

/** What a test database contains from the start. */
export interface Holding {
  /** The bundled chains whose `data` folders were indexed completely. */
  readonly holding: FixtureName | readonly FixtureName[];
  /** True if the database also contains the newest application state of each chain; default false. */
  readonly state?: boolean;
}

/** Creates a database with all migrations and, if chains are named, with these chains. It is a copy of a template, which is made once for
 * each state of the code.
 *
 * It needs the environment variable BALEEN_TEST_DATABASE_URL, the URL of a superuser; `npm test` starts a server and sets it. */
export const createDatabase = (holds?: Holding): Promise<TestDatabase> =>
  create(() => (holds === undefined ? migratedTemplate() : indexedTemplate(holds)));

/** Creates a database without tables, for tests of the migrations themselves and of commands that migrate. */
export const createEmptyDatabase = (): Promise<TestDatabase> => create(async () => 'template0');

/** Runs `use` with a new connection to `url`, and closes it afterwards. */
export async function withClient<Result>(
  url: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function create(templateName: () => Promise<string>): Promise<TestDatabase> {
  const template = await templateName();
  const name = `baleen_test_${randomBytes(6).toString('hex')}`;
  await ask(`create database ${name} template ${template}`);
  const url = urlOf(name);
  return {
    url,
    query: async <Row extends pg.QueryResultRow>(sql: string, parameters: readonly unknown[] = []) =>
      (await withClient(url, (client) => client.query<Row>(sql, [...parameters]))).rows,
    checksums: (without) => withClient(url, (client) => checksums(client, without)),
    drop: () => ask(`drop database if exists ${name} with (force)`),
  };
}

const ask = async (sql: string): Promise<void> =>
  withClient(serverUrl(), async (admin) => void (await admin.query(sql)));

/** Makes the database with all migrations, and returns its name. The name has a hash of the migrations' SQL and of packages/tables, whose
 * docs become comments in the database. */
const migratedTemplate = (): Promise<string> =>
  template(`baleen_template_${hashOf(['migrations', 'packages/tables/src', 'packages/store/src/migrate'])}`, {
    from: 'template0',
    async fill(url) {
      const store = await openStore(url);
      await store.migrate();
      await store.close();
    },
  });

/** Makes the database with an indexed chain, and returns its name.
 *
 * The name has a hash of the product's code, since another version of the code may write other rows. */
async function indexedTemplate({ holding, state = false }: Holding): Promise<string> {
  const chains = [holding].flat();
  const code = hashOf(['migrations', 'packages', 'apps']);
  // PostgreSQL cuts names off after 63 bytes.
  const name = `baleen_${chains.join('_').replaceAll(/terra-|-devnet/g, '')}_${state ? 'state' : 'blocks'}_${code}`;
  return template(name, {
    from: await migratedTemplate(),
    async fill(url) {
      for (const chain of chains) await indexHere(fixtureData(chain), url, ...(state ? [] : ['--no-state']));
    },
  });
}

interface Recipe {
  readonly from: string;
  readonly fill: (url: string) => Promise<void>;
}

const templates = new Map<string, Promise<string>>();

/** Makes the database `name` unless it exists. If another process wants it at the same time, that process waits. */
function template(name: string, recipe: Recipe): Promise<string> {
  const known = templates.get(name) ?? makeTemplate(name, recipe);
  templates.set(name, known);
  return known;
}

function makeTemplate(name: string, { from, fill }: Recipe): Promise<string> {
  return withClient(serverUrl(), async (admin) => {
    await admin.query('select pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return name;
    await admin.query(`drop database if exists ${name}_new`);
    await admin.query(`create database ${name}_new template ${from}`);
    await fill(urlOf(`${name}_new`));
    // The database is renamed last, so that a name without `_new` means a complete template.
    await admin.query(`alter database ${name}_new rename to ${name}`);
    return name;
  });
}

const hashes = new Map<string, string>();

/** Computes a hash of the SQL and TypeScript files below these folders, without tests. */
function hashOf(folders: readonly string[]): string {
  const known = hashes.get(folders.join());
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for (const folder of folders) {
    const files = readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(sql|ts)$/.test(file) && !/\.(test|fixture)\.ts$|node_modules/.test(file))
      .sort();
    for (const file of files) hash.update(file).update(readFileSync(`${ROOT}/${folder}/${file}`));
  }
  const digest = hash.digest('hex').slice(0, 12);
  hashes.set(folders.join(), digest);
  return digest;
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
