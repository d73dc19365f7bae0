/** `baleen follow` as a user runs it: killed, started again, without its database for a while. */
import { once } from 'node:events';
import {
  checksums,
  createEmptyDatabase,
  fixture,
  indexChain,
  type ReplayNode,
  replayNode,
  spawnBaleen,
  sumDifferences,
  temporaryFolder,
  until,
  withClient,
} from '@baleen/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startEmbedded, stopEmbedded } from '../../packages/store/src/embedded/index.ts';

const FILES = [fixture('terra-columbus5-devnet', 'rpc.jsonl.gz')];
const LAST = 306;

let node: ReplayNode;
let growing: NodeJS.Timeout | undefined;

beforeEach(async () => {
  node = await replayNode(FILES, { head: 150 });
});

afterEach(async () => {
  clearInterval(growing);
  await node.close();
});

/** To the last recorded block, at most fifty a second. */
function grow(): void {
  growing = setInterval(() => {
    if (node.head < LAST) node.advance(node.head + 1);
  }, 20);
}

/** 0 while there is no database. */
async function countIn(url: string, from: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const { rows } = await client.query(`select count(*)::int as n from ${from}`);
    return rows[0].n;
  } catch {
    return 0;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function untilIn(url: string, heights: number): Promise<void> {
  await until(`${heights} blocks are there`, async () => (await countIn(url, 'baleen.blocks')) >= heights);
}

/** Until it has said that it is at work: all heights may have been there before it. */
async function untilAtWork(url: string, pid: number): Promise<void> {
  await until('it is at work', async () => (await countIn(url, `baleen.workers where pid = ${pid}`)) > 0);
}

/** Without what tells when something was wanted, and by whom it was written. */
async function differencesFromIndex(url: string): Promise<string[]> {
  const plain = await createEmptyDatabase();
  try {
    await indexChain(node.url, plain.url);
    const sums = await Promise.all(
      [url, plain.url].map((each) => withClient(each, (client) => checksums(client))),
    );
    for (const each of sums) for (const table of ['wanted_ranges', 'workers', 'sources']) each.delete(table);
    return sumDifferences(sums[0]!, sums[1]!);
  } finally {
    await plain.drop();
  }
}

describe('baleen follow', () => {
  test('killed again and again while it follows and fills in, ends with the tables of baleen index', async () => {
    const database = await createEmptyDatabase();
    try {
      const start = () => spawnBaleen(['follow', node.url, '--database', database.url, '--quiet']);
      grow();
      for (const heights of [1, 60, 140, 230]) {
        const { child } = start();
        await untilIn(database.url, heights);
        child.kill('SIGKILL');
        await once(child, 'close');
      }
      const { child, ended } = start();
      await untilAtWork(database.url, child.pid!);
      await untilIn(database.url, LAST);
      child.kill('SIGTERM');
      expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' });
      expect(await differencesFromIndex(database.url)).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  test('starts the embedded database again when it is killed, leaves it running, and ends with the tables of baleen index', async () => {
    const dataDir = temporaryFolder('follow');
    const { child, ended } = spawnBaleen(['follow', node.url, '--backfill', 'oldest-first'], {
      BALEEN_DATA_DIR: dataDir,
    });
    try {
      const server = await startEmbedded({ dataDir });
      await untilIn(server.url, 20);
      grow();
      const postmaster = await withClient(server.url, async (client) => {
        const { rows } = await client.query(`select pg_read_file('postmaster.pid') as text`);
        return Number.parseInt(rows[0].text, 10);
      });
      process.kill(postmaster, 'SIGKILL');
      await untilIn(server.url, LAST);
      await server.release();
      child.kill('SIGINT');
      const { code, stderr } = await ended;
      expect(code).toBe(130);
      expect(stderr).toMatch(/; waiting for it\n/);
      expect(stderr).toMatch(/ is there again\n/);
      expect(stderr).toMatch(/stopped at 306: \d+ blocks written; the same command goes on from here\n$/);
      expect(await differencesFromIndex(server.url)).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      await stopEmbedded(dataDir);
    }
  });
});
