/** npm run bench:rpc [-- --blocks N] [--distant-blocks N]: `baleen index` over RPC against the least that has to be done: fetching the
 * answers, and COPY of the rows. Prints, and writes its section of docs/performance.md (not with other numbers of blocks). */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fixture, indexChain, openServer, temporaryFolder, withClient, withDatabase } from '@baleen/testing';
import { copyBaseline, storedTables } from '../copy-baseline.ts';
import { loadText, writeSection } from '../sections.ts';
import type { FetchLoopReport } from './fetch-loop.ts';
import type { ServerReady } from './server.ts';

const FIXTURE = 'terra-columbus5-devnet';
/** Requests in flight to one endpoint at most, and what loops that care less about their node use. */
const BALEENS_IN_FLIGHT = 4;
const MANY_IN_FLIGHT = 16;
const DISTANCE_MS = 50;
const BLOCKS = 6_000;
const DISTANT_BLOCKS = 4_000;

const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: String(BLOCKS) },
    'distant-blocks': { type: 'string', default: String(DISTANT_BLOCKS) },
    database: { type: 'string' },
  },
});

interface Measured {
  readonly blocks: number;
  readonly rows: number;
  readonly answerBytes: number;
  /** Fetching and parsing alone, by requests in flight. */
  readonly loopSeconds: ReadonlyMap<number, number>;
  readonly copySeconds: number;
  readonly baleenSeconds: number;
}

async function measure(blocks: number, delayMs: number, serverUrl: string): Promise<Measured> {
  const node = forkBeside('server.ts', fixture(FIXTURE, 'rpc.jsonl.gz'), blocks, delayMs);
  try {
    const { url } = await messageOf<ServerReady>(node);
    const loopSeconds = new Map<number, number>();
    let answerBytes = 0;
    for (const inFlight of [BALEENS_IN_FLIGHT, MANY_IN_FLIGHT]) {
      const report = await messageOf<FetchLoopReport>(forkBeside('fetch-loop.ts', url, blocks, inFlight));
      loopSeconds.set(inFlight, report.seconds);
      answerBytes = report.bytes;
    }
    return { blocks, answerBytes, loopSeconds, ...(await indexAndCopy(url, serverUrl)) };
  } finally {
    node.kill();
  }
}

const indexAndCopy = (
  nodeUrl: string,
  serverUrl: string,
): Promise<Pick<Measured, 'rows' | 'copySeconds' | 'baleenSeconds'>> =>
  withDatabase(serverUrl, async (url) => {
    const startedAt = performance.now();
    await indexChain(nodeUrl, url);
    const baleenSeconds = (performance.now() - startedAt) / 1000;
    return withClient(url, async (client) => {
      const tables = await storedTables(client);
      const folder = temporaryFolder('copy');
      chmodSync(folder, 0o777);
      const { copySeconds, indexSeconds } = await copyBaseline(client, tables, folder);
      rmSync(folder, { recursive: true, force: true });
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      return { rows, baleenSeconds, copySeconds: copySeconds + indexSeconds };
    });
  });

const forkBeside = (file: string, ...args: readonly (string | number)[]): ChildProcess =>
  fork(join(import.meta.dirname, file), args.map(String));

async function messageOf<Message>(child: ChildProcess): Promise<Message> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs[1]} ended with exit code ${code} before its message`);
  });
  const [message] = (await Promise.race([once(child, 'message'), exited])) as [Message];
  exited.catch(() => undefined);
  return message;
}

const COLUMNS: readonly (readonly [title: string, of: (run: Measured) => string])[] = [
  ['blocks', ({ blocks }) => blocks.toLocaleString('en-US')],
  ['rows', ({ rows }) => rows.toLocaleString('en-US')],
  ['MB of answers', ({ answerBytes }) => (answerBytes / 1e6).toFixed(0)],
  ['fetch loop, 4 in flight, s', ({ loopSeconds }) => loopSeconds.get(BALEENS_IN_FLIGHT)!.toFixed(1)],
  ['fetch loop, 16 in flight, s', ({ loopSeconds }) => loopSeconds.get(MANY_IN_FLIGHT)!.toFixed(1)],
  ['COPY + indexes, s', ({ copySeconds }) => copySeconds.toFixed(1)],
  ['Baleen, RPC to queryable, s', ({ baleenSeconds }) => baleenSeconds.toFixed(1)],
  ['blocks/s', ({ blocks, baleenSeconds }) => (blocks / baleenSeconds).toFixed(0)],
  ['of the fetch loop with 4 in flight', (run) => percentOf(run, BALEENS_IN_FLIGHT)],
  ['of the fetch loop with 16 in flight', (run) => percentOf(run, MANY_IN_FLIGHT)],
  ['of the slower of fetch loop (4) and COPY', limitOf],
];

const percent = (ratio: number): string => `${(ratio * 100).toFixed(0)} %`;
const percentOf = ({ loopSeconds, baleenSeconds }: Measured, inFlight: number): string =>
  percent(loopSeconds.get(inFlight)! / baleenSeconds);

function limitOf({ loopSeconds, copySeconds, baleenSeconds }: Measured): string {
  return percent(Math.max(loopSeconds.get(BALEENS_IN_FLIGHT)!, copySeconds) / baleenSeconds);
}

/** @param load  of the machine before the first run */
function sectionOf(near: Measured, distant: Measured, load: number): string {
  const rows = COLUMNS.map(([title, of]) => `| ${title} | ${of(near)} | ${of(distant)} |`).join('\n');
  return `Written by \`npm run bench:rpc\` ${loadText(load)}.
The blocks of the columbus-5 devnet over and over, linked anew so that every hash is right, served by a process that writes answers made beforehand.

|  | node beside it | node ${DISTANCE_MS} ms away |
|---|--:|--:|
${rows}

- **fetch loop**: \`/block\` and \`/block_results\` of every height, parsed and thrown away, in a process of its own without its start.
- **Baleen**: wall time of \`baleen index\` from the start of the process to its end: every hash proved, every row committed, every index built.
- Goals: 60 % of the slower of fetch loop and COPY beside the node; 90 % of the fetch loop ${DISTANCE_MS} ms away. Baleen has at most ${BALEENS_IN_FLIGHT} requests in
  flight to one endpoint, so the loop that it is held against has as many. One with ${MANY_IN_FLIGHT} is faster far away, at the node's cost.
- Beside the node two cores do not reach the goal: for 6,000 blocks Baleen took 24 s of processor, Postgres 9 and the server 2 (2026-11-29), 17 s on both cores together,
  where the loop has them for itself. It reads with a thread per core, up to four.`;
}

const load = loadavg()[0] ?? 0;
const server = await openServer(values.database);
try {
  const near = await measure(Number(values.blocks), 0, server.url);
  const distant = await measure(Number(values['distant-blocks']), DISTANCE_MS, server.url);
  const section = sectionOf(near, distant, load);
  console.log(section);
  if (near.blocks === BLOCKS && distant.blocks === DISTANT_BLOCKS) writeSection('Over RPC', section);
} finally {
  await server.stop();
}
