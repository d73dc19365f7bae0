import { BaleenError } from '@baleen/chain';
import pg from 'pg';

/** Connections of one store. A writer holds one, its leaves and checks another; more than a few only queue in Postgres. */
const MAX_CONNECTIONS = 10;

/** A connection or the pool: whatever can run a statement. */
export interface Queryable {
  query<Result extends object>(
    sql: string,
    parameters?: unknown[],
  ): Promise<{ rows: Result[]; rowCount: number | null }>;
}

export function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: MAX_CONNECTIONS, application_name: 'baleen' });
  // An idle connection that breaks is replaced by the pool; whoever needs the next one is told what is wrong.
  pool.on('error', () => undefined);
  return pool;
}

/** Runs `work` in a transaction of its own connection. */
export async function transaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => (broken = failed));
    throw error;
  } finally {
    client.release(broken);
  }
}

export async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    const { host, port, database } = pool.options;
    const where =
      pool.options.connectionString?.replace(/\/\/[^@/]*@/, '//') ?? `${host}:${port}/${database}`;
    throw new BaleenError(
      'source',
      'STORE_UNREACHABLE',
      `connect to Postgres at ${where}: ${(cause as Error).message}; is it running, and is --database or DATABASE_URL right?`,
      { cause },
    );
  }
}

/** SQLSTATE of an error that Postgres answered. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined;

export const literal = (text: string): string => pg.escapeLiteral(text);
