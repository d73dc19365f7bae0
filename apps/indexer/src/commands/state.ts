import type { StateReport } from '@baleen/pipeline';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import { readConfig, resolveSources } from '../cli/config.ts';
import type { Context } from '../cli/context.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { heightSchema } from '../cli/heights.ts';
import { chain, config, database, dataDir, json, quiet, source, trust } from '../cli/shared-options.ts';
import { withStore } from '../database.ts';
import { withTelemetry } from '../metrics/telemetry.ts';
import { grouped, renderTable } from '../output/table.ts';

const height = option(heightSchema.optional(), {
  help: 'the state after this block; default: the newest that is proved',
  value: 'H',
});

export const state = defineCommand({
  name: 'state',
  summary:
    "write the application's state at one height into the database: balances, delegations, contracts and all else",
  details: `Read from application.db, checked against the app hash in the header of the next block. It replaces the chain's state in the database as a
whole, in one transaction. A node keeps few heights: an error names those nearest to H.`,
  options: z.object({ source, config, height, chain, database, dataDir, trust, json, quiet }),
  run(options, context) {
    return withStore(options, async (store) => {
      const { writeState } = await import('../state/write-state.ts');
      const { source: named, chain: expectedChain, ...rest } = options;
      const sources = resolveSources([named], readConfig(options.config));
      const report = await withTelemetry({ command: 'state', store }, context, (telemetry) =>
        writeState({ ...rest, sources, expectedChain, store, telemetry }, context),
      );
      await tell(report, options.json, context);
      return report.outcome === 'interrupted' ? EXIT.interrupted : EXIT.done;
    });
  },
});

async function tell(report: StateReport, isJson: boolean, context: Context): Promise<void> {
  const { stateLines } = await import('../state/take-state.ts');
  if (isJson) return context.print(JSON.stringify(report));
  for (const note of report.notes) context.say(`note: ${note}`);
  for (const line of stateLines(report)) context.print(line);
  if (report.stores.length === 0) return;
  const rows = report.stores.map(({ store, leaves, rows, unknown }) => [
    store,
    ...[leaves, rows, unknown].map((count) => grouped(count)),
  ]);
  context.print('');
  for (const line of renderTable(['store', 'keys', 'rows', 'kept raw'], rows, [
    'left',
    'right',
    'right',
    'right',
  ]))
    context.print(line);
}
