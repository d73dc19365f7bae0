import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  baleen,
  createEmptyDatabase,
  fixtureData,
  fixtureKilled,
  spawnBaleen,
  type TestDatabase,
  temporaryFolder,
  until,
} from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const SOURCE = fixtureData('terra-columbus4-devnet');
const OTHER_CHAIN = fixtureData('terra-columbus5-devnet');

describe('the commands on a bundled chain', () => {
  let database: TestDatabase;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    env = { DATABASE_URL: database.url, BALEEN_DATA_DIR: temporaryFolder('data') };
  });

  afterAll(() => database.drop());

  test('an empty database is nothing to fear', async () => {
    expect(await baleen(['status'], env)).toMatchObject({ code: 0, stdout: '' });
    expect(await baleen(['gaps'], env)).toMatchObject({ code: 0, stdout: '' });
  });

  test('migrate --dry-run prints SQL and changes nothing; migrate does it once', async () => {
    const dry = await baleen(['migrate', '--dry-run'], env);
    expect(dry.stdout).toContain('create table baleen_store.blocks');
    expect((await baleen(['migrate', '--dry-run'], env)).stdout).toBe(dry.stdout);
    expect((await baleen(['migrate'], env)).stderr).toMatch(/^migrated postgres:/);
    expect((await baleen(['migrate'], env)).stderr).toMatch(/^nothing to do in /);
  });

  test('index writes what was asked for, says what is missing with exit code 4, and gaps names it', async () => {
    const { code, stdout, stderr } = await baleen(['index', SOURCE, '--heights', '281..300', '--quiet'], env);
    expect(stdout).toMatch(
      /^devnet-col4-a 281\.\.300: 10 blocks, 7 txs, \d+ rows written\ndevnet-col4-a: state at 290: 441 keys, /,
    );
    expect(stderr).toBe('missing: 291..300; baleen gaps tells why\n');
    expect(code).toBe(4);
    const gaps = await baleen(['gaps', '--json'], env);
    expect(
      gaps.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { from: 1, to: 280, reason: 'blocks: not asked for, though a source has them' },
      { chainId: 'devnet-col4-a', kind: 'blocks', from: 291, to: 300, reason: 'blocks: not indexed yet' },
    ]);
  });

  test('index goes on where it was, and a second time changes nothing', async () => {
    const first = await baleen(['index', `leveldb:${SOURCE}`, '--quiet', '--json'], env);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(first.stdout)).toMatchObject({
      heights: 280,
      range: { from: 1, to: 290 },
      missing: [],
    });
    const second = await baleen(['index', SOURCE], env);
    expect(second).toEqual({
      code: 0,
      stdout:
        'devnet-col4-a 1..290: all of it was there already\ndevnet-col4-a: state at 290: was there already\n',
      stderr: '',
    });
  });

  test('a longer copy of the same chain adds its blocks', async () => {
    const { code, stdout } = await baleen(['index', fixtureKilled('terra-columbus4-devnet'), '--json'], env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ heights: 8, range: { from: 1, to: 298 } });
    const status = await baleen(['status', '--json'], env);
    expect(JSON.parse(status.stdout)).toMatchObject({
      headHeight: 298,
      completeTo: 298,
      failed: [],
      missingIndexes: [],
      outdatedTables: [],
    });
  });

  test('--chain refuses another chain, and nothing is written', async () => {
    const { code, stderr } = await baleen(['index', OTHER_CHAIN, '--chain', 'devnet-col4-a'], env);
    expect(stderr).toMatch(
      /expected chain devnet-col4-a \(--chain\), found baleen-col5-a; nothing written\n$/,
    );
    expect(code).toBe(2);
    expect((await baleen(['status', '--json'], env)).stdout).not.toContain('baleen-col5-a');
  });

  test('heights that the source does not have are told with those it has', async () => {
    const { code, stderr } = await baleen(['index', SOURCE, '--heights', '500..'], env);
    expect(stderr).toMatch(/heights 500\.\. were asked for, \S+ holds 1\.\.290; nothing written\n$/);
    expect(code).toBe(2);
  });

  test('sql answers as table, CSV and JSON', async () => {
    const query = 'select height, tx_count from blocks order by tx_count desc, height limit 2';
    expect((await baleen(['sql', query], env)).stdout).toBe(
      'height  tx_count\n──────  ────────\n   143        66\n   127        21\n(2 rows)\n',
    );
    expect((await baleen(['sql', query, '--csv'], env)).stdout).toBe('height,tx_count\n143,66\n127,21\n');
    expect((await baleen(['sql', query, '--json'], env)).stdout).toBe(
      '{"height":143,"tx_count":66}\n{"height":127,"tx_count":21}\n',
    );
  });

  test('sql can only read, only the views, and one statement at a time', async () => {
    const refused = async (query: string): Promise<string> => {
      const { code, stderr } = await baleen(['sql', query], env);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused('create table baleen.x (a int)')).toMatch(/read-only transaction/);
    expect(await refused('select * from baleen_store.blocks')).toMatch(/permission denied/);
    expect(await refused('select 1; select 2')).toMatch(/one statement at a time/);
    expect(await refused('select swims from blocks')).toMatch(
      /column "swims" does not exist at "swims from blocks"/,
    );
  });

  test('sql without a query lists every view with its comment, and the URL', async () => {
    const { stdout } = await baleen(['sql'], env);
    const views = await database.query("select viewname from pg_views where schemaname = 'baleen'");
    for (const { viewname } of views) expect(stdout).toMatch(new RegExp(`^${viewname} +One row is `, 'm'));
    expect(stdout).toMatch(/^With psql: +psql "postgres:\/\/baleen_sql_/m);
  });

  test('Ctrl-C ends a query in the server too, with exit code 130', async () => {
    const { child, ended } = spawnBaleen(['sql', 'select pg_sleep(600)'], env);
    const running = `select count(*)::int as n from pg_stat_activity
      where datname = current_database() and application_name = 'baleen sql' and state = 'active' and query like 'fetch%'`;
    const sleeping = async (): Promise<boolean> => (await database.query(running))[0]!.n > 0;
    await until('the query runs', sleeping);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130 });
    expect(await sleeping()).toBe(false);
  });

  test('inspect tells what can be had, and leaves the folder as it was', async () => {
    const before = snapshot(SOURCE);
    const { code, stdout } = await baleen(['inspect', SOURCE, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      chainId: 'devnet-col4-a',
      era: 'tendermint-0.33',
      base: 1,
      head: 290,
      live: false,
    });
    expect((await baleen(['inspect', SOURCE])).stdout).toContain(`next: baleen index ${SOURCE}`);
    expect(snapshot(SOURCE)).toEqual(before);
  });
});

/** Names, sizes and times of everything below a folder. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { size, mtimeMs, ctimeMs, mode } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs} ${ctimeMs} ${mode}`;
    });
}
