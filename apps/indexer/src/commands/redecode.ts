import { tableNames } from '@baleen/tables';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { applicationSchema, descriptors, givenApplication } from '../cli/given-application.ts';
import { HEIGHTS_HELP, heightsSchema } from '../cli/heights.ts';
import { database, dataDir, json, quiet, storedChainId, workers } from '../cli/shared-options.ts';
import { withStore } from '../database.ts';
import type { KeptRaw } from '../index/kept-raw.ts';
import { withTelemetry } from '../metrics/telemetry.ts';
import { telemetryOptions } from '../metrics/telemetry-options.ts';
import { grouped } from '../output/table.ts';
import type { StoredRedecodeReport } from '../redecode/redecode-stored.ts';

const tablesSchema = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(tableNames)));
const tables = option(tablesSchema.optional(), {
  help: 'tables to write anew at all heights, separated by commas; default: those that an older version wrote',
  value: 'NAMES',
});
const heights = option(heightsSchema.optional(), {
  help: 'heights to write anew whatever version wrote them; default: those that an older version wrote',
  value: 'A..B',
});
const application = option(applicationSchema, {
  help: 'the application that is to read the txs from now on, in place of the stored choice; with @HEIGHT from that height on; may stand several times',
  value: 'NAME[@HEIGHT]',
  repeatable: true,
});

export const redecode = defineCommand({
  name: 'redecode',
  summary: 'decode the stored blocks of a chain anew, and replace their rows; needs no node',
  details: `Without options it writes what another version of Baleen left: status names these tables and heights. --tables and --heights ask for more;
--descriptors for the heights with something that is kept raw; --application for those that another application is to read from now on.
Descriptors that index was given are to be given again.
Exit code 1: rows of a height make no block; 4: heights that were asked for are not stored, or are left.
A reader sees the old rows of a block or the new ones, never both. If it is interrupted, run it again with the same options: it goes on.
  baleen redecode --descriptors my-module.binpb

${HEIGHTS_HELP}`,
  options: z.object({
    ...{
      tables,
      heights,
      application,
      descriptors,
      chain: storedChainId,
      database,
      dataDir,
      workers,
      json,
      quiet,
    },
    ...telemetryOptions,
  }),
  run(options, context) {
    return withStore(options, async (store, { url }) => {
      const { redecodeStored } = await import('../redecode/redecode-stored.ts');
      const given = await givenApplication(options);
      const report = await withTelemetry({ ...options, command: 'redecode', store }, context, (telemetry) =>
        redecodeStored({ ...options, given, store, databaseUrl: url, telemetry }, context),
      );
      for (const { message } of report.faults) context.say(`${message}; the other heights are written`);
      const { keptRaw } = await import('../index/kept-raw.ts');
      const raw = await keptRaw(store, report.chainId);
      const faults = report.faults.map(({ height, code, message }) => ({ height, code, message }));
      if (options.json) context.print(JSON.stringify({ ...report, faults, keptRaw: raw }));
      else await tell(report, raw, context);
      return exitCodeOf(report);
    });
  },
});

function exitCodeOf({ interrupted, faults, left, missing }: StoredRedecodeReport): ExitCode {
  if (interrupted) return EXIT.interrupted;
  if (faults.length > 0) return EXIT.dataDisagree;
  return left + missing.length > 0 ? EXIT.incomplete : EXIT.done;
}

async function tell(
  report: StoredRedecodeReport,
  raw: readonly KeptRaw[],
  { print, say }: Context,
): Promise<void> {
  const { keptRawLine } = await import('../index/kept-raw.ts');
  const { rangesText } = await import('../status/status-text.ts');
  const { chainId, applications, heights, rows, tables, left, missing, interrupted } = report;
  for (const { name, from } of applications)
    print(`${chainId}: stored: ${name} is the application from height ${from} on`);
  if (heights > 0)
    print(
      `${chainId}: ${grouped(heights)} blocks decoded anew, ${grouped(rows)} rows of ${tables.join(', ')} written`,
    );
  else if (!interrupted && left + report.faults.length + missing.length === 0)
    print(`${chainId}: nothing to decode anew: this version wrote all that was asked for`);
  if (interrupted) say('interrupted; what is written stays, the same command goes on from here');
  else if (left > 0) say(`${grouped(left)} blocks are left, as others changed them meanwhile; run it again`);
  if (missing.length > 0)
    say(`not decoded anew, as they are not stored: ${rangesText(missing)}; index them from a source first`);
  const line = keptRawLine(chainId, raw);
  if (line !== undefined) say(line);
}
