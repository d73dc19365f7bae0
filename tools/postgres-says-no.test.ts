/** PostgreSQL says no (../shared/cases/11-postgres-says-no): each time the exit code and the words fit, and nothing is lost. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import {
  baleen,
  createDatabase,
  createEmptyDatabase,
  fixtureData,
  startBaleen,
  type TestDatabase,
  until,
  withClient,
} from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FrameReader, sqlOf } from './crash/frames.ts';

const SOURCE = fixtureData('terra-columbus4-devnet');
const index = (url: string, ...more: string[]) =>
  baleen(['index', SOURCE, '--no-state', '--quiet', ...more], { DATABASE_URL: url });

const as = (url: string, user: string): string =>
  Object.assign(new URL(url), { username: user, password: 'x' }).href;
const nameOf = (url: string): string => new URL(url).pathname.slice(1);
const onServer = (url: string, sql: string): Promise<unknown> =>
  withClient(Object.assign(new URL(url), { pathname: '/postgres' }).href, (client) => client.query(sql));

describe('a database of a kind that operators have', () => {
  let database: TestDatabase;
  afterEach(() => database?.drop());

  test('whose login may not create a schema: exit code 2, with the grant, which mends it', async () => {
    database = await createEmptyDatabase();
    await database.query(`do $$ begin create role weak login password 'x' createrole; exception when duplicate_object then null; end $$;
      alter role weak createrole`);
    const refused = await index(as(database.url, 'weak'));
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    const [, grant] =
      /run once as its owner or an administrator: (grant create on database \w+ to weak)/.exec(
        refused.stderr,
      )!;
    await database.query(grant!);
    expect(await index(as(database.url, 'weak'), '--heights', '1..10')).toMatchObject({ code: 0 });
  });

  test('that is read-only: exit code 3, with the setting', async () => {
    database = await createEmptyDatabase();
    await onServer(
      database.url,
      `alter database ${nameOf(database.url)} set default_transaction_read_only = on`,
    );
    expect(await index(database.url)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/read-only transaction; .*default_transaction_read_only/),
    });
  });

  test('with a timeout for everybody: all of it is written', async () => {
    database = await createDatabase();
    await onServer(database.url, `alter database ${nameOf(database.url)} set statement_timeout = '1ms'`);
    await onServer(database.url, `alter database ${nameOf(database.url)} set lock_timeout = '1ms'`);
    expect(await index(database.url)).toMatchObject({ code: 0, stderr: '' });
  });

  test('in another encoding than UTF8: exit code 2 at the start', async () => {
    database = await createEmptyDatabase();
    const url = new URL(database.url);
    url.pathname += '_latin1';
    await onServer(
      database.url,
      `create database ${nameOf(url.href)} encoding 'LATIN1' locale 'C' template template0`,
    );
    expect(await index(url.href)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/expected encoding UTF8, found LATIN1/),
    });
    await onServer(database.url, `drop database ${nameOf(url.href)}`);
  });
});

describe('a database that is read-only for a while', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  const set = (value: string): Promise<unknown> =>
    onServer(
      database.url,
      `alter database ${nameOf(database.url)} set default_transaction_read_only = ${value};
       select pg_terminate_backend(pid) from pg_stat_activity where datname = '${nameOf(database.url)}'`,
    );
  const head = () =>
    onServer(database.url, 'select 1').then(() =>
      database.query('select head_height::int as head from baleen.chains'),
    );

  test('is waited for by follow', async () => {
    await set('on');
    const running = startBaleen(['follow', SOURCE], { DATABASE_URL: database.url });
    await until('follow waits', () => /read-only transaction.*waiting for it/.test(running.stderr));
    await set('off');
    await until(
      'follow is at the head',
      async () => (await head())[0]?.head === 290,
      running.ended.then(unexpected),
    );
    running.interrupt();
    await running.ended;
  });

  test('is waited for by worker', async () => {
    const env = { DATABASE_URL: database.url };
    expect(await baleen(['enqueue', SOURCE, '--range-size', '5', '--quiet'], env)).toMatchObject({ code: 0 });
    const running = startBaleen(['worker', '--drain', '--source', SOURCE, '--lease', '2'], env);
    await until(
      'the worker is there',
      () => /jobs in schema bullmq/.test(running.stderr),
      running.ended.then(unexpected),
    );
    await set('on');
    await until('the worker waits', () => /read-only/.test(running.stderr), running.ended.then(unexpected));
    await set('off');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await database.query('select head_height::int as head, missing::int from baleen.chains')).toEqual([
      { head: 290, missing: 0 },
    ]);
  });

  const unexpected = ({ code, stderr }: { code: number | null; stderr: string }): never => {
    throw new Error(`it ended with exit code ${code}: ${stderr}`);
  };
});

/** Passes all on, but that `answer` may answer a statement in the server's place. */
class AnsweringProxy {
  readonly server: Server;
  private readonly upstream: URL;
  /** An SQLSTATE for the statement; undefined: it is passed on. */
  answer: (sql: string) => string | undefined = () => undefined;
  /** As PgBouncer does by default. */
  refusesOptions = false;

