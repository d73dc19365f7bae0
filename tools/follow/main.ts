/** npm run follow-latency -- [--minutes 1] [--over rpc|files] [--rpc URL] [--node NAME] [--database goleveldb|pebbledb]
 *   [--block-time 200] [--txs-per-second 4] [--rate 4]
 *
 * Follows a node with `baleen follow` and prints how long after the node had a block its rows were visible in Postgres, as a
 * client that listens sees it; how many heights, gaps and heights written twice; and whether the tables equal those of plain
 * `baleen index`. The node: a real one that is started (--node, needs Go), one that runs (--rpc), or a bundled chain that is
 * played at --rate blocks per second. Over files the follower sees the node's directory on a read-only mount, where that can be
 * mounted. A real node is stopped before its files are indexed, and they must be the same afterwards. Exit code 1: a gap, or a
 * difference. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  BALEEN,
  checksums,
  indexChain,
  mayMount,
  onReadOnlyMount,
  openServer,
  snapshotOf,
  sumDifferences,
  withClient,
  withDatabase,
} from '@baleen/testing';
import { databaseOf } from '../devnet/chain-kind.ts';
import { ONLY_IN_DIRECTORY } from '../fidelity/rpc.ts';
import { watchAvailability } from './availability.ts';
import { openTarget, overOf, type Target } from './target.ts';
import { watchVisibility } from './visibility.ts';

/** Longest wait for the last block to be written, in milliseconds. */
const SETTLE_MS = 3_000;
/** Longest wait until the follower is at the head, in milliseconds. */
const START_MS = 60_000;

const NOTHING: ReadonlySet<string> = new Set();

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    over: { type: 'string', default: 'rpc' },
    rpc: { type: 'string' },
    node: { type: 'string' },
    database: { type: 'string', default: 'goleveldb' },
    'block-time': { type: 'string', default: '200' },
    'txs-per-second': { type: 'string', default: '4' },
    rate: { type: 'string', default: '4' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const server = await openServer(undefined);
  const target = await openTarget({
    over: overOf(values.over),
    ...{ rpc: values.rpc, node: values.node, database: databaseOf(values.database) },
    blockTimeMs: Number(values['block-time']),
    txsPerSecond: Number(values['txs-per-second']),
    rate: Number(values.rate),
  });
  try {
    return await withDatabase(server.url, (url) => measure(target, url, server.url));
  } finally {
    await target.stop();
    await server.stop();
  }
}

async function measure(target: Target, url: string, serverUrl: string): Promise<number> {
  const available = watchAvailability(target.rpc);
  const follower = startFollower(target, url);
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
  const { differences, touched } = await compareWithIndex(target, url, serverUrl, last);
  console.log(
    `${missing} heights of ${first}..${last} missing, ${visible.doubled.length} told twice, ${differences.length} tables differ from baleen index`,
  );
  for (const difference of [...differences, ...touched]) console.log(difference);
  return missing > 0 || differences.length > 0 || touched.length > 0 || delays === 0 || code !== 130 ? 1 : 0;
}

/** Where it can be, the kernel refuses it every write to the node's directory. */
function startFollower({ source, files }: Target, url: string): ChildProcess {
  const command = [process.execPath, BALEEN, 'follow', source, '--database', url];
  const isMounted = source === files && mayMount();
  if (source === files) console.log(`${source}: ${isMounted ? '' : 'not '}on a read-only mount`);
  const [file, ...args] = isMounted ? ['unshare', ...onReadOnlyMount(source, ...command)] : command;
  return spawn(file!, args, { stdio: ['ignore', 'ignore', 'inherit'] });
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

interface Comparison {
  /** Tables that differ from those of plain `baleen index`. */
  readonly differences: readonly string[];
  /** The node's directory, when it is no longer as the node left it. */
  readonly touched: readonly string[];
}

async function compareWithIndex(
  { source, files, stop }: Target,
  url: string,
  serverUrl: string,
  last: number,
): Promise<Comparison> {
  if (files === undefined)
    return { differences: await differencesFromIndex(source, NOTHING, url, serverUrl, last), touched: [] };
  await stop();
  const before = snapshotText(files);
  const without = source === files ? NOTHING : ONLY_IN_DIRECTORY;
  const differences = await differencesFromIndex(files, without, url, serverUrl, last);
  const isSame = snapshotText(files) === before;
  return { differences, touched: isSame ? [] : [`${files}: changed while it was indexed`] };
}

function snapshotText(folder: string): string {
  const printable = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : value;
  return JSON.stringify(snapshotOf(folder), printable);
}

/** Indexes the same heights with `baleen index` afterwards and returns the tables that differ.
 *
 * @param without  columns that are not compared */
function differencesFromIndex(
  source: string,
  without: ReadonlySet<string>,
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
      [url, plain].map((each) => withClient(each, (client) => checksums(client, without))),
    );
    // Tables about requested ranges and workers are left out: they hold no facts of the chain.
    for (const each of sums) for (const table of ['wanted_ranges', 'workers', 'sources']) each.delete(table);
    return sumDifferences(sums[0]!, sums[1]!);
  });
}
