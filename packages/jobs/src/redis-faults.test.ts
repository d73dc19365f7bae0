/** Redis's own errors, asked of a real Redis, and what they become for whoever runs Baleen. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { BaleenError } from '@baleen/chain';
import { hasRedis, startRedis, type TestRedis, temporaryFolder, until } from '@baleen/testing';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueues, type Queues } from './queues.ts';
import { explainedRedis } from './redis-faults.ts';
import { timingOf } from './timing.ts';

const open = (redisUrl: string): Promise<Queues> =>
  openQueues({
    redisUrl,
    databaseUrl: '',
    databaseId: 'test',
    timing: timingOf(2),
    onTrouble: () => undefined,
  });

const JOB = { payload: { chainId: 'test-1', source: 'test-1', from: 1, to: 10 }, priority: 1 };

describe('an answer of Redis', () => {
  it.each([
    ['NOAUTH Authentication required.', 'operator', 'JOBS_LOGIN'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'operator', 'JOBS_LOGIN'],
    ["NOPERM this user has no permissions to run the 'evalsha' command", 'operator', 'JOBS_LOGIN'],
    [
      'ERR AUTH <password> called without any password configured for the default user.',
      'operator',
      'JOBS_LOGIN',
    ],
    ["READONLY You can't write against a read only replica.", 'source', 'JOBS_UNREACHABLE'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'source', 'JOBS_UNREACHABLE'],
    ['MISCONF Redis is configured to save RDB snapshots', 'source', 'JOBS_UNREACHABLE'],
    ['LOADING Redis is loading the dataset in memory', 'source', 'JOBS_UNREACHABLE'],
    ['MASTERDOWN Link with MASTER is down', 'source', 'JOBS_UNREACHABLE'],
    ['CLUSTERDOWN The cluster is down', 'source', 'JOBS_UNREACHABLE'],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'source', 'JOBS_UNREACHABLE'],
    ['MOVED 3999 127.0.0.1:6381', 'source', 'JOBS_UNREACHABLE'],
    ['ERR max number of clients reached', 'source', 'JOBS_UNREACHABLE'],
    ["ERR unknown command 'EVALSHA'", 'operator', 'JOBS_REFUSED'],
  ])('%s: kind %s, code %s', (message, kind, code) =>
    expect(
      explainedRedis('Redis at r', Object.assign(new Error(message), { name: 'ReplyError' })),
    ).toMatchObject({
      kind,
      code,
      message: expect.stringMatching(/^use the job queue in Redis at r: .+; .{20}/),
    }),
  );

  it('that says a fault of ours stays as it is', () => {
    const error = new Error('WRONGTYPE Operation against a key holding the wrong kind of value');
    expect(explainedRedis('Redis', error)).toBe(error);
  });
});

describe('a queue in a Redis', () => {
  let redis: TestRedis;
  let admin: Redis;
  beforeEach(async (context) => {
    if (!hasRedis()) return context.skip('needs redis-server');
    redis = await startRedis();
    admin = new Redis(redis.url);
  });
  afterEach(async () => {
    admin?.disconnect();
    await redis?.stop();
  });

  it('that wants a password says which setting has it', async () => {
    await admin.config('SET', 'requirepass', 'secret');
    await expect(open(redis.url)).rejects.toMatchObject({
      code: 'JOBS_LOGIN',
      kind: 'operator',
      message: expect.stringMatching(/NOAUTH.*REDIS_URL/),
    });
    await expect(open(redis.url.replace('//', '//:wrong@'))).rejects.toMatchObject({ code: 'JOBS_LOGIN' });
    const queues = await open(redis.url.replace('//', '//:secret@'));
    await queues.open('q').add([JOB]);
    await queues.close();
  });

  it('whose user may not do what the queue needs says so', async () => {
    await admin.call('ACL', 'SETUSER', 'weak', 'on', '>p', '~*', '+ping', '+info', '+client', '+hello');
    const failure = await open(redis.url.replace('//', '//weak:p@')).then(
      (queues) =>
        queues
          .open('q')
          .add([JOB])
          .then(
            () => undefined,
            (error: unknown) => error,
          )
          .finally(() => queues.close()),
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'JOBS_LOGIN', kind: 'operator' });
  });

  it.each([
    ['a replica', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE'], /READONLY.*primary/],
    ['full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], /OOM.*memory/],
  ])('that is %s passes, at each place, and goes on afterwards', async (_, break_, mend, says) => {
    const queues = await open(redis.url);
    const queue = queues.open('q');
    await queue.add([JOB]);
    await admin.call(...(break_ as [string, ...string[]]));
    const later = { ...JOB, payload: { ...JOB.payload, from: 11, to: 20 } };
    for (const ask of [() => queue.add([later]), () => queue.next()]) {
      const failure = await ask().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(BaleenError);
      expect(failure).toMatchObject({
        kind: 'source',
        code: 'JOBS_UNREACHABLE',
        message: expect.stringMatching(says),
      });
    }
    await admin.call(...(mend as [string, ...string[]]));
    await queue.add([later]);
    expect(await queue.next()).toBeDefined();
    await queues.close();
  });
});

/** The words with which Redis begins an error (redis/src/server.c, createSharedObjects, and its commands), and what each means. */
const ANSWERS: Readonly<Record<'source' | 'operator' | 'ours', readonly string[]>> = {
  source: [
    ...[
      'READONLY',
      'OOM',
      'MISCONF',
      'NOREPLICAS',
      'LOADING',
      'MASTERDOWN',
      'BUSY',
      'UNBLOCKED',
      'EXECABORT',
    ],
    ...[
      'MOVED 1 h:1',
      'ASK 1 h:1',
      'CROSSSLOT',
      'CLUSTERDOWN',
      'TRYAGAIN',
      'ERR max number of clients reached',
    ],
  ],
  operator: [
    ...[
      'NOAUTH',
      'WRONGPASS',
      'NOPERM',
      'DENIED',
      'NOPROTO',
      'ERR invalid password',
      "ERR unknown command 'x'",
    ],
    ...["ERR wrong number of arguments for 'x' command", 'ERR operation not permitted'],
  ],
  ours: [
    'WRONGTYPE',
    'BUSYGROUP',
    'BUSYKEY',
    'NOGROUP',
    'NOTBUSY',
    'INPROG',
    'ERR syntax error',
    'ERR user_script:1',
  ],
};

