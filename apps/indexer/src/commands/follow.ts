import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import { readConfig, resolveSources } from '../cli/config.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { application, descriptors, givenApplication } from '../cli/given-application.ts';
import { heightsSchema } from '../cli/heights.ts';
import {
  chain,
  config,
  crossCheck,
  database,
  dataDir,
  header,
  json,
  maxRps,
  quiet,
  sources,
  trust,
} from '../cli/shared-options.ts';
import { withStore } from '../database.ts';
import { withTelemetry } from '../metrics/telemetry.ts';
import { telemetryOptions } from '../metrics/telemetry-options.ts';

const backfill = option(z.enum(['newest-first', 'oldest-first', 'none']).default('newest-first'), {
  help: 'order in which older blocks are indexed meanwhile: newest-first (default) or oldest-first; with none only those since it last ran',
  value: 'ORDER',
});
const heights = option(
  heightsSchema
    .refine(({ to }) => to === undefined, 'expected A.., the lowest height to follow, with an open end')
    .optional(),
  { help: 'lowest height to index; default: the lowest that the source has', value: 'A..' },
);
const workers = option(z.coerce.number().int().min(1).max(64).optional(), {
  help: 'threads of the backfill; default: one per core, at most four',
  value: 'N',
});
const maxRead = option(z.coerce.number().positive().optional(), {
  help: "from a live node's folder: most megabytes read per second, on average; default: as fast as the disk",
  value: 'MB/s',
});
const maxPinned = option(z.coerce.number().int().min(1).optional(), {
  help: "from a live node's folder: most table files held open while it is followed; default: 96",
  value: 'N',
});

const DETAILS = `The newest block is written as soon as the node has it, what lies behind it beside that. It runs until it is stopped
(Ctrl-C, SIGTERM: exit code 130, progress kept); started again it fills in what it has missed. A node or a database that
is away for a while is waited for. A height that no source can give stands in failed_ranges, and the others are written. It ends
with exit code 0 when the node goes on to the chain's successor (columbus-4 to columbus-5), with 1 when what the node answers
contradicts the database, or height after height is wrong. The embedded PostgreSQL runs on: baleen db stop.`;

export const follow = defineCommand({
  name: 'follow',
  summary: 'write new blocks as the node makes them, and older ones meanwhile; until stopped',
  details: DETAILS,
  options: z.object({
    source: sources,
    config,
    ...{
      backfill,
      heights,
      chain,
      database,
      dataDir,
      workers,
      maxRps,
      header,
      maxRead,
      maxPinned,
      crossCheck,
    },
    ...{ application, descriptors },
    ...{ trust, json, quiet },
    ...telemetryOptions,
  }),
  run(options, context) {
    return withStore({ ...options, stay: true }, async (store, { revive }) => {
      // Imported here: the decoders are most of the code, and --help should not wait for them.
      const { followSources } = await import('../follow/follow-sources.ts');
      const given = await givenApplication(options);
      const { source: named, heights: asked, chain: expectedChain, ...rest } = options;
      const sourcesNamed = resolveSources(named, readConfig(options.config));
      const report = await withTelemetry({ ...rest, command: 'follow', store }, context, (telemetry) =>
        followSources(
          {
            ...rest,
            given,
            sources: sourcesNamed,
            from: asked?.from,
            expectedChain,
            store,
            telemetry,
            revive,
          },
          context,
        ),
      );
      return report.ended === 'stopped' ? EXIT.interrupted : EXIT.done;
    });
  },
});
