/** npm run parity -- DIR [--database URL] [--data NAME]: compares what REST had answered at each recorded height with SQL's answers. */
import { parseArgs } from 'node:util';
import { dataNames, openServer, withDatabase } from '@baleen/testing';
import { measure } from './measure.ts';
import { details, explanations, failures, notHeldLines, summary, table, uncoveredLines } from './report.ts';

const USAGE = `npm run parity -- DIR [--database URL] [--data data|data-killed]
DIR has data/ or data.tar.gz (or those of data-killed), and lcd*.jsonl.gz. Without --data: data, if it is there.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { database: { type: 'string' }, data: { type: 'string' } },
  });
  const [directory] = positionals;
  if (directory === undefined || positionals.length > 1) {
    console.error(USAGE);
    return 2;
  }
  const names = dataNames(directory);
  const name = values.data ?? names[0];
  if (name === undefined || !names.includes(name)) {
    console.error(
      `parity: ${directory}: expected ${name ?? 'data'}, found ${names.join(', ') || 'no data'}\n${USAGE}`,
    );
    return 2;
  }
  const server = await openServer(values.database);
  try {
    const measured = await withDatabase(server.url, (url) => measure(directory, url, name));
    const failed = failures(measured);
    const parts = [
      table(measured),
      details(measured),
      ['not compared:', ...uncoveredLines(measured)].join('\n'),
      explanations(measured).join('\n'),
      notHeldLines(measured).join('\n'),
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
