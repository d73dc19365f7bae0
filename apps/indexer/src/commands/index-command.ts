import { type BaleenError, shownRange } from '@baleen/chain';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import { readConfig, resolveSources } from '../cli/config.ts';
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { application, descriptors, givenApplication } from '../cli/given-application.ts';
import { HEIGHTS_HELP, heightSchema, heightsSchema } from '../cli/heights.ts';
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
  workers,
} from '../cli/shared-options.ts';
import { withStore } from '../database.ts';
import type { IndexedChain } from '../index/index-chain.ts';
import type { KeptRaw } from '../index/kept-raw.ts';
import { withTelemetry } from '../metrics/telemetry.ts';
import { telemetryOptions } from '../metrics/telemetry-options.ts';
import { grouped } from '../output/table.ts';

const heights = option(heightsSchema.optional(), {
  help: 'heights to index; default: all that the source has',
  value: 'A..B',
});
const noState = option(z.boolean().default(false), {
  help: "leave out the application's state; otherwise the newest is written if a folder has application.db",
});
const stateAt = option(heightSchema.optional(), {
  help: 'write the state after this block, even if the database has a newer one',
  value: 'H',
});

const ARCHIVES_HELP = `A source may also be a snapshot archive as providers publish them: .tar, .tar.gz, .tar.lz4 or .tar.zst. Its databases
are unpacked into the data folder (without application.db where --no-state is given) and removed afterwards.`;

export const index = defineCommand({
  name: 'index',
  summary:
    'write the blocks, txs, results and newest state of a source into the database; goes on where it was',
  details: `${ARCHIVES_HELP}\n\n${HEIGHTS_HELP}`,
  options: z.object({
    source: sources,
    config,
    ...{
      heights,
      noState,
      stateAt,
      chain,
      database,
      dataDir,
      workers,
      maxRps,
      header,
      crossCheck,
      application,
      descriptors,
      trust,
      json,
      quiet,
    },
    ...telemetryOptions,
  }),
  run(options, context) {
    return withStore(options, async (store) => {
      // Imported here: the decoders are most of the code, and --help should not wait for them.
      const { indexChain } = await import('../index/index-chain.ts');
      const given = await givenApplication(options);
      const { source: named, heights: asked, chain: expectedChain, ...rest } = options;
      const { withUnpacked } = await import('../index/unpacked-sources.ts');
      const texts = resolveSources(named, readConfig(options.config));
      const wanted = { dataDir: options.dataDir, wantsState: !options.noState };
      const report = await withUnpacked(texts, wanted, context, (sources, named) =>
        withTelemetry({ ...rest, command: 'index', store }, named, (telemetry) =>
          indexChain({ ...rest, given, sources, asked, expectedChain, store, telemetry }, named),
        ),
      );
      for (const { message } of report.faults) context.say(`${message}; the other heights are written`);
      const { keptRaw } = await import('../index/kept-raw.ts');
      const raw = await keptRaw(store, report.chainId);
      const faults = report.faults.map(plainFault);
      if (options.json) context.print(JSON.stringify({ ...report, faults, keptRaw: raw }));
      else await tell(report, raw, context);
      const { outdatedLine } = await import('../redecode/outdated-line.ts');
      const outdated = outdatedLine(report.chainId, await store.outdatedTables(report.chainId));
      if (outdated !== undefined) context.say(outdated);
      return exitCodeOf(report);
    });
  },
});

const plainFault = ({ height, code, message }: BaleenError) => ({ height, code, message });

/** A height that a node refuses to show is missing; any other fault of a height is data that disagree. */
function exitCodeOf({ interrupted, missing, faults }: IndexedChain): ExitCode {
  if (interrupted) return EXIT.interrupted;
  if (faults.some(({ code }) => code !== 'SOURCE_HEIGHT_REFUSED')) return EXIT.dataDisagree;
  return missing.length > 0 ? EXIT.incomplete : EXIT.done;
}

async function tell(report: IndexedChain, raw: readonly KeptRaw[], { print, say }: Context): Promise<void> {
  const { stateLines } = await import('../state/take-state.ts');
  const { keptRawLine } = await import('../index/kept-raw.ts');
  const { withoutGenesisLines } = await import('../index/without-genesis.ts');
  const { withoutResultsLine } = await import('../index/without-results.ts');
  const { chainId, range, heights, txs, rows, missing, withoutResults, interrupted } = report;
  const of = `${chainId} ${range.from}..${range.to}`;
  if (heights === 0 && !interrupted) print(`${of}: all of it was there already`);
  else print(`${of}: ${grouped(heights)} blocks, ${grouped(txs)} txs, ${grouped(rows)} rows written`);
  if (report.state !== undefined) for (const line of stateLines(report.state)) print(line);
  if (interrupted) say('interrupted; what is written stays, the same command goes on from here');
  for (const each of missing) say(`missing: ${shownRange(each)}; baleen gaps tells why`);
  const resultsLine = withoutResultsLine(chainId, withoutResults);
  if (resultsLine !== undefined) say(resultsLine);
  if (report.withoutGenesis !== undefined)
    for (const line of withoutGenesisLines(chainId, report.withoutGenesis)) say(line);
  const line = keptRawLine(chainId, raw);
  if (line !== undefined) say(line);
}
