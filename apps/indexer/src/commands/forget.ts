import { type BlockRange, countHeights } from '@baleen/chain';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { HEIGHTS_HELP, heightsSchema } from '../cli/heights.ts';
import { database, dataDir } from '../cli/shared-options.ts';
import { bringForward, withStore } from '../database.ts';

export const forget = defineCommand({
  name: 'forget',
  summary: 'remove a chain, or a range of its blocks, from the database',
  options: z.object({
    database,
    dataDir,
    chain: option(z.string(), { help: 'id of the chain to remove', value: 'ID' }),
    heights: option(heightsSchema.optional(), {
      help: 'only these heights; the state and the genesis stay. Default: all of the chain',
      value: 'A..B',
    }),
  }),
  details: `${HEIGHTS_HELP}\n\nIf it is interrupted, run it again: it goes on from there.`,
  run({ chain, heights, ...options }, { say, signal }) {
    return withStore(options, async (store) => {
      let blocks = 0;
      const onForgotten = (gone: BlockRange): void => void (blocks += countHeights([gone]));
      const range = heights && { from: heights.from ?? 0, to: heights.to ?? Number.MAX_SAFE_INTEGER };
      await bringForward(store, say);
      const isWhole = await store.forget(chain, { range, onForgotten, signal });
      if (!isWhole) {
        say(`${chain}: interrupted, ${blocks} blocks removed; run it again to go on`);
        return EXIT.interrupted;
      }
      say(`${chain}: ${blocks} blocks removed${range === undefined ? ', and all else of the chain' : ''}`);
      return EXIT.done;
    });
  },
});