  constructor(upstream: string) {
    this.upstream = new URL(upstream);
    this.server = createServer((client) => this.serve(client));
  }

  async start(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return Object.assign(new URL(this.upstream), { port: (this.server.address() as AddressInfo).port }).href;
  }

  private serve(client: Socket): void {
    const server = connect(Number(this.upstream.port), this.upstream.hostname);
    const frames = new FrameReader(true);
    let swallows = false;
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    server.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk) => {
      for (const frame of frames.push(chunk)) {
        if (frame.type === '' && this.refusesOptions && frame.body.includes('\0options\0'))
          return void client.end(errorFrame('08P01', 'unsupported startup parameter: options'));
        if (swallows) {
          if (frame.type === 'S') {
            swallows = false;
            client.write(READY);
          }
          continue;
        }
        const sql = sqlOf(frame);
        const state = sql === undefined ? undefined : this.answer(sql);
        if (state === undefined) {
          server.write(frame.bytes);
          continue;
        }
        // A server that shuts down ends the session with its answer.
        if (/^(08|57P)/.test(state)) return void client.end(errorFrame(state, `it said ${state}`));
        client.write(errorFrame(state, `it said ${state}`));
        if (frame.type === 'Q') client.write(READY);
        else swallows = true;
      }
    });
  }
}

function errorFrame(state: string, message: string): Buffer {
  const body = Buffer.from(`SERROR\0VERROR\0C${state}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

describe('behind a pooler that refuses `options`', () => {
  test('index, enqueue and worker work', async () => {
    const database = await createDatabase();
    const proxy = new AnsweringProxy(database.url);
    proxy.refusesOptions = true;
    const env = { DATABASE_URL: await proxy.start() };
    expect(await index(env.DATABASE_URL, '--heights', '1..100')).toMatchObject({ code: 0, stderr: '' });
    expect(await baleen(['enqueue', SOURCE, '--quiet'], env)).toMatchObject({ code: 0 });
    expect(await baleen(['worker', '--drain', '--quiet', '--source', SOURCE], env)).toMatchObject({
      code: 0,
    });
    expect(await database.query('select missing::int from baleen.chains')).toEqual([{ missing: 0 }]);
    proxy.server.close();
    await database.drop();
  });
});

/** What an SQLSTATE means at each place is tested in packages/store/src/postgres/every-fault.test.ts. */
describe('a statement that PostgreSQL refuses', () => {
  test.each([
    ['57014', 3],
    ['42P01', 2],
    ['42601', 70],
  ])('with %s ends index with exit code %d, and a second run writes all', async (state, exit) => {
    const database = await createDatabase();
    const proxy = new AnsweringProxy(database.url);
    const url = await proxy.start();
    try {
      let isUsed = false;
      proxy.answer = (sql) => {
        if (isUsed || !/insert into "baleen_store"\."wanted_ranges"/.test(sql)) return undefined;
        isUsed = true;
        return state;
      };
      const refused = await index(url, '--heights', '1..3');
      expect(refused).toMatchObject({ code: exit, stderr: expect.stringContaining(`it said ${state}`) });
      expect(await index(url, '--heights', '1..3')).toMatchObject({ code: 0 });
      expect(await database.query('select missing::int from baleen.chains')).toEqual([{ missing: 0 }]);
    } finally {
      proxy.server.close();
      await database.drop();
    }
  });
});
