import type { ChainStatus, Store, WorkerStatus } from '@baleen/store';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { secondsSchema } from '../cli/seconds.ts';
import { chain, database, dataDir, json } from '../cli/shared-options.ts';
import { orNothing, withStore } from '../database.ts';
import { FAIL_LAG_HELP, lagAlarms } from '../status/lag-alarm.ts';
import { statusLine, statusLines } from '../status/status-text.ts';
import { type Shown, watch, watchEvery } from '../status/watch.ts';

const failLag = option(secondsSchema.optional(), {
  help: 'exit with 4 if a chain lags by more than this, or a range is missing or failed; see below',
  value: 'TIME',
});

export const status = defineCommand({
  name: 'status',
  summary: 'print per chain what is indexed, the head and its lag, failures, workers and their rate',
  details: FAIL_LAG_HELP,
  options: z.object({ database, dataDir, chain, json, watch, failLag }),
  run(options, context) {
    return withStore(options, async (store) => {
      const look = async (): Promise<Shown> => {
        const found = await readState(store, options.chain);
        const alarms = options.failLag === undefined ? [] : lagAlarms(found.chains, options.failLag);
        for (const alarm of alarms) context.say(alarm);
        return {
          lines: linesOf(found, options, context),
          end: alarms.length > 0 ? EXIT.incomplete : undefined,
        };
      };
      if (options.watch !== undefined) return watchEvery(options.watch, look, context);
      const { lines, end } = await look();
      await context.printAll(lines);
      return end ?? EXIT.done;
    });
  },
});

interface State {
  readonly chains: readonly ChainStatus[];
  /** Workers that are running no job at the moment. */
  readonly waiting: readonly WorkerStatus[];
}

async function readState(store: Store, chainId: string | undefined): Promise<State> {
  const all = await orNothing(store.status(), store);
  const waiting = await orNothing(store.waitingWorkers(), store);
  return { chains: all.filter((each) => (chainId ?? each.chainId) === each.chainId), waiting };
}

function linesOf(
  { chains, waiting }: State,
  { json, watch }: { readonly json: boolean; readonly watch?: number | undefined },
  { say, isOutputTerminal }: Context,
): string[] {
  if (json) return chains.map((each) => JSON.stringify(each));
  if (chains.length === 0 && waiting.length === 0) {
    say('no chain here yet; next: baleen index SOURCE');
    return [];
  }
  if (watch !== undefined && !isOutputTerminal) return chains.map((each) => statusLine(each, new Date()));
  return statusLines(chains, waiting);
}
