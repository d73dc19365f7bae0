/** Prints docs/performance.md: figures, date and machine. */
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Measured } from './run.ts';
import { loadText } from './sections.ts';

const MEGA = 1e6;
const round = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });

const COLUMNS: readonly (readonly [title: string, of: (run: Measured) => string])[] = [
  ['workload', ({ name }) => name],
  ['blocks', ({ blocks }) => round(blocks)],
  ['txs', ({ txs }) => round(txs)],
  ['rows', ({ rows }) => round(rows)],
  ['time to queryable, s', ({ seconds }) => round(seconds, 1)],
  ['txs/s', ({ txs, seconds }) => round(txs / seconds)],
  ['rows/s', ({ rows, seconds }) => round(rows / seconds)],
  ['COPY, s', ({ baseline }) => round(baseline.copySeconds, 1)],
  ['its indexes, s', ({ baseline }) => round(baseline.indexSeconds, 1)],
  ['speed of COPY + indexes', ({ baseline, seconds }) => percent(limitOf(baseline) / seconds)],
  ['raw MB', ({ scan }) => round(scan.rawBytes / MEGA, 1)],
  ['Postgres MB', ({ bytes }) => round(bytes / MEGA, 1)],
  ['bytes per raw byte', ({ bytes, scan }) => round(bytes / scan.rawBytes, 2)],
  ['peak RSS, MB', ({ peakBytes }) => round(peakBytes / MEGA)],
  ['LevelDB scan, MB/s', ({ scan }) => round(scan.bytes / MEGA / scan.seconds)],
];

const limitOf = ({ copySeconds, indexSeconds }: Measured['baseline']): number => copySeconds + indexSeconds;
const percent = (ratio: number): string => `${round(ratio * 100)} %`;

/** One column per workload: there are more figures than workloads. */
function tableOf(runs: readonly Measured[]): string {
  const rows = COLUMNS.map(([title, of]) => [title, ...runs.map(of)]);
  const [head, ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [head, `|---|${runs.map(() => '--:|').join('')}`, ...body].join('\n');
}

const GOALS = `Goals: 8,000 txs/s, 60 % of COPY, 400 MB, twice the raw bytes. A first figure under 2,000 txs/s or over 600 MB on evmos
means that the hot path is built wrongly.`;

const HOW = `- **time to queryable**: wall time of \`baleen index\` into an empty database, from the start of the process to its end: every row
  committed, every index built, every leaf sealed.
- **COPY**: the very rows that were written, \`COPY table FROM file (format binary)\` into fresh tables on the same server in the
  same run, on one connection; **its indexes**: the same indexes built after it, and the same \`vacuum (freeze, analyze)\`. *Speed
  of COPY + indexes* is that sum over the time to queryable: 100 % is as fast as Postgres can take the rows in on one
  connection.
- **raw MB**: bytes of block parts and of results in LevelDB, uncompressed. **Postgres MB**: all tables with indexes and TOAST.
- **peak RSS**: the kernel's VmHWM of the command and its children, read every 100 ms from outside; Postgres is not in it.
- **LevelDB scan**: keys and values of blockstore.db and state.db through our reader, one thread, files in the page cache.`;

/** @param load  of the machine before the first run: figures of a busy one are too low */
export function pageOf(runs: readonly Measured[], postgresVersion: string, load: number): string {
  const memory = round(totalmem() / 2 ** 30, 0);
  const machine = `${cpus().length} cores (${cpuName()}), ${memory} GiB, Linux, Node ${process.versions.node}, ${postgresVersion}`;
  return `# Performance

Written by \`npm run bench\` ${loadText(load)}: ${machine}.

${tableOf(runs)}

${GOALS}

${HOW}
`;
}

const cpuName = (): string =>
  /^model name\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ??
  cpus()[0]?.model ??
  'unknown';
