/** npm run bench:verify: time of `baleen verify` beside that of `baleen index`, by turns, and its section of docs/performance.md. */
import { loadavg } from 'node:os';
import { openServer, withDatabase } from '@baleen/testing';
import { timedCommand, timedIndex } from './run.ts';
import { loadText, writeSection } from './sections.ts';
import { type Workload, workloads } from './workloads.ts';

const ROUNDS = 3;
const load = loadavg()[0] ?? 0;

interface Round {
  readonly index: Awaited<ReturnType<typeof timedIndex>>;
  readonly verify: Awaited<ReturnType<typeof timedIndex>>;
}

async function measure({ path }: Workload, serverUrl: string): Promise<Round> {
  return withDatabase(serverUrl, async (url) => ({
    index: await timedIndex(path, url),
    verify: await timedCommand(['verify', '--database', url, '--quiet']),
  }));
}

const shown = (rounds: readonly Round[], of: (round: Round) => number, digits = 1): string =>
  rounds.map((round) => of(round).toFixed(digits)).join(', ');

const line = (name: string, rounds: readonly Round[]): string =>
  `| ${[
    name,
    shown(rounds, ({ index }) => index.seconds),
    shown(rounds, ({ verify }) => verify.seconds),
    shown(rounds, ({ index, verify }) => index.seconds / verify.seconds),
    shown(rounds, ({ index }) => index.cpuSeconds),
    shown(rounds, ({ verify }) => verify.cpuSeconds),
    shown(rounds, ({ verify }) => verify.peakBytes / 1e6, 0),
  ].join(' | ')} |`;

const server = await openServer(undefined);
try {
  const lines: string[] = [];
  for (const workload of await workloads()) {
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(workload, server.url));
    lines.push(line(workload.name, rounds));
    console.log(lines.at(-1));
  }
  writeSection(
    'Verifying what is stored',
    `\`npm run bench:verify\` ${loadText(load)}:
\`baleen index\` into an empty database, then \`baleen verify\` of all of it, ${ROUNDS} times. The goal is half the rate of indexing.
Other programs disturb the time; the processor's is that of the command and its threads, without PostgreSQL.

| workload | index, s | verify, s | rate of verify by that of index | processor of index, s | of verify, s | peak RSS of verify, MB |
|---|--:|--:|--:|--:|--:|--:|
${lines.join('\n')}`,
  );
} finally {
  await server.stop();
}
