/** npm run bench:long -- [--sizes 10000,100000,1000000] [--dir DIR] [--most 100000] [--database URL]
 *
 * What `baleen index` takes of memory and time on directories of many blocks. Prints, and writes its section of docs/performance.md
 * (not with other sizes). A directory in DIR from an earlier run is used again; without --dir they are removed. Of a directory with
 * more than --most blocks so many are indexed, from its middle. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openServer, temporaryFolder, withDatabase } from '@baleen/testing';
import { timedIndex } from '../run.ts';
import { loadText, writeSection } from '../sections.ts';
import { writeLongDirectory } from './write.ts';

const SIZES = '10000,100000,1000000';
const TITLE = 'Directories of many blocks';
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: SIZES },
    dir: { type: 'string' },
    most: { type: 'string', default: '100000' },
    database: { type: 'string' },
  },
});

interface Measured {
  readonly size: number;
  readonly tables: number;
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
  /** Of one block more: without what a run over one block takes. */
  readonly perBlock: { readonly seconds: number; readonly cpuSeconds: number };
  readonly peakBytes: number;
}

async function measure(size: number, serverUrl: string): Promise<Measured> {
  const path = join(values.dir ?? temporaryFolder('long'), String(size));
  if (!existsSync(path)) await writeLongDirectory(path, size);
  const most = Math.min(size, Number(values.most));
  const from = 1 + Math.floor((size - most) / 2);
  const to = from + most - 1;
  const index = (last: number) =>
    withDatabase(serverUrl, (url) => timedIndex(path, url, ['--heights', `${from}..${last}`]));
  const one = await index(from);
  const { seconds, cpuSeconds, peakBytes } = await index(to);
  const more = (all: number, first: number): number => (all - first) / (to - from);
  const perBlock = { seconds: more(seconds, one.seconds), cpuSeconds: more(cpuSeconds, one.cpuSeconds) };
  const tables = tablesIn(path);
  if (values.dir === undefined) rmSync(path, { recursive: true });
  return { size, tables, from, to, seconds, perBlock, peakBytes };
}

const tablesIn = (path: string): number =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ldb')).length;

function bodyOf(runs: readonly Measured[], load: number): string {
  const rows = runs.map(({ size, tables, from, to, seconds, perBlock, peakBytes }) => {
    const ms = (each: number): string => (each * 1000).toFixed(2);
    const cells = [
      ...[size, tables, `${from}..${to}`, seconds.toFixed(0)],
      ...[ms(perBlock.seconds), ms(perBlock.cpuSeconds), (peakBytes / 1e6).toFixed(0)],
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `Written by \`npm run bench:long\` ${loadText(load)}.
The blocks of the columbus-5 devnet over and over, linked anew so that every hash is right, in a LevelDB directory as a node's.
Goals: at most 400 MB, and a block takes as long in a long chain as in a short one (within 15 %).

| blocks | tables | indexed | s | ms a block | processor, ms a block | peak RSS, MB |
|--:|--:|--:|--:|--:|--:|--:|
${rows.join('\n')}

- **s**: wall time of \`baleen index\` of these heights into an empty database, from the start of the process to its end. **ms a
  block**: the same, less what a run over the first of the heights takes, over the number of the others. **processor**: of all
  threads of the command, without Postgres.
- **peak RSS**: the kernel's VmHWM of the command, read every 100 ms from outside; Postgres is not in it.`;
}

const load = loadavg()[0]!;
const server = await openServer(values.database);
try {
  const runs: Measured[] = [];
  for (const size of values.sizes.split(',').map(Number)) runs.push(await measure(size, server.url));
  const body = bodyOf(runs, load);
  console.log(body);
  if (values.sizes === SIZES) writeSection(TITLE, body);
} finally {
  await server.stop();
}
