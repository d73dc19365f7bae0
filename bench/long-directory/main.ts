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
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

async function measure(size: number, serverUrl: string): Promise<Measured> {
  const path = join(values.dir ?? temporaryFolder('long'), String(size));
  if (!existsSync(path)) await writeLongDirectory(path, size);
  const most = Math.min(size, Number(values.most));
  const from = 1 + Math.floor((size - most) / 2);
  const to = from + most - 1;
  const use = await withDatabase(serverUrl, (url) => timedIndex(path, url, ['--heights', `${from}..${to}`]));
  const tables = tablesIn(path);
  if (values.dir === undefined) rmSync(path, { recursive: true });
  return { size, tables, from, to, ...use };
}

const tablesIn = (path: string): number =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ldb')).length;

function bodyOf(runs: readonly Measured[], load: number): string {
  const rows = runs.map(({ size, tables, from, to, seconds, cpuSeconds, peakBytes }) => {
    const perBlock = (of: number): string => ((of / (to - from + 1)) * 1000).toFixed(2);
    const cells = [
      size,
      tables,
      `${from}..${to}`,
      seconds.toFixed(0),
      perBlock(seconds),
      perBlock(cpuSeconds),
    ];
    return `| ${[...cells, (peakBytes / 1e6).toFixed(0)].join(' | ')} |`;
  });
  return `Written by \`npm run bench:long\` ${loadText(load)}. The blocks of the columbus-5 devnet over and over, linked anew
so that every hash is right, in a LevelDB directory as a node's. Goals: at most 400 MB, and a block takes as long in a long chain
as in a short one (within 15 %).

| blocks | tables | indexed | s | ms a block | processor, ms a block | peak RSS, MB |
|--:|--:|--:|--:|--:|--:|--:|
${rows.join('\n')}

- **ms a block**: wall time of \`baleen index\`, from the start of the process to its end, over the blocks indexed, in an empty
  database. **processor**: of all its threads, without Postgres.
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
