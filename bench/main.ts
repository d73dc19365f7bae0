/** npm run bench [-- --only NAME]: measures, prints, and writes docs/performance.md (not with --only). */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { openServer, withClient } from '@baleen/testing';
import { pageOf } from './page.ts';
import { type Measured, measure } from './run.ts';
import { writeHead } from './sections.ts';
import { workloads } from './workloads.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, database: { type: 'string' } } });
const load = loadavg()[0] ?? 0;
const all = await workloads();
const server = await openServer(values.database);
try {
  const version = await withClient(server.url, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return `PostgreSQL ${rows[0]!.server_version}`;
  });
  const runs: Measured[] = [];
  for (const workload of all.filter(({ name }) => values.only === undefined || name === values.only)) {
    runs.push(await measure(workload, server.url));
    console.error(`${workload.name}: ${runs.at(-1)!.seconds.toFixed(1)} s`);
  }
  const page = pageOf(runs, version, load);
  console.log(page);
  if (values.only === undefined) writeHead(page);
} finally {
  await server.stop();
}
