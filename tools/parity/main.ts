/** npm run parity -- DIR [--database URL]: what REST had answered at each recorded height, beside SQL's answers. */
import { parseArgs } from 'node:util';
import { openServer, withDatabase } from '../fidelity/database.ts';
import { measure } from './measure.ts';
import { details, explanations, failures, summary, table, uncoveredLines } from './report.ts';

const USAGE = 'npm run parity -- DIR [--database URL]   (DIR has data/ or data.tar.gz, and lcd*.jsonl.gz)';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { database: { type: 'string' } },
  });
  const [directory] = positionals;
  if (directory === undefined || positionals.length > 1) {
    console.error(USAGE);
    return 2;
  }
  const server = await openServer(values.database);
  try {
    const measured = await withDatabase(server.url, (url) => measure(directory, url));
    const failed = failures(measured);
    const parts = [
      table(measured),
      details(measured),
      ['not compared:', ...uncoveredLines(measured)].join('\n'),
      explanations(measured).join('\n'),
      summary(measured),
      failed.map((line) => `FAILED ${line}`).join('\n'),
    ];
    console.log(parts.filter((part) => part !== '').join('\n\n'));
    return failed.length === 0 ? 0 : 1;
  } finally {
    await server.stop();
  }
}

process.exitCode = await main();
