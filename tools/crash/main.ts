/** npm run crash -- [--rounds N] [--queue redis|postgres | --state] [--data PATH | --evmos] [--seed N]: kill -9, rerun, compare with an
 * undisturbed run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { extractTo, hasRedis, ROOT, temporaryFolder } from '@baleen/testing';
import { crashIndex } from './crash-index.ts';
import { crashQueue } from './crash-queue.ts';
import { crashState } from './crash-state.ts';
import { randomOf } from './random.ts';
import { createTally } from './tally.ts';
import { ownPostgres } from './victims.ts';

const USAGE =
  'npm run crash -- [--rounds N] [--queue redis|postgres | --state] [--data PATH | --evmos] [--seed N]';
const BUNDLED = join(ROOT, 'packages/testing/fixtures/terra-columbus4-devnet/data');
const EVMOS = join(ROOT, '../shared/realdata/leveldb-evmos-tm034');
/** A length for CI: every moment with both victims. */
const DEFAULT_ROUNDS = 8;

async function dataOf(values: { data?: string | undefined; evmos?: boolean | undefined }): Promise<string> {
  if (values.evmos !== true) return values.data ?? BUNDLED;
  const archives = ['blockstore.tar.gz', 'state.tar.gz'].map((name) => join(EVMOS, name));
  if (!archives.every((file) => existsSync(file))) throw new TypeError(`--evmos: ${EVMOS} is not there`);
  return extractTo(temporaryFolder('evmos'), ...archives);
}

function queueOf(text: string | undefined): 'redis' | 'postgres' | undefined {
  if (text === undefined || text === 'postgres') return text;
  if (text !== 'redis') throw new TypeError(`--queue: expected redis or postgres, got ${text}`);
  if (!hasRedis()) throw new TypeError('--queue redis: needs redis-server');
  return text;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string' },
      queue: { type: 'string' },
      state: { type: 'boolean', default: false },
      data: { type: 'string' },
      evmos: { type: 'boolean' },
      seed: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds ?? DEFAULT_ROUNDS);
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError('--rounds: expected a number from 1');
  const queue = queueOf(values.queue);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const path = await dataOf(values);
  const postgres = await ownPostgres();
  const tally = createTally();
  console.log(
    `${path}, seed ${seed}${values.state ? ', states' : queue === undefined ? '' : `, workers with a queue in ${queue}`}`,
  );
  try {
    const run = { path, postgres, rounds, random: randomOf(seed), tally };
    if (values.state) await crashState(run);
    else await (queue === undefined ? crashIndex(run) : crashQueue(run, queue));
  } finally {
    await postgres.remove();
  }
  return tally.print();
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof TypeError ? `${error.message}\nusage: ${USAGE}` : error);
  return error instanceof TypeError ? 2 : 3;
});
