import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { secondsSchema } from '../cli/seconds.ts';
import { chain, database, dataDir, header, json, quiet } from '../cli/shared-options.ts';
import { withDatabase } from '../database.ts';
import type { CompareReport } from '../lcd/compare/compare-lcd.ts';
import type { Clock } from '../lcd/compare/rest-server.ts';
import { createProgress } from '../output/progress.ts';

const lcd = option(z.string(), {
  help: "address of a node's REST server, http://host:1317",
  value: 'URL',
});
const sample = option(z.coerce.number().int().min(1).max(100_000).default(100), {
  help: 'most questions to ask',
  value: 'N',
});
const rps = option(z.coerce.number().positive().max(1000).default(2), {
  help: 'most questions per second; one at a time, and the server rests after each for as long as it took',
  value: 'R',
});
const seed = option(z.string().optional(), {
  help: "decides which accounts, validators and txs are asked about; default: the state's height",
  value: 'TEXT',
});
const timeout = option(secondsSchema.default(30), {
  help: 'longest wait for an answer',
  value: 'TIME',
});

export const compare = defineCommand({
  name: 'compare',
  summary: "ask a node's REST server and SQL the same questions at the state's height, and compare",
  details: `For those who move from REST to SQL. Asks the routes of docs/lcd-to-sql.md in turn, about accounts, validators, proposals, blocks and
txs drawn from the database. The server must still have the state of that height.
Exit code 1: an answer differs (route, question, both answers and the place are printed); 3: the server can't be reached or no longer has that height.
  baleen compare --lcd http://localhost:1317`,
  options: z.object({ lcd, header, sample, rps, timeout, seed, chain, database, dataDir, json, quiet }),
  run(options, context) {
    return withDatabase(options, async ({ url }): Promise<ExitCode> => {
      const { compareLcd } = await import('../lcd/compare/compare-lcd.ts');
      const progress = createProgress('questions', context);
      try {
        const report = await compareLcd({
          ...options,
          databaseUrl: url,
          timeoutSeconds: options.timeout,
          headers: options.header,
          ...{ clock: CLOCK, signal: context.signal },
          onProgress: (done, total) => options.quiet || progress.update({ done, total }),
        });
        progress.end();
        await tell(report, options.json, context);
        return exitCodeOf(report);
      } finally {
        progress.end();
      }
    });
  },
});

const CLOCK: Clock = {
  now: () => performance.now(),
  async wait(ms, signal) {
    if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
  },
};

async function tell(report: CompareReport, isJson: boolean, context: Context): Promise<void> {
  const { compareJson, compareLines } = await import('../lcd/compare/compare-text.ts');
  if (isJson) context.print(JSON.stringify(compareJson(report)));
  else await context.printAll(compareLines(report));
}

function exitCodeOf({ comparison, interrupted }: CompareReport): ExitCode {
  if (comparison.differences.length + comparison.contradictions.length > 0) return EXIT.dataDisagree;
  return interrupted ? EXIT.interrupted : EXIT.done;
}
