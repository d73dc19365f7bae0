/** npm run crash -- [--rounds N] [--data PATH | --evmos] [--seed N]: kill -9, rerun, compare with an undisturbed run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '@baleen/testing';
import { ROOT } from '../fidelity/index-chain.ts';
import { extractTo } from '../fidelity/unpack.ts';
import type { Moment } from './proxy.ts';
import { type Counts, killedRound, type Plan, twoAtOnce, undisturbedRun, type Victim } from './rounds.ts';
import { ownPostgres } from './victims.ts';

const USAGE = 'npm run crash -- [--rounds N] [--data PATH | --evmos] [--seed N]';
const BUNDLED = join(ROOT, 'packages/testing/fixtures/terra-columbus4-devnet/data');
const EVMOS = join(ROOT, '../shared/realdata/leveldb-evmos-tm034');
/** A length for CI: every moment with both victims. */
const DEFAULT_ROUNDS = 8;

const MOMENTS: Readonly<Record<Moment, string>> = {
  before: 'before a first COPY byte or after the last COMMIT',
  copying: 'between first COPY byte and COMMIT',
  commit: 'COMMIT sent',
  committed: 'between COMMIT and its acknowledgement',
};

/** mulberry32: the same seed gives the same kills. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function planOf(round: number, counts: Counts, random: () => number): Plan {
  const moments = Object.keys(MOMENTS) as Moment[];
  const moment = moments[round % moments.length]!;
  const victim: Victim = Math.floor(round / moments.length) % 2 === 0 ? 'process' : 'postgres';
  return { moment, victim, nth: 1 + Math.floor(random() * counts[moment]) };
}

async function dataOf(values: { data?: string | undefined; evmos?: boolean | undefined }): Promise<string> {
  if (values.evmos !== true) return values.data ?? BUNDLED;
  const archives = ['blockstore.tar.gz', 'state.tar.gz'].map((name) => join(EVMOS, name));
  if (!archives.every((file) => existsSync(file))) throw new TypeError(`--evmos: ${EVMOS} is not there`);
  return extractTo(temporaryFolder('evmos'), ...archives);
}

type Tally = Record<string, { kills: number; different: number }>;

function printTally(tally: Tally): void {
  const width = Math.max(...Object.keys(tally).map((name) => name.length));
  console.log(`${'killed'.padEnd(width)}  kills  different`);
  for (const [name, { kills, different }] of Object.entries(tally))
    console.log(`${name.padEnd(width)}  ${String(kills).padStart(5)}  ${String(different).padStart(9)}`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string' },
      data: { type: 'string' },
      evmos: { type: 'boolean' },
      seed: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds ?? DEFAULT_ROUNDS);
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError('--rounds: expected a number from 1');
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const path = await dataOf(values);
  const postgres = await ownPostgres();
  try {
    return await crash(path, postgres, rounds, seed);
  } finally {
    await postgres.remove();
  }
}

async function crash(
  path: string,
  postgres: Awaited<ReturnType<typeof ownPostgres>>,
  rounds: number,
  seed: number,
): Promise<number> {
  const random = randomOf(seed);
  const { sums, counts } = await undisturbedRun(path, postgres);
  console.log(`${path}, seed ${seed}, ${sums.size} tables, ${counts.commit} batches`);
  const tally: Tally = {};
  let different = 0;
  let missed = 0;
  const count = (name: string, differences: readonly string[]): void => {
    const entry = (tally[name] ??= { kills: 0, different: 0 });
    entry.kills += 1;
    if (differences.length === 0) return;
    entry.different += 1;
    different += 1;
    console.log(`${name}:\n  ${differences.join('\n  ')}`);
  };
  for (let round = 0; round < rounds; round++) {
    const plan = planOf(round, counts, random);
    const { killed, differences } = await killedRound(path, postgres, plan, sums);
    if (killed) count(`${plan.victim}, ${MOMENTS[plan.moment]}`, differences);
    else missed += 1;
  }
  const both = await twoAtOnce(path, postgres, sums);
  count(both.killed ? 'none: two at once, both copying' : 'none: two at once, one waited', both.differences);
  printTally(tally);
  if (missed > 0) console.log(`${missed} rounds ended before their moment came`);
  console.log(different === 0 ? 'all equal to the undisturbed run' : `${different} differ`);
  return different === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof TypeError ? `${error.message}\nusage: ${USAGE}` : error);
  return error instanceof TypeError ? 2 : 3;
});
