import { z } from 'zod';
import { defineCommand, option } from '../command.ts';
import type { Context } from '../context.ts';
import { withStore } from '../database.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { HEIGHTS_HELP, heightsSchema } from '../heights.ts';
import type { IndexedChain } from '../index-chain.ts';
import { chain, database, dataDir, json, quiet, source } from '../shared-options.ts';
import { grouped } from '../table.ts';

const heights = option(heightsSchema.optional(), {
  help: 'heights to index; none: all that the source has',
  value: 'A..B',
});
const workers = option(z.coerce.number().int().min(1).max(64).optional(), {
  help: 'threads that read and decode; none: one per core, at most four; over RPC always one',
  value: 'N',
});
const maxRps = option(z.coerce.number().positive().optional(), {
  help: 'over RPC: requests per second; none: as fast as the node answers, at most four at once',
  value: 'N',
});
const trust = option(z.boolean().default(false), {
  help: 'take the source for the same chain as the database has, although no common block proves it',
});

export const index = defineCommand({
  name: 'index',
  summary: 'write the blocks, txs and results of a source into the database; goes on where it was',
  details: HEIGHTS_HELP,
  options: z.object({ source, heights, chain, database, dataDir, workers, maxRps, trust, json, quiet }),
  run(options, context) {
    return withStore(options, async (store) => {
      // Loaded when needed: the decoders are most of the code, and --help should not wait for them.
      const { indexChain } = await import('../index-chain.ts');
      const { source: path, heights: asked, chain: expectedChain, ...rest } = options;
      const report = await indexChain({ ...rest, path, asked, expectedChain, store }, context);
      if (options.json) context.print(JSON.stringify(report));
      else tell(report, context);
      return exitCodeOf(report);
    });
  },
});

function exitCodeOf({ interrupted, missing }: IndexedChain): ExitCode {
  if (interrupted) return EXIT.interrupted;
  return missing.length > 0 ? EXIT.incomplete : EXIT.done;
}

function tell(report: IndexedChain, { print, say }: Context): void {
  const { chainId, range, heights, txs, rows, missing, interrupted } = report;
  const of = `${chainId} ${range.from}..${range.to}`;
  if (heights === 0 && !interrupted) print(`${of}: all of it was there already`);
  else print(`${of}: ${grouped(heights)} blocks, ${grouped(txs)} txs, ${grouped(rows)} rows written`);
  if (interrupted) say('interrupted; what is written stays, the same command goes on from here');
  for (const { from, to } of missing) say(`missing: ${from}..${to}; baleen gaps tells why`);
}
