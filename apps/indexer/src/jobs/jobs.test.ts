/** enqueue and worker as users start them: processes, on Redis and on the database's own queue. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  baleen,
  createDatabase,
  fixture,
  fixtureData,
  hasRedis,
  replayRpc,
  type Spawned,
  spawnBaleen,
  startRedis,
  type TestDatabase,
  type TestRedis,
  temporaryFolder,
  until,
} from '@baleen/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const SOURCE = fixtureData('terra-columbus4-devnet');
const OTHER_CHAIN = fixtureData('terra-columbus5-devnet');
const RECORDED = [fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')];

/** Over RPC a node tells its genesis, and not the file it is in. */
const ONLY_IN_FILES = new Set(['genesis_file_sha256']);

const sumsOf = (database: TestDatabase): Promise<Map<string, string>> => database.checksums(ONLY_IN_FILES);

let wanted: Map<string, string>;
beforeAll(async () => {
  const indexed = await createDatabase({ holding: 'terra-columbus4-devnet' });
  wanted = await sumsOf(indexed);
  await indexed.drop();
});

describe.each(['redis', 'postgres'] as const)('jobs in %s', (backend) => {
  let database: TestDatabase;
  let redis: TestRedis | undefined;
  let env: NodeJS.ProcessEnv;

  beforeEach(async (context) => {
    if (backend === 'redis' && !hasRedis()) context.skip('needs redis-server');
    database = await createDatabase();
    redis = backend === 'redis' ? await startRedis() : undefined;
    env = { DATABASE_URL: database.url, ...(redis && { REDIS_URL: redis.url }) };
  });
  afterEach(async () => {
    await redis?.stop();
    await database?.drop();
  });

  const startWorker = (...more: string[]): Spawned =>
    spawnBaleen(['worker', '--quiet', '--json', ...more], env);

  test('three workers write what index writes; enqueuing again finds nothing to do', async () => {
    const first = await baleen(['enqueue', SOURCE, '--range-size', '50'], env);
    expect(first).toMatchObject({
      code: 0,
      stdout: 'devnet-col4-a 1..290: 290 blocks to write, in 6 jobs\n',
    });
    const workers = [1, 2, 3].map(() => startWorker('--drain', '--source', SOURCE, '--lease', '2'));
    const ended = await Promise.all(workers.map(({ ended }) => ended));
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      ended.map(() => ({ code: 0, stderr: '' })),
    );
    expect(await sumsOf(database)).toEqual(wanted);
    const again = await baleen(['enqueue', SOURCE], env);
    expect(again).toMatchObject({ code: 0, stdout: 'devnet-col4-a 1..290: all of it is there already\n' });
  });

  // What has no part of the queue in it is tried on one of them.
  if (backend === 'redis') return;

  test('a worker that slept past its lease writes nothing more; the one that took over has written all', async () => {
    let sleeper: Spawned | undefined;
    const node = await replayRpc(RECORDED, {
      fault(route, _answer, nth) {
        if (route === '/block?height=200' && nth === 0) sleeper!.child.kill('SIGSTOP');
        return undefined;
      },
    });
    try {
      await baleen(['enqueue', node.url, '--range-size', '1000'], env);
      sleeper = startWorker('--drain', '--lease', '1');
      await until('it has asked for 200', () => node.routes.includes('/block?height=200'));
      // So long that it does not lose the job, too, on a busy machine.
      const other = await startWorker('--drain', '--lease', '5').ended;
      expect(other.code).toBe(0);
      expect(JSON.parse(other.stdout).jobs).toMatchObject({ written: 1 });
      sleeper.child.kill('SIGCONT');
      const woken = await sleeper.ended;
      expect(JSON.parse(woken.stdout).jobs).toMatchObject({ fenced: 1, written: 0, failed: 0 });
      expect(woken.code).toBe(0);
      const rows = await database.query(
        'select count(*)::int as n, count(distinct height)::int as heights from baleen.blocks',
      );
      expect(rows).toEqual([{ n: 290, heights: 290 }]);
    } finally {
      await node.close();
    }
  });

  test('a worker that is stopped ends with 0 and leaves its job to another', async () => {
    let worker: Spawned | undefined;
    const node = await replayRpc(RECORDED, {
      fault(route) {
        if (route === '/block?height=150') worker!.child.kill('SIGTERM');
        return undefined;
      },
    });
    try {
      await baleen(['enqueue', node.url], env);
      worker = startWorker();
      const stopped = await worker.ended;
      expect(stopped.code).toBe(0);
      expect(JSON.parse(stopped.stdout)).toMatchObject({
        interrupted: true,
        jobs: { givenBack: 1, failed: 0 },
      });
    } finally {
      await node.close();
    }
    const other = await startWorker('--drain', '--source', `devnet-col4-a=${SOURCE}`).ended;
    expect(other.code).toBe(0);
    expect(await sumsOf(database)).toEqual(wanted);
  });

  test('a worker that was not told where the source is says so at its end, with exit code 4', async () => {
    expect(await baleen(['enqueue', SOURCE, '--heights', '1..20', '--quiet'], env)).toMatchObject({
      code: 0,
    });
    const without = await startWorker('--drain').ended;
    expect(without).toMatchObject({
      code: 4,
      stderr:
        'devnet-col4-a 1..20 is left to do: this worker was not told where the source devnet-col4-a is; ' +
        'next: baleen worker --drain --source devnet-col4-a=FOLDER\n',
    });
    expect(await startWorker('--drain', '--source', SOURCE).ended).toMatchObject({ code: 0, stderr: '' });
    expect(await startWorker('--drain').ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('a configuration names many chains once', async () => {
    const file = join(temporaryFolder('config'), 'baleen.toml');
    writeFileSync(
      file,
      `[chains.devnet-col4-a]\nsources = ["leveldb:${SOURCE}"]\n[chains.baleen-col5-a]\nsources = ["${OTHER_CHAIN}"]\n`,
    );
    const asked = await baleen(['enqueue', 'devnet-col4-a', 'baleen-col5-a', '--config', file], env);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(await startWorker('--drain', '--config', file).ended).toMatchObject({ code: 0, stderr: '' });
    const rows = await database.query('select chain_id, complete_to::int from baleen.chains order by 1');
    expect(rows).toEqual([
      { chain_id: 'baleen-col5-a', complete_to: 306 },
      { chain_id: 'devnet-col4-a', complete_to: 290 },
    ]);
  });
});

describe('what is wrong is told', () => {
  test('a configuration, by file and key', async () => {
    const file = join(temporaryFolder('config'), 'baleen.toml');
    const told = async (text: string): Promise<string> => {
      writeFileSync(file, text);
      const { code, stderr } = await baleen([
        'enqueue',
        'columbus-5',
        '--config',
        file,
        '--data-dir',
        '/nowhere',
      ]);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await told('[chains.columbus-5]\nsource = "x"\n')).toMatch(
      /^baleen: read configuration \S+baleen\.toml: chains\.columbus-5\.sources: .*; chains\.columbus-5: .*"source"/,
    );
    expect(await told('[chains\n')).toMatch(/^baleen: read configuration \S+baleen\.toml: /);
  });

  test('a Redis that cannot be reached, with exit code 3 and without its password', async () => {
    const database = await createDatabase();
    const { code, stderr } = await baleen(['worker'], {
      DATABASE_URL: database.url,
      REDIS_URL: 'redis://:secret@127.0.0.1:1',
    });
    expect(stderr).toMatch(
      /^baleen: (?:open|use) the job queue in Redis at redis:\/\/:\*\*\*@127\.0\.0\.1:1.*is it running/,
    );
    expect(code).toBe(3);
    await database.drop();
  });

  test('a source of another chain under a name, and one that is not there', async () => {
    const database = await createDatabase();
    const { code, stderr } = await baleen(['worker', '--source', 'columbus-5=/nowhere/at/all'], {
      DATABASE_URL: database.url,
    });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/\/nowhere\/at\/all/) });
    await database.drop();
  });
});
