/** Tells the database how the work goes, for the views `workers` and `sources`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store, WorkerIdentity } from '@baleen/store';
import type { ChainWork } from './chain-work.ts';

const FIRST_REPORT_MS = 1_000;
const REPORT_MS = 5_000;
/** Longest wait for the last report when the database does not answer. */
const LAST_REPORT_MS = 2_000;

export interface Reporter {
  /** Sends the last report and removes the worker's row. Never throws. */
  end(): Promise<void>;
}

export interface Reported {
  readonly store: Pick<Store, 'reportWorker' | 'reportSources' | 'forgetWorker'>;
  readonly worker: WorkerIdentity;
  /** Chains that the process has worked on. */
  works(): readonly ChainWork[];
}

/** Sends a report. A failed report is dropped: the work itself notices a database that is gone, and the next report holds everything. */
export function startReporter(reported: Reported): Reporter {
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const plan = (ms: number): void => {
    timer = setTimeout(() => {
      running = report(reported)
        .catch(() => undefined)
        .then(() => timer && plan(REPORT_MS));
    }, ms).unref();
  };
  plan(FIRST_REPORT_MS);
  return {
    async end() {
      clearTimeout(timer);
      timer = undefined;
      const last = running.then(() => reportEnd(reported)).catch(() => undefined);
      await Promise.race([last, sleep(LAST_REPORT_MS, undefined, { ref: false })]);
    },
  };
}

async function report({ store, worker, works }: Reported): Promise<void> {
  const rssBytes = process.memoryUsage.rss();
  const all = works();
  if (all.length === 0) {
    const nothing = { heights: 0, rows: 0, bytes: 0, heightsPerSecond: 0 };
    await store.reportWorker({ worker, chainId: undefined, doing: 'waiting for work', rssBytes, ...nothing });
  }
  for (const work of all) {
    const { chainId, doing, heights, rows, bytes } = work;
    const heightsPerSecond = work.heightsPerSecond();
    await store.reportWorker({
      ...{ worker, chainId, doing, heights, rows, bytes, heightsPerSecond, rssBytes },
    });
    await store.reportSources(worker, chainId, work.sources());
  }
}

async function reportEnd({ store, worker, works }: Reported): Promise<void> {
  for (const work of works()) await store.reportSources(worker, work.chainId, work.sources());
  await store.forgetWorker(worker.workerId);
}
