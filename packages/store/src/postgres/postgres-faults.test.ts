import type { BaleenError } from '@baleen/chain';
import { answeredByPostgres, createDatabase, createEmptyDatabase, type TestDatabase } from '@baleen/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isTransient, openStore } from '../index.ts';
import { explained } from './postgres-faults.ts';

describe('an answer of PostgreSQL', () => {
  it.each([
    ['08006', 'connection failure', 'source', 'STORE_UNREACHABLE'],
    ['0A000', 'feature not supported', 'operator', 'STORE_STATEMENT'],
    ['25006', 'read only', 'source', 'STORE_READ_ONLY'],
    ['25P03', 'idle in transaction', 'source', 'STORE_TIMEOUT'],
    ['26000', 'a pooler lost a prepared statement', 'operator', 'STORE_STATEMENT'],
    ['28P01', 'password', 'operator', 'STORE_LOGIN'],
    ['3D000', 'no such database', 'operator', 'STORE_LOGIN'],
    ['40P01', 'deadlock', 'source', 'STORE_WRITE_FAILED'],
    ['42501', 'no right', 'operator', 'STORE_PERMISSION'],
    ['42P01', 'no such table', 'operator', 'STORE_STATEMENT'],
    ['53100', 'disk full', 'source', 'STORE_DATABASE_LIMIT'],
    ['53300', 'too many connections', 'source', 'STORE_DATABASE_LIMIT'],
    ['55P03', 'lock timeout', 'source', 'STORE_TIMEOUT'],
    ['57014', 'cancelled', 'source', 'STORE_TIMEOUT'],
    ['57P01', 'shutdown', 'source', 'STORE_UNREACHABLE'],
    ['57P04', 'database dropped', 'operator', 'STORE_LOGIN'],
    ['58030', 'I/O error', 'source', 'STORE_WRITE_FAILED'],
    ['P0001', 'a trigger raised', 'operator', 'STORE_STATEMENT'],
    ['XX001', 'corrupted', 'source', 'STORE_WRITE_FAILED'],
  ])('%s (%s) is of kind %s and code %s', (state, _, kind, code) => {
    const error = explained('count the blocks', answeredByPostgres(state)) as BaleenError;
    expect(error).toMatchObject({
      kind,
      code,
      message: expect.stringMatching(/^count the blocks: PostgreSQL: it said no; .{20}/),
    });
    expect(isTransient(answeredByPostgres(state))).toBe(kind === 'source');
    expect(isTransient(error)).toBe(kind === 'source');
  });

  it.each(['22003', '22021', '23502', '23505', '42601', '42804'])('%s is a fault of ours', (state) => {
    const error = answeredByPostgres(state);
    expect(explained('count the blocks', error)).toBe(error);
    expect(isTransient(error)).toBe(false);
  });
});

describe('a database', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());
  const name = (): string => new URL(database.url).pathname.slice(1);

  it('that is read-only for a while is written again over the same store, once it is writable', async () => {
    const store = await openStore(database.url);
    await database.query(`alter database ${name()} set default_transaction_read_only = on`);
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`,
      [name()],
    );
    const write = () =>
      store.rememberEnqueued({ chainId: 'a-1', source: 'a-1', from: 1, to: 2, rangeSize: 1, addresses: [] });
    const failures: unknown[] = [];
    for (let tries = 0; tries < 20; tries++) await write().catch((error: unknown) => failures.push(error));
    expect(failures.map((error) => (explained('write', error) as BaleenError).code)).toContain(
      'STORE_READ_ONLY',
    );
    await database
      .query(`set transaction read write; alter database ${name()} reset default_transaction_read_only`)
      .catch(() => undefined);
    await makeWritable();
    const after: unknown[] = [];
    for (let tries = 0; tries < 12; tries++) await write().catch((error: unknown) => after.push(error));
    expect(after.filter((error) => (error as { code?: string }).code === '25006')).toEqual([]);
    await store.close();
  });

  const makeWritable = async (): Promise<void> => {
    const url = new URL(database.url);
    const there = name();
    url.pathname = '/postgres';
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`alter database ${there} reset default_transaction_read_only`);
    await client.end();
  };

  it('with timeouts for everybody gives none to our sessions', async () => {
    for (const setting of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])
      await database.query(`alter database ${name()} set ${setting} = '1ms'`);
    const store = await openStore(database.url);
    expect(await store.query('select pg_sleep(0.05)::text')).toEqual([{ pg_sleep: '' }]);
    await store.close();
  });
});

describe('a database that is not in UTF8', () => {
  it('is refused when it is opened, with the SQL that makes a right one', async () => {
    const database = await createEmptyDatabase();
    const url = new URL(database.url);
    await database.query(
      `create database ${url.pathname.slice(1)}_latin encoding 'LATIN1' locale 'C' template template0`,
    );
    url.pathname += '_latin';
    await expect(openStore(url.href)).rejects.toMatchObject({
      code: 'STORE_ENCODING',
      kind: 'operator',
      message: expect.stringMatching(
        /expected encoding UTF8, found LATIN1.*create database NAME encoding 'UTF8'/,
      ),
    });
    await database.query(`drop database ${url.pathname.slice(1)}`);
    await database.drop();
  });

  it('that does not exist, or refuses the password, is the operator’s to mend', async () => {
    const database = await createEmptyDatabase();
    const url = new URL(database.url);
    url.pathname = '/not_there_at_all';
    await expect(openStore(url.href)).rejects.toMatchObject({ code: 'STORE_LOGIN', kind: 'operator' });
    await database.drop();
  });
});
