import type { EnqueuedRange } from '@baleen/store';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { application, descriptors, givenApplication } from '../cli/given-application.ts';
import { config, database, dataDir, header, json, quiet, redis } from '../cli/shared-options.ts';
import { withDatabase } from '../database.ts';
import { telemetryOptions } from '../metrics/telemetry-options.ts';

const source = option(z.array(z.string().min(1)).default([]), {
  help: 'where this machine has a source; NAME is the name it was enqueued by, or without it the chain id; may stand several times',
  value: 'NAME=SOURCE',
  repeatable: true,
});
const concurrency = option(z.coerce.number().int().min(1).max(64).default(1), {
  help: 'jobs at once; a source over RPC is read by one job at a time. Starting more processes does the same',
  value: 'N',
});
const drain = option(z.boolean().default(false), { help: 'end when nothing is left to do' });
const lease = option(z.coerce.number().min(0.2).max(3600).default(30), {
  help: 'seconds without a sign of life after which another worker takes the job; the same for all workers',
  value: 'SECONDS',
});
const workers = option(z.coerce.number().int().min(1).max(64).optional(), {
  help: 'threads of a job that read and decode; default: one per core, at most four',
  value: 'N',
});
const maxRps = option(z.coerce.number().positive().optional(), {
  help: 'over RPC: requests per second of this worker to each node',
  value: 'N',
});
const crossCheck = option(z.boolean().default(false), {
  help: 'over RPC: compare what no hash covers over a second endpoint',
});

export const worker = defineCommand({
  name: 'worker',
  summary: 'do the jobs that enqueue put into the queue, until stopped; start as many workers as you like',
  details: `A worker does jobs of sources that it can read: those given here or in --config, and RPC addresses that were enqueued. It leaves jobs of
other sources alone. Stop it with SIGTERM or Ctrl-C: it finishes the batch at hand and gives the rest of the job back.`,
  options: z.object({
    ...{ source, config, concurrency, drain, lease, workers, maxRps, header, crossCheck },
    ...{ application, descriptors },
    ...{ database, dataDir, redis, json, quiet },
    ...telemetryOptions,
  }),
  run(options, context) {
    return withDatabase(options, async ({ url }): Promise<ExitCode> => {
      const { workOn } = await import('../jobs/work-on-jobs.ts');
      const given = await givenApplication(options);
      const report = await workOn({ ...options, given, databaseUrl: url }, context);
      if (options.json) context.print(JSON.stringify(report));
      // Being stopped is a worker's usual end; with --drain it means that the queue was not drained.
      if (report.interrupted) return options.drain ? EXIT.interrupted : EXIT.done;
      for (const left of report.withoutSource) context.say(leftLine(left));
      return report.failing.length + report.withoutSource.length > 0 ? EXIT.incomplete : EXIT.done;
    });
  },
});

const leftLine = ({ chainId, source, from, to }: EnqueuedRange): string =>
  `${chainId} ${from}..${to} is left to do: this worker was not told where the source ${source} is; next: baleen worker --drain --source ${source}=FOLDER`;
