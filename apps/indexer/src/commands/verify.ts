import type { VerifyReport } from '@baleen/pipeline';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { descriptors, givenApplication } from '../cli/given-application.ts';
import { HEIGHTS_HELP, heightsSchema } from '../cli/heights.ts';
import { database, dataDir, json, quiet, storedChainId } from '../cli/shared-options.ts';
import { bringForward, withStore } from '../database.ts';
import { createProgress } from '../output/progress.ts';

const heights = option(heightsSchema.optional(), {
  help: 'heights to verify; default: all that are stored, and whether rows stand outside of them',
  value: 'A..B',
});
const signatures = option(z.boolean().default(false), {
  help: 'also verify the signatures of the commits, and that more than 2/3 of the power signed',
});
const trust = option(
  z
    .string()
    .regex(/^[1-9]\d{0,15}:[0-9a-fA-F]{64}$/, 'expected HEIGHT:HASH, the hash as 64 hexadecimal digits')
    .transform((text) => {
      const [height, hash] = text.split(':');
      return { height: Number(height), hash: hash!.toLowerCase() };
    })
    .optional(),
  {
    help: 'the hash of a block that you know from elsewhere; the headers from the verified heights to it are verified, too',
    value: 'HEIGHT:HASH',
    isTypedOnly: true,
  },
);
const workers = option(z.coerce.number().int().min(1).max(64).optional(), {
  help: 'threads that read, decode and compare; default: one per core, at most four',
  value: 'N',
});

export const verify = defineCommand({
  name: 'verify',
  summary: 'prove from the stored rows alone that they are what the chain wrote and what was indexed',
  details: `Reads each block back from its rows, makes every hash of its header, its parts and the next header anew, decodes its txs
anew, makes the rows of all tables of facts again and compares them with the stored ones. What no hash of the chain covers (events,
logs, gas before 0.34, …) has a digest of Baleen's own, made when the block was indexed. The application's state is not verified
here: it was checked against the app hash when it was read, and that hash can't be made of the rows. Nor are the ledger (ranges), which
says what there is to verify, and the counters of undecoded.
Exit code 1: something is not as it was indexed (heights and field of each fault are printed); 4: a part can't be verified, as it is missing or
of an older version. The view verifications keeps the outcome.

${HEIGHTS_HELP}
  baleen verify --heights 4724000.. --signatures`,
  options: z.object({
    heights,
    signatures,
    trust,
    chain: storedChainId,
    workers,
    descriptors,
    database,
    dataDir,
    json,
    quiet,
  }),
  run(options, context) {
    return withStore(options, async (store, { url }): Promise<ExitCode> => {
      await bringForward(store, context.say);
      const given = await givenApplication({ application: [], descriptors: options.descriptors });
      const { verifyStored } = await import('../verify/verify-stored.ts');
      const progress = createProgress('blocks', context);
      try {
        const report = await verifyStored({
          ...options,
          store,
          ...{ databaseUrl: url, asked: options.heights, signal: context.signal },
          descriptors: given.descriptors,
          onProgress: ({ heights, totalHeights }) =>
            options.quiet || progress.update({ done: heights, total: totalHeights }),
        });
        progress.end();
        await tell(report, options, context);
        return exitCodeOf(report);
      } finally {
        progress.end();
      }
    });
  },
});

async function tell(
  report: VerifyReport,
  options: { readonly json: boolean; readonly signatures: boolean },
  context: Context,
): Promise<void> {
  const { verifyLines } = await import('../verify/verify-text.ts');
  if (options.json) context.print(JSON.stringify(report));
  else await context.printAll(verifyLines(report, options.signatures));
}

function exitCodeOf({ faultCount, interrupted, missing, notCompared, untied }: VerifyReport): ExitCode {
  if (faultCount > 0) return EXIT.dataDisagree;
  if (interrupted) return EXIT.interrupted;
  return missing.length + notCompared.length + untied.length > 0 ? EXIT.incomplete : EXIT.done;
}
