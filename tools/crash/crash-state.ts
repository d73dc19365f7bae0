/** `npm run crash -- --state`: rounds of `baleen state` that are killed while one state replaces another. Afterwards the database holds
 * one of the two to the last row, and another run brings the new one. */
import { openState } from '@baleen/source';
import { checksums, sumDifferences, withClient } from '@baleen/testing';
import type { CrashRun } from './crash-index.ts';
import { type Moment, startProxy } from './proxy.ts';
import {
  type Counts,
  noCounts,
  type Plan,
  portOf,
  runAndKill,
  through,
  type Victim,
  withRestartableDatabase,
} from './rounds.ts';
import { MOMENTS } from './tally.ts';
import { type Run, startState } from './victims.ts';

/** A height of the source and the tables after it. */
interface Known {
  readonly height: number;
  readonly sums: Map<string, string>;
}

export async function crashState({ path, postgres, rounds, random, tally }: CrashRun): Promise<void> {
  const [low, high] = farApart(path);
  await withRestartableDatabase(postgres, async (url) => {
    const counts = await countMoments(path, url(), low);
    const states = [await stateOf(path, url(), high), await stateOf(path, url(), low)] as const;
    console.log(`states at ${low} and ${high}, ${states[0].sums.size} tables`);
    for (let round = 0; round < rounds; round++) {
      // The old one of a round is the new one of the round before.
      const [wanted, old] = round % 2 === 0 ? states : [states[1], states[0]];
      const plan = planOf(round, counts, random);
      const startRun = (proxied: string): Run => startState(path, proxied, wanted.height);
      const killed = await runAndKill(startRun, url(), postgres, plan);
      if (plan.victim === 'postgres' && killed) await postgres.start();
      const { found, faults } = judge(await sumsOf(url()), wanted, old);
      faults.push(...sumDifferences((await stateOf(path, url(), wanted.height)).sums, wanted.sums));
      if (killed) tally.count(`${plan.victim}, ${MOMENTS[plan.moment]}: ${found}`, faults);
      else tally.miss();
    }
  });
}

function judge(
  sums: Map<string, string>,
  wanted: Known,
  old: Known,
): { found: 'the new state' | 'the old state' | 'a mixture'; faults: string[] } {
  const toNew = sumDifferences(sums, wanted.sums);
  const toOld = sumDifferences(sums, old.sums);
  if (toNew.length === 0) return { found: 'the new state', faults: [] };
  if (toOld.length === 0) return { found: 'the old state', faults: [] };
  return { found: 'a mixture', faults: [...toNew, ...toOld] };
}

/** Two kept heights with much between them. */
function farApart(path: string): [number, number] {
  using state = openState(path);
  const heights = state.keptHeights().flatMap(({ from, to }) => [from, to]);
  const high = state.info.height;
  const low = heights.filter((height) => height < high).at(Math.floor(heights.length / 2));
  if (low === undefined)
    throw new TypeError(`${path}: expected two kept heights, found ${heights.join(', ')}`);
  return [low, high];
}

async function stateOf(path: string, url: string, height: number): Promise<Known> {
  await ended(startState(path, url, height));
  return { height, sums: await sumsOf(url) };
}

const sumsOf = (url: string): Promise<Map<string, string>> => withClient(url, (client) => checksums(client));

async function ended(run: Run): Promise<void> {
  const { code, stderr } = await run.ended;
  if (code !== 0) throw new Error(`baleen state: exit code ${code}\n${stderr}`);
}

/** Messages of each moment in a whole run that replaces nothing. */
async function countMoments(path: string, url: string, height: number): Promise<Counts> {
  const counts = noCounts();
  await ended(startState(path, url, height));
  const proxy = await startProxy(
    () => portOf(url),
    (moment) => {
      counts[moment] += 1;
      return undefined;
    },
  );
  try {
    await ended(startState(path, through(url, proxy.port), undefined));
  } finally {
    await proxy.close();
  }
  return counts;
}

function planOf(round: number, counts: Counts, random: () => number): Plan {
  const moments = Object.keys(MOMENTS) as Moment[];
  const moment = moments[round % moments.length]!;
  const victim: Victim = Math.floor(round / moments.length) % 2 === 0 ? 'process' : 'postgres';
  return { moment, victim, nth: 1 + Math.floor(random() * counts[moment]) };
}
