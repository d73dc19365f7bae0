/** `npm run bench:weak-node`: measures what a plain fetch loop and Baleen do to a weak node. Prints, and writes
 * its section of docs/performance.md. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSource } from '@baleen/source';
import { fixture } from '@baleen/testing';
import { writeSection } from './sections.ts';
import { WEAK_NODE, type WeakNodeReport } from './weak-node-server.ts';

const FILE = fixture('terra-columbus4-devnet', 'rpc.jsonl.gz');
const HEIGHTS = 290;
/** Requests in flight of the fetch loop, a number that many use as it is fast against a strong node. */
const NAIVE_IN_FLIGHT = 64;
const NAIVE_RETRY_MS = 250;
/** Seconds after which a run is given up, since a loop that kills its node again and again never ends. */
const MOST_SECONDS = 30;

interface Run {
  readonly name: string;
  readonly heights: number;
  readonly seconds: number;
  readonly node: WeakNodeReport;
  /** Requests that failed, as seen by the client. */
  readonly errors: number;
}

type Asker = (url: string) => Promise<{ readonly heights: number; readonly errors: number }>;

/** Every height's block and results, `inFlight` at a time; what fails is asked again. */
const naive =
  (inFlight: number): Asker =>
  async (url) => {
    const end = AbortSignal.timeout(MOST_SECONDS * 1000);
    const routes = Array.from({ length: HEIGHTS }, (_, index) => [
      `/block?height=${index + 1}`,
      `/block_results?height=${index + 1}`,
    ]).flat();
    let done = 0;
    let errors = 0;
    const worker = async (): Promise<void> => {
      for (let route = routes.shift(); route !== undefined && !end.aborted; ) {
        try {
          const response = await fetch(url + route, { signal: end });
          JSON.parse(await response.text());
          if (!response.ok) throw new Error(`HTTP status ${response.status}`);
          done++;
          route = routes.shift();
        } catch {
          if (end.aborted) return;
          errors++;
          await sleep(NAIVE_RETRY_MS);
        }
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    return { heights: Math.floor(done / 2), errors };
  };

const baleen: Asker = async (url) => {
  using source = await openSource({ kind: 'rpc', endpoints: [url] });
  let heights = 0;
  for await (const _ of source.candidates({ from: 1, to: HEIGHTS }, undefined, false)) heights++;
  return { heights, errors: source.health().reduce((sum, { errors }) => sum + errors, 0) };
};

async function measure(name: string, ask: Asker): Promise<Run> {
  const child = fork(join(import.meta.dirname, 'weak-node-server.ts'), [FILE]);
  try {
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    const startedAt = performance.now();
    const asked = await ask(url);
    const seconds = (performance.now() - startedAt) / 1000;
    child.send('report');
    const [node] = (await once(child, 'message')) as [WeakNodeReport];
    return { name, ...asked, seconds, node };
  } finally {
    child.kill();
  }
}

const COLUMNS: readonly (readonly [title: string, of: (run: Run) => string])[] = [
  ['', ({ name }) => name],
  ['blocks', ({ heights }) => String(heights)],
  ['blocks/s', ({ heights, seconds }) => (heights / seconds).toFixed(1)],
  ['most requests in flight', ({ node }) => String(node.mostInFlight)],
  ["node's peak memory, MB", ({ node }) => (node.peakBytes / 1e6).toFixed(0)],
  ['node out of memory, times', ({ node }) => String(node.killed)],
  ['latency at the node, median, ms', ({ node }) => quantile(node.latencies, 0.5)],
  ['latency at the node, p99, ms', ({ node }) => quantile(node.latencies, 0.99)],
  ['requests that failed', ({ errors }) => String(errors)],
];

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(0) ?? 'none';
}

function sectionOf(runs: readonly Run[]): string {
  const [head, ...rows] = COLUMNS.map(([title, of]) => `| ${[title, ...runs.map(of)].join(' | ')} |`);
  const { bytesPerRequest, idleBytes, mostBytes, answerMs, doubledBy, restartMs } = WEAK_NODE;
  return `Written by \`npm run bench:weak-node\` on ${new Date().toISOString().slice(0, 10)}. A simulated node: it works on one answer at a time (${answerMs} ms), holds ${bytesPerRequest / 1e6} MB for each request
in flight beside ${idleBytes / 1e6} MB of its own, is twice as slow with ${doubledBy} more in flight, and is killed at ${mostBytes / 1e9} GB, to be back after ${restartMs / 1000} s.
Both ask for the same ${HEIGHTS} blocks and their results; the loop was given ${MOST_SECONDS} s.

${head}
|---|${runs.map(() => '--:|').join('')}
${rows.join('\n')}`;
}

const runs = [
  await measure(`fetch loop, ${NAIVE_IN_FLIGHT} in flight`, naive(NAIVE_IN_FLIGHT)),
  await measure('fetch loop, 16 in flight', naive(16)),
  await measure('Baleen', baleen),
];
const section = sectionOf(runs);
console.log(section);
writeSection('A weak node', section);
