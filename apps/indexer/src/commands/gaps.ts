import type { Gap } from '@baleen/store';
import { z } from 'zod';
import { defineCommand } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { chain, database, dataDir, json } from '../cli/shared-options.ts';
import { orNothing, withStore } from '../database.ts';
import { renderTable } from '../output/table.ts';
import { type Shown, watch, watchEvery } from '../status/watch.ts';

export const gaps = defineCommand({
  name: 'gaps',
  summary: 'list ranges of heights that are missing, and why',
  options: z.object({ database, dataDir, chain, json, watch }),
  run(options, context) {
    return withStore(options, async (store) => {
      const look = async (): Promise<Shown> => {
        const found = (await orNothing(store.gaps(), store)).filter(
          ({ chainId }) => (options.chain ?? chainId) === chainId,
        );
        return { lines: options.json ? found.map((gap) => JSON.stringify(gap)) : linesOf(found, context) };
      };
      if (options.watch !== undefined) return watchEvery(options.watch, look, context);
      await context.printAll((await look()).lines);
      return EXIT.done;
    });
  },
});

function linesOf(gaps: readonly Gap[], { say }: Context): string[] {
  if (gaps.length === 0) {
    say('nothing is missing');
    return [];
  }
  const rows = gaps.map(({ chainId, kind, from, to, reason }) => [
    ...[chainId, kind, String(from), String(to), reason],
  ]);
  return renderTable(['chain', 'kind', 'from', 'to', 'reason'], rows, ['left', 'left', 'right', 'right']);
}
