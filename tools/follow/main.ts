/** npm run follow-latency -- [--minutes 1] [--over rpc|leveldb] [--rpc URL] [--node terra-columbus4] [--rate 4]
 *
 * Follows a node with `baleen follow` and prints how long after the node had a block its rows were visible in Postgres, as a
 * client that listens sees it; how many heights, gaps and heights written twice; and whether the tables equal those of plain
 * `baleen index`. The node: a real one that is started (--node, needs Go), one that runs (--rpc), or a bundled chain that is
 * played at --rate blocks per second. Exit code 1: a gap, or a difference. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  BALEEN,
  checksums,
  indexChain,
  openServer,
  sumDifferences,
  temporaryFolder,
  withClient,
  withDatabase,
} from '@baleen/testing';
import { startDevnet } from '../devnet/start-devnet.ts';
import { watchAvailability } from './availability.ts';
import { watchVisibility } from './visibility.ts';

/** The replayed chain begins here: the backfill has something to do, and what is left lasts a minute at 4 blocks/s. */
const REPLAY_FROM = 60;
const REPLAYED = 'terra-columbus5-devnet';
/** Longest wait for the last block to be written, in milliseconds. */
const SETTLE_MS = 3_000;
/** Longest wait until the follower is at the head, in milliseconds. */
const START_MS = 60_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    over: { type: 'string', default: 'rpc' },
    rpc: { type: 'string' },
    node: { type: 'string' },
    rate: { type: 'string', default: '4' },
    'block-time': { type: 'string', default: '200' },
  },
});

interface Target {
  /** Asked for heights. */
  readonly rpc: string;
  /** Arguments of `baleen follow`. */
  readonly source: string;
  stop(): Promise<void>;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const server = await openServer(undefined);
  const target = await openTarget();
  try {
    return await withDatabase(server.url, (url) => measure(target, url, server.url));
  } finally {
    await target.stop();
    await server.stop();
  }
}

async function openTarget(): Promise<Target> {
  const pick = (rpc: string, home: string | undefined): string => {
    if (values.over === 'rpc') return rpc;
    if (home === undefined) throw new TypeError('--over leveldb needs --node');
    return home;
  };
  if (values.rpc !== undefined)
    return { rpc: values.rpc, source: pick(values.rpc, undefined), stop: async () => undefined };
  if (values.node === undefined) return replay(pick);
  const dir = join(temporaryFolder('devnet'), 'node');
  const devnet = await startDevnet({
    ...{ dir, node: values.node, blockTimeMs: Number(values['block-time']) },
    log: (line) => console.error(line),
  });
  devnet.ended.catch((error: unknown) => console.error(error));
  const stop = async (): Promise<void> => {
    await devnet.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { rpc: devnet.rpc, source: pick(devnet.rpc, devnet.home), stop };
}

async function replay(pick: (rpc: string, home: undefined) => string): Promise<Target> {
  const script = fileURLToPath(new URL('replaying-node.ts', import.meta.url));
  const words = [script, REPLAYED, String(REPLAY_FROM), values.rate];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const rpc = line.toString().trim();
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { rpc, source: pick(rpc, undefined), stop };
}

async function measure(target: Target, url: string, serverUrl: string): Promise<number> {
  const available = watchAvailability(target.rpc);
  const follower = spawn(process.execPath, [BALEEN, 'follow', target.source, '--database', url], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(follower, 'exit') as Promise<[number | null]>;
  const visible = await watchVisibility(url);
  const first = await atHead(available, visible);
  await Promise.race([sleep(Number(values.minutes) * 60_000), exited]);
  const last = available.head;
  await sleep(SETTLE_MS);
  await available.stop();
  follower.kill('SIGINT');
  const [code] = await exited;
  await visible.stop();
  console.log(`baleen follow ${target.source}: ended with exit code ${code}`);
  const delays = report(first, last, available.at, visible.at);
  const missing = await missingHeights(url, last);
  const differences = await differencesFromIndex(target.source, url, serverUrl, last);
  console.log(
    `${missing} heights of ${first}..${last} missing, ${visible.doubled.length} told twice, ${differences.length} tables differ from baleen index`,
  );
  for (const difference of differences) console.log(difference);
  return missing > 0 || differences.length > 0 || delays === 0 || code !== 130 ? 1 : 0;
}

/** The first height after the follower has come to the head. */
async function atHead(
  available: { readonly head: number },
  visible: { readonly at: ReadonlyMap<number, number> },
): Promise<number> {
  const deadline = Date.now() + START_MS;
  while (available.head === 0 || !visible.at.has(available.head)) {
    if (Date.now() > deadline) throw new Error('baleen follow did not come to the head');
    await sleep(5);
  }
  return available.head + 1;
}

function report(
  first: number,
  last: number,
  available: ReadonlyMap<number, number>,
  visible: ReadonlyMap<number, number>,
): number {
  const delays: number[] = [];
  for (let height = first; height <= last; height++) {
    const [had, seen] = [available.get(height), visible.get(height)];
    if (had !== undefined && seen !== undefined) delays.push(seen - had);
  }
  delays.sort((left, right) => left - right);
  const quantile = (share: number): string =>
    (delays[Math.floor((delays.length - 1) * share)] ?? Number.NaN).toFixed(0);
  console.log(
    `${delays.length} blocks ${first}..${last}, from the node's having a block to its rows: ` +
      `median ${quantile(0.5)} ms, p90 ${quantile(0.9)} ms, p99 ${quantile(0.99)} ms, most ${quantile(1)} ms`,
  );
  return delays.length;
}

function missingHeights(url: string, last: number): Promise<number> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ missing: string }>(
      'select ($1 - min(height) + 1 - count(*) filter (where height <= $1)) as missing from baleen.blocks',
      [last],
    );
    return Number(rows[0]!.missing);
  });
}

/** Indexes the same heights with `baleen index` afterwards and returns the tables that differ. */
function differencesFromIndex(
  source: string,
  url: string,
  serverUrl: string,
  last: number,
): Promise<string[]> {
  return withDatabase(serverUrl, async (plain) => {
    const { rows } = await withClient(url, (client) =>
      client.query<{ low: string; high: string }>(
        'select min(height) as low, max(height) as high from baleen.blocks',
      ),
    );
    const { low, high } = rows[0]!;
    await indexChain(source, plain, ['--no-state', '--heights', `${low}..${Math.max(Number(high), last)}`]);
    const sums = await Promise.all(
      [url, plain].map((each) => withClient(each, (client) => checksums(client))),
    );
    // Tables about requested ranges and workers are left out: they hold no facts of the chain.
    for (const each of sums) for (const table of ['wanted_ranges', 'workers', 'sources']) each.delete(table);
    return sumDifferences(sums[0]!, sums[1]!);
  });
}
