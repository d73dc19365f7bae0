import type { ChainStatus } from '@baleen/store';
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { orNothing, withStore } from '../database.ts';
import { EXIT } from '../exit-codes.ts';
import { duration } from '../progress.ts';
import { chain, database, dataDir, json } from '../shared-options.ts';
import { grouped, oneLine, renderTable } from '../table.ts';

export const status = defineCommand({
  name: 'status',
  summary: 'per chain: what is there, the head and its lag, what failed',
  options: z.object({ database, dataDir, chain, json }),
  run(options, context) {
    return withStore(options, async (store) => {
      const chains = (await orNothing(store.status())).filter(
        ({ chainId }) => (options.chain ?? chainId) === chainId,
      );
      if (options.json) for (const each of chains) context.print(JSON.stringify(each));
      else printStatus(chains, context);
      return EXIT.done;
    });
  },
});

function printStatus(chains: readonly ChainStatus[], { print, say }: Context): void {
  if (chains.length === 0) {
    say('no chain here yet; next: baleen index SOURCE');
    return;
  }
  const headers = [
    'chain',
    'lineage',
    'head',
    'complete to',
    'heights',
    'with results',
    'head is from',
    'last write',
  ];
  const rows = chains.map((each) => [
    each.chainId,
    each.lineage,
    each.headHeight === undefined ? '' : grouped(each.headHeight),
    each.completeTo === undefined ? '' : grouped(each.completeTo),
    grouped(heightsOf(each, 'blocks')),
    grouped(heightsOf(each, 'results')),
    each.lagSeconds === undefined ? '' : `${duration(each.lagSeconds)} ago`,
    each.lastWrite?.toISOString().slice(0, 19) ?? '',
  ]);
  const right = 'right' as const;
  for (const line of renderTable(headers, rows, ['left', 'left', right, right, right, right, right]))
    print(line);
  for (const each of chains) {
    for (const { from, to, reason, attempts } of each.failed)
      print(`${each.chainId}: failed ${from}..${to} (${attempts} times): ${oneLine(reason)}`);
    if (each.missingIndexes.length > 0)
      print(`${each.chainId}: indexes still to be built: ${each.missingIndexes.join(', ')}`);
  }
}

const heightsOf = ({ ranges }: ChainStatus, kind: string): number =>
  ranges.reduce((sum, range) => (range.kind === kind ? sum + range.to - range.from + 1 : sum), 0);
