/** What docs/connect.md tells people to type is run against a database, with the tools that are there. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import {
  baleen,
  createDatabase,
  ROOT,
  spawnCommand,
  type TestDatabase,
  temporaryFolder,
} from '@baleen/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PAGE = readFileSync(join(ROOT, 'docs/connect.md'), 'utf8');

/** Blocks of code by the heading that they stand below. */
function blocks(heading: string, language: string): string[] {
  const [, section] = PAGE.split(`\n## ${heading}\n`);
  const [own] = section!.split('\n## ');
  return [...own!.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, code]) => code!,
  );
}

const isThere = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;

describe('docs/connect.md', () => {
  let database: TestDatabase;
  const urlOf = (user: string): string =>
    Object.assign(new URL(database.url), { username: user, password: 'change-me' }).href;
  const inTest = (text: string): string =>
    text
      .replaceAll(/postgres:\/\/(\w+):change-me@localhost:5432\/baleen/g, (_, user: string) => urlOf(user))
      .replaceAll('columbus-5', 'devnet-col4-a');

  const as = async (user: string, sql: string): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: urlOf(user) });
    await client.connect();
    return client.query(inTest(sql)).finally(() => client.end());
  };

  beforeAll(async () => {
    database = await createDatabase({ holding: 'terra-columbus4-devnet' });
    await database.query('drop role if exists dashboard; drop role if exists postgrest');
    for (const sql of [...blocks('A login for each program', 'sql'), ...blocks('PostgREST', 'sql')])
      await database.query(sql);
  });
  afterAll(async () => {
    await database.query('drop schema reports; drop role dashboard; drop role postgrest');
    await database.drop();
  });

  test('its login may read the views, names them without a schema, has its timeouts, and may do nothing else', async () => {
    expect((await as('dashboard', 'select count(*)::int from txs')).rows).toEqual([{ count: 456 }]);
    expect((await as('dashboard', 'show statement_timeout')).rows).toEqual([{ statement_timeout: '30s' }]);
    await expect(as('dashboard', 'create view reports.mine as select 1')).rejects.toThrow(
      /read-only transaction/,
    );
    await expect(as('dashboard', 'select * from baleen_store.blocks')).rejects.toThrow(/permission denied/);
  });

  test('its psql answers', async () => {
    const [command] = blocks('psql', 'sh');
    const [, query] = /-c "([^"]+)"/.exec(command!)!;
    expect((await as('dashboard', query!)).rows).toEqual([
      { chain_id: 'devnet-col4-a', first_indexed: '1', last_indexed: '290', missing: '0' },
    ]);
    if (!isThere('psql')) return;
    const { status, stdout } = spawnSync('bash', ['-c', inTest(command!)], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/devnet-col4-a \|\s+1 \|\s+290 \|\s+0/)]);
  });

  test('its panel of Grafana answers, over a data source with that login', async () => {
    const [source] = blocks('Grafana', 'yaml');
    expect(source).toMatch(/user: dashboard[\s\S]*password: change-me[\s\S]*database: baleen/);
    const [panel] = blocks('Grafana', 'sql');
    const { rows } = await as(
      'dashboard',
      panel!.replace('$__timeFilter(time)', `time between '2000-01-01' and now()`),
    );
    expect(rows.reduce((sum, { txs }) => sum + Number(txs), 0)).toBe(456);
  });

  test('PostgREST’s role answers as baleen_reader', async () => {
    const [config] = blocks('PostgREST', 'ini');
    expect(config).toMatch(
      /db-uri = "postgres:\/\/postgrest:change-me@localhost:5432\/baleen"[\s\S]*db-anon-role = "baleen_reader"/,
    );
    await expect(as('postgrest', 'select count(*) from baleen.txs')).rejects.toThrow(/permission denied/);
    const both = (await as(
      'postgrest',
      'set role baleen_reader; select count(*)::int from baleen.txs',
    )) as unknown as pg.QueryResult[];
    expect(both[1]!.rows).toEqual([{ count: 456 }]);
  });

  /** Runs a program of the page where the packages that it imports are found. */
  const run = (heading: string) => {
    const folder = join(ROOT, 'node_modules/.cache', `connect-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${heading.replaceAll(' ', '-')}.mjs`);
    writeFileSync(file, stripTypeScriptTypes(inTest(blocks(heading, 'ts')[0]!)));
    const { child, ended } = spawnCommand(process.execPath, [file], {
      env: { DATABASE_URL: urlOf('dashboard') },
    });
    return { child, ended: ended.finally(() => rmSync(file)) };
  };

  test('its program for Kysely answers', async () => {
    const { code, stdout } = await run('Kysely').ended;
    expect([code, stdout.match(/tx_hash/g)?.length]).toEqual([0, 20]);
  });

  test('its listener is told', async () => {
    const { child, ended } = run('LISTEN baleen');
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await database.query(`select pg_notify('baleen', '{"chain_id":"devnet-col4-a","complete_to":290}')`);
    expect(await ended).toMatchObject({ code: 0, stdout: 'listening\ndevnet-col4-a is complete to 290\n' });
  });

  test('DuckDB reads the views, where it is installed', async () => {
    const [sql] = blocks('DuckDB', 'sql');
    expect(sql).toMatch(/attach 'postgres:\/\/dashboard:/);
    if (!isThere('duckdb')) return;
    const { status, stdout } = spawnSync('duckdb', ['-csv', '-c', inTest(sql!)], { encoding: 'utf8' });
    expect([status, stdout.trim().split('\n').length]).toEqual([0, 21]);
  });

  test('db url prints a login that reads, and with --owner the owner’s', async () => {
    const env = { DATABASE_URL: database.url, BALEEN_DATA_DIR: temporaryFolder('data') };
    const { code, stdout } = await baleen(['db', 'url'], env);
    expect(code).toBe(0);
    const client = new pg.Client({ connectionString: stdout.trim() });
    await client.connect();
    expect((await client.query('select count(*)::int from txs')).rows).toEqual([{ count: 456 }]);
    await expect(client.query('create table t ()')).rejects.toThrow(/read-only|permission denied/);
    await client.end();
    expect(await baleen(['db', 'url', '--owner'], env)).toMatchObject({
      code: 0,
      stdout: `${database.url}\n`,
    });
  });
});
