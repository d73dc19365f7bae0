import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { orNothing, withStore } from '../database.ts';
import { EXIT } from '../exit-codes.ts';
import { chain, database, dataDir, json } from '../shared-options.ts';
import { renderTable } from '../table.ts';

export const gaps = defineCommand({
  name: 'gaps',
  summary: 'ranges of heights that are missing, and why',
  options: z.object({ database, dataDir, chain, json }),
  run(options, { print, say }) {
    return withStore(options, async (store) => {
      const found = (await orNothing(store.gaps())).filter(
        ({ chainId }) => (options.chain ?? chainId) === chainId,
      );
      if (options.json) {
        for (const gap of found) print(JSON.stringify(gap));
      } else if (found.length === 0) {
        say('nothing is missing');
      } else {
        const rows = found.map((gap) => [
          gap.chainId,
          gap.kind,
          String(gap.from),
          String(gap.to),
          gap.reason,
        ]);
        const align = ['left', 'left', 'right', 'right'] as const;
        for (const line of renderTable(['chain', 'kind', 'from', 'to', 'reason'], rows, align)) print(line);
      }
      return EXIT.done;
    });
  },
});
