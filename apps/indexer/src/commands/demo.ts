import { BaleenError } from '@baleen/chain';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { dataDir, quiet } from '../cli/shared-options.ts';
import { useStore, withDatabase } from '../database.ts';
import { DEMO_SOURCE } from '../demo/recording.ts';
import { withTelemetry } from '../metrics/telemetry.ts';
import { grouped } from '../output/table.ts';

const DEMO_DATABASE = 'baleen_demo';

/** Not DATABASE_URL, so that the demo's chain does not get among real ones. */
const demoDatabase = option(z.string().default(DEMO_DATABASE), {
  help: 'a database of your own for the demo; default: one in the embedded PostgreSQL',
  value: 'URL',
});
const exit = option(z.boolean().default(false), {
  help: 'end after the answers, which is what it does anyway',
});

export const demo = defineCommand({
  name: 'demo',
  summary: "index the bundled chain, and show SQL's answers beside what the node's REST answered",
  details: `Needs nothing: PostgreSQL comes along and is stopped at the end. The demo's database is ${DEMO_DATABASE}; yours are not touched.`,
  options: z.object({ demoDatabase, dataDir, quiet, exit }),
  run({ demoDatabase: database, dataDir: folder, quiet: isQuiet }, context) {
    return withDatabase({ database, dataDir: folder }, ({ url }) => runDemo(url, isQuiet, context));
  },
});

function runDemo(url: string, quiet: boolean, context: Context): Promise<ExitCode> {
  return useStore(url, async (store) => {
    const { indexChain } = await import('../index/index-chain.ts');
    const { stateLines } = await import('../state/take-state.ts');
    const startedAt = Date.now();
    const report = await withTelemetry({ command: 'demo', store }, context, (telemetry) =>
      indexChain({ sources: [DEMO_SOURCE], store, quiet, trust: false, telemetry }, context),
    );
    if (report.interrupted) return EXIT.interrupted;
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    context.print(
      `The files of a Terra node (columbus-4's software, amino; development chain ${report.chainId}):`,
    );
    context.print(
      report.heights === 0
        ? 'all blocks were there already'
        : `${grouped(report.heights)} blocks, ${grouped(report.txs)} txs, ${grouped(report.rows)} rows in ${seconds} s`,
    );
    if (report.state !== undefined) for (const line of stateLines(report.state)) context.print(line);
    const isEqual = await compareWithRest(url, context);
    tellWhatNext(context);
    if (isEqual) return EXIT.done;
    throw new BaleenError(
      'data',
      'CLI_DEMO_DIFFERS',
      "demo: SQL and the node's REST answers differ, see above; please report it",
    );
  });
}

/** Prints SQL's answers beside the recorded answers of REST. Returns false if one differs. */
async function compareWithRest(url: string, context: Context): Promise<boolean> {
  const { connect } = await import('../lcd/sql-answers.ts');
  const { readStateAnswers, readTxAnswers } = await import('../demo/recording.ts');
  const { showAnswers } = await import('../demo/show.ts');
  const { requestFor, STAKING_PAGE } = await import('../demo/staking-page.ts');
  const client = await connect(url);
  try {
    const state = await readStateAnswers(STAKING_PAGE.map(requestFor));
    return await showAnswers(client, { txs: await readTxAnswers(), state }, context);
  } finally {
    await client.end();
  }
}

function tellWhatNext({ print }: Context): void {
  print('');
  print('requests to the node: 0');
  print('');
  print('Ask more:');
  print(
    `   npx baleen sql --database ${DEMO_DATABASE} "select height, time, tx_count from blocks order by tx_count desc limit 5"`,
  );
  print('');
  print('Your own node (its files are only read; it may run meanwhile):');
  print('   npx baleen inspect ~/.terra        what is there, and what can be had from it');
  print('   npx baleen index ~/.terra          into the embedded PostgreSQL, or DATABASE_URL');
  print('   npx baleen sql                     the views, and how to connect');
}
