import { Kysely, PostgresDialect, type PostgresPoolClient, sql } from 'kysely';
import pg from 'pg';
import { NO_TIMEOUTS } from './no-timeouts.ts';
import { explained, isReadOnly } from './postgres-faults.ts';
import type { Schema } from './schema.ts';

/** Most connections of one store. A writer needs two at a time; more than a few writers only wait for each other in Postgres. */
const MAX_CONNECTIONS = 10;

/** Typed queries over a pool or over one connection. Tables without a schema name belong to baleen_store. */
export type Queries = Kysely<Schema>;

/** application_name of a worker's sessions, made from the name in its leases. */
export const sessionName = (holder: string | undefined): string =>
  holder === undefined ? 'baleen' : `baleen ${holder}`;

export function openPool(url: string, holder?: string): pg.Pool {
  // keepAlive: without it a query would wait forever for a server that has vanished.
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    application_name: sessionName(holder),
    keepAlive: true,
    // As statements: poolers refuse `options` in a connection's first message.
    onConnect: async (client) => void (await client.query(NO_TIMEOUTS)),
  });
  // The pool replaces an idle connection that breaks. What is wrong shows when the next one is needed.
  pool.on('error', () => undefined);
  // A connection in use that breaks fails the running query. Between two queries nothing listens, and an unhandled error event would
  // end the process.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** Queries that run on any free connection of the pool. */
export const queriesOf = (pool: pg.Pool): Queries =>
  queries(async () => {
    const client = await connect(pool);
    return lent(client, (broken) => client.release(broken));
  });

/** Runs `work` in a transaction of its own connection. COPY needs the client itself. */
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

/** Runs `work` on one connection. When it fails, the connection is closed, which frees the session's locks. */
export async function session<Result>(
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

/** A table of schema baleen_store, for SQL that Kysely's builders don't have. */
export const storeTable = (name: string) => sql.table(`baleen_store.${name}`);

/** Runs whole statements that stand in a file or are joined, without parameters. */
export const run = (db: Queries, text: string): Promise<unknown> => sql.raw(text).execute(db);

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

/** Kysely over borrowed connections. `destroy` does not end the pool, which belongs to the caller. */
const queries = (borrow: () => Promise<PostgresPoolClient>): Queries =>
  new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: { connect: borrow, end: async () => undefined, options: {} } }),
  }).withSchema('baleen_store');

/** Parses int8 as a number: the store reads only heights and counts of this type, which are below 2^53. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/** A client in the form that Kysely asks for. Cursors are not used. */
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
