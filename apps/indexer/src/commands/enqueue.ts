import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import { type Config, readConfig } from '../cli/config.ts';
import type { Context } from '../cli/context.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { HEIGHTS_HELP, heightsSchema } from '../cli/heights.ts';
import {
  chain,
  config,
  database,
  dataDir,
  header,
  json,
  quiet,
  redis,
  sources,
} from '../cli/shared-options.ts';
import { bringForward, withStore } from '../database.ts';
import type { EnqueuedChain } from '../jobs/enqueue-chain.ts';
import { grouped } from '../output/table.ts';

/** Heights per job: about two seconds of work, so that a worker that dies loses little and the queue stays small. */
const RANGE_SIZE = 500;

const heights = option(heightsSchema.optional(), {
  help: 'heights to enqueue; default: all that the source has',
  value: 'A..B',
});
const rangeSize = option(z.coerce.number().int().min(1).max(1_000_000).default(RANGE_SIZE), {
  help: `heights per job; default: ${RANGE_SIZE}`,
  value: 'N',
});
const name = option(z.string().min(1).optional(), {
  help: 'name by which workers know the source; default: the chain id',
  value: 'NAME',
});
const trust = option(z.boolean().default(false), {
  help: 'accept the source as the same chain as in the database although no common block proves it',
});

export const enqueue = defineCommand({
  name: 'enqueue',
  summary: 'cut the missing heights into jobs for workers and put them into the queue',
  details: `${HEIGHTS_HELP}

Enqueuing again changes nothing, except that failed ranges are tried again. Then start workers: baleen worker.`,
  options: z.object({
    source: sources,
    ...{ heights, rangeSize, name, config, header, chain, database, dataDir, redis, trust, json, quiet },
  }),
  run(options, context) {
    return withStore(options, async (store, { url }) => {
      const { enqueueChain } = await import('../jobs/enqueue-chain.ts');
      const { withQueues } = await import('../jobs/job-queues.ts');
      const { source: given, heights: asked, chain: expectedChain, redis, ...rest } = options;
      const chains = chainsNamed(given, readConfig(options.config));
      await bringForward(store, context.say);
      await withQueues({ redis, databaseUrl: url }, store, context, async (queues) => {
        for (const each of chains) {
          const named = { ...rest, asked, expectedChain, ...each };
          tell(await enqueueChain(named, store, queues, context), options.json, context);
        }
      });
      return EXIT.done;
    });
  },
});

/** Groups the sources by chain: each chain that the configuration names is one group, all other sources are one chain together. */
function chainsNamed(given: readonly string[], { chains }: Config): { name?: string; sources: string[] }[] {
  const others = given.filter((each) => !chains.has(each));
  const configured = given.flatMap((name) => {
    const sources = chains.get(name);
    return sources === undefined ? [] : [{ name, sources: [...sources], expectedChain: name }];
  });
  return others.length === 0 ? configured : [...configured, { sources: others }];
}

function tell(enqueued: EnqueuedChain, asJson: boolean, { print }: Context): void {
  const { chainId, range, jobs, heights } = enqueued;
  const of = `${chainId} ${range.from}..${range.to}`;
  if (asJson) print(JSON.stringify(enqueued));
  else if (jobs === 0) print(`${of}: all of it is there already`);
  else print(`${of}: ${grouped(heights)} blocks to write, in ${grouped(jobs)} jobs`);
}