describe('each command that a queue sends to Redis', () => {
  let redis: TestRedis;
  const { sendCommand } = Redis.prototype;
  beforeEach(async (context) => {
    if (!hasRedis()) return context.skip('needs redis-server');
    redis = await startRedis();
  });
  afterEach(async () => {
    Redis.prototype.sendCommand = sendCommand;
    await redis?.stop();
  });

  /** Counts the commands; the one with the number `fails` is refused. */
  function refuse(fails: number, message: string): () => number {
    let sent = 0;
    Redis.prototype.sendCommand = function (command, stream) {
      // A pipeline is no command: those in it are refused one by one.
      if (typeof command.reject !== 'function' || sent++ !== fails)
        return sendCommand.call(this, command, stream);
      command.reject(Object.assign(new Error(message), { name: 'ReplyError' }));
      return command.promise;
    };
    return () => sent;
  }

  const PLACES: readonly (readonly [string, (queues: Queues) => Promise<unknown>])[] = [
    ['add', (queues) => queues.open('q').add([JOB])],
    ['depth', (queues) => queues.open('q').depth()],
    ['next', (queues) => queues.open('q').next()],
    ['depth of all', (queues) => queues.depth()],
  ];

  it.each(PLACES)('%s: a refusal is taken for what it is', async (_, ask) => {
    const queues = await open(redis.url);
    await queues.open('q').depth();
    await queues.open('q').next();
    const sent = refuse(-1, '');
    await ask(queues);
    const commands = sent();
    expect(commands).toBeGreaterThan(0);
    const wrong: unknown[] = [];
    for (const [verdict, messages] of Object.entries(ANSWERS))
      for (const message of messages)
        for (let command = 0; command < commands; command++) {
          refuse(command, message);
          const failure = await ask(queues).then(
            () => undefined,
            (error: unknown) => error,
          );
          const found = failure instanceof BaleenError ? failure.kind : 'ours';
          if (failure === undefined || found !== verdict) wrong.push({ message, command, failure });
        }
    expect(wrong).toEqual([]);
    Redis.prototype.sendCommand = sendCommand;
    await ask(queues);
    await queues.close();
  });
});

describe('a queue in a Redis Cluster', () => {
  const servers: ChildProcess[] = [];
  afterEach(() => {
    for (const server of servers) server.kill('SIGKILL');
  });

  /** Two nodes with half of the slots each. */
  async function startCluster(): Promise<string> {
    const ports = [await freePort(), await freePort()];
    const busPorts = [await freePort(), await freePort()];
    for (const [index, port] of ports.entries()) {
      const settings = [
        '--port',
        `${port}`,
        '--bind',
        '127.0.0.1',
        '--dir',
        temporaryFolder('redis'),
        '--save',
        '',
      ];
      const cluster = ['--cluster-enabled', 'yes', '--cluster-port', `${busPorts[index]}`];
      servers.push(spawn('redis-server', [...settings, ...cluster], { stdio: 'ignore' }));
    }
    const nodes = ports.map((port) => new Redis(`redis://127.0.0.1:${port}`, { retryStrategy: () => 50 }));
    for (const node of nodes) node.on('error', () => undefined);
    await nodes[0]!.call('CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
    await nodes[1]!.call('CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
    await nodes[0]!.call('CLUSTER', 'MEET', '127.0.0.1', `${ports[1]}`, `${busPorts[1]}`);
    for (const node of nodes)
      await until('the nodes have met', async () =>
        /cluster_state:ok/.test((await node.call('CLUSTER', 'INFO')) as string),
      );
    for (const node of nodes) node.disconnect();
    return `redis://127.0.0.1:${ports[0]}`;
  }

  it('has all keys of a database on one node, whichever node was named', async (context) => {
    if (!hasRedis()) return context.skip('needs redis-server');
    const queues = await open(await startCluster());
    for (const name of ['a', 'b', 'c']) {
      const queue = queues.open(name);
      await queue.add([JOB]);
      expect((await queue.next())!.payload()).toMatchObject({ from: 1, to: 10 });
    }
    await queues.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
