import { Kysely, PostgresDialect, type PostgresPoolClient, sql } from 'kysely';
import pg from 'pg';
import { NO_TIMEOUTS } from './no-timeouts.ts';
import { explained, isReadOnly } from './postgres-faults.ts';
import type { Schema } from './schema.ts';

/** Most connections of one store. A writer needs two at a time, and more than a few writers only wait for each other in PostgreSQL. */
const MAX_CONNECTIONS = 10;

/** Sends typed queries over a pool or over one connection. Tables without a schema name are those of baleen_store. */
export type Queries = Kysely<Schema>;

/** Returns the application_name of a process's sessions. For a worker it contains the name that is stored with its leases. */
export const sessionName = (holder: string | undefined): string =>
  holder === undefined ? 'baleen' : `baleen ${holder}`;

export function openPool(url: string, holder?: string): pg.Pool {
  // keepAlive: without it a query would wait forever for a server that has vanished.
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    application_name: sessionName(holder),
    keepAlive: true,
    // Timeouts are switched off by statements, since poolers refuse `options` in a connection's first message.
    onConnect: async (client) => void (await client.query(NO_TIMEOUTS)),
  });
  // If an idle connection breaks, the pool replaces it. If the server is gone, the next query fails and reports it.
  pool.on('error', () => undefined);
  // If a borrowed connection breaks while a query runs, the query fails. If it breaks between two queries, it emits an error event, which
  // would end the process if nothing listened.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** Returns queries that run on any free connection of the pool. */
export const queriesOf = (pool: pg.Pool): Queries =>
  queries(async () => {
    const client = await connect(pool);
    return lent(client, (broken) => client.release(broken));
  });

/** Runs `work` in a transaction on a connection of its own. It passes the client as well, since COPY needs it. */
export async function transaction<Result>(
  pool: pg.Pool,
  work: (db: Queries, client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(over(client), client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => (broken = failed));
    if (isReadOnly(error)) broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Runs `work` with all of its queries on the same connection. If it fails, the connection is closed, which releases the session's
 * locks. */
export async function onOneConnection<Result>(
  pool: pg.Pool,
  work: (db: Queries) => Promise<Result>,
): Promise<Result> {
  const client = await connect(pool);
  try {
    const result = await work(over(client));
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Names a table of the schema baleen_store in SQL for which Kysely has no builder. */
export const storeTable = (name: string) => sql.table(`baleen_store.${name}`);

/** Runs one or several SQL statements that have no parameters. */
export const runStatements = (db: Queries, text: string): Promise<unknown> => sql.raw(text).execute(db);

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    const { host, port, database } = pool.options;
    const where =
      pool.options.connectionString?.replace(/\/\/[^@/]*@/, '//') ?? `${host}:${port}/${database}`;
    throw explained(`connect to Postgres at ${where}`, cause);
  }
}

const over = (client: pg.PoolClient): Queries => queries(async () => lent(client, () => undefined));

/** Makes Kysely queries over borrowed connections. Their `destroy` does not end the pool, which belongs to the caller. */
const queries = (borrow: () => Promise<PostgresPoolClient>): Queries =>
  new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: { connect: borrow, end: async () => undefined, options: {} } }),
  }).withSchema('baleen_store');

/** Parses int8 as a number. All values of this type that the store reads are heights and counts, which are below 2^53. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/** Wraps a client in the form that Kysely wants. Cursors are not supported. */
function lent(client: pg.PoolClient, release: (broken: boolean) => void): PostgresPoolClient {
  let broken = false;
  const query = async (text: string, values: readonly unknown[]) => {
    try {
      return await client.query({ text, values: [...values], types: TYPES });
    } catch (error) {
      broken ||= isReadOnly(error);
      throw error;
    }
  };
  return { query: query as unknown as PostgresPoolClient['query'], release: () => release(broken) };
}

export const literal = (text: string): string => pg.escapeLiteral(text);
