/** `npm run bench:seed [-- --questions 1000] [--dry]`: a node's REST server beside SQL, asked what a staking dashboard asks.
 *
 * Prints, and writes (not with --dry) its sections of docs/performance.md and of the README. Exit codes: 0 done, or skipped by name without
 * Go or the node's data; 1 an answer of SQL was another than REST's. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openServer, ROOT, temporaryFolder, unpackRecording, withDatabase } from '@baleen/testing';
import { GoMissing } from '../../tools/devnet/go.ts';
import { writeSection } from '../sections.ts';
import { type Experiment, runExperiment } from './measure.ts';
import { dashboardQuestions } from './questions.ts';
import { shortReport, wholeReport } from './report.ts';

const TITLE = "A node's REST server, and SQL";
const ASKERS = [1, 4, 16, 64];

const { values } = parseArgs({
  options: { questions: { type: 'string', default: '1000' }, dry: { type: 'boolean', default: false } },
});

async function experiment(data: string): Promise<Experiment> {
  const server = await openServer(undefined);
  try {
    return await withDatabase(server.url, (databaseUrl) =>
      runExperiment({
        ...{ data, databaseUrl, askers: ASKERS },
        dir: temporaryFolder('seed'),
        questions: dashboardQuestions(Number(values.questions)),
        log: (line) => console.error(line),
      }),
    );
  } finally {
    await server.stop();
  }
}

function tell(done: Experiment): number {
  console.log(wholeReport(done));
  for (const { request, rest, sql } of done.differences.slice(0, 5))
    console.error(`${request}\n  REST ${rest.slice(0, 1000)}\n  SQL  ${sql.slice(0, 1000)}`);
  if (!values.dry) {
    writeSection(TITLE, wholeReport(done));
    writeReadme(shortReport(done));
  }
  return done.differences.length === 0 ? 0 : 1;
}

/** Replaces the README's section of this title. */
function writeReadme(body: string): void {
  const file = join(ROOT, 'README.md');
  const sections = readFileSync(file, 'utf8').split(/^(?=## )/m);
  const at = sections.findIndex((section) => section.startsWith(`## ${TITLE}\n`));
  if (at < 0) throw new Error(`write ${file}: expected a section "${TITLE}", found none`);
  sections[at] = `## ${TITLE}\n\n${body}\n\n[All of it](docs/performance.md), question by question.\n\n`;
  writeFileSync(file, sections.join(''));
}

async function main(): Promise<number> {
  // The bundled fixture has no tx_index.db, without which a node finds no tx.
  const data = unpackRecording('terra-columbus4-devnet');
  if (data === undefined) {
    console.log('skipped: bench:seed needs ../shared/fixtures/terra-columbus4-devnet');
    return 0;
  }
  try {
    return tell(await experiment(data));
  } catch (error) {
    if (!(error instanceof GoMissing)) throw error;
    console.log(`skipped: bench:seed: ${error.message}`);
    return 0;
  }
}

process.exitCode = await main();
