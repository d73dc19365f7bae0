/** Reports what a long-running command does: to the database (`baleen status`), to Prometheus, and to health probes. */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChainStatus, Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import { type ChainWork, createChainWork } from './chain-work.ts';
import type { ListenAddress } from './listen-address.ts';
import type { Facts } from './metric-table.ts';
import { readinessOf } from './readiness.ts';
import { startReporter } from './reporter.ts';
import { type MetricsServer, startServer } from './server.ts';

export interface TelemetryOptions {
  /** `index`, `follow`, `worker`. */
  readonly command: string;
  readonly store: Store;
  /** Address on which metrics are served; undefined if no server is started. */
  readonly metrics?: ListenAddress | undefined;
  /** Largest lag of a chain, in seconds, with which /readyz still answers 200. */
  readonly readyLag?: number | undefined;
  /** Jobs in the queue by state. */
  readonly jobCounts?: () => Promise<Readonly<Record<string, number>>>;
}

export interface Telemetry {
  /** The counters of a chain; the same object each time. */
  chain(chainId: string): ChainWork;
  /** Sends the last report and closes the server. Never throws. */
  end(): Promise<void>;
}

/** Runs `work`, and ends the telemetry however it ends.
 *
 * @throws BaleenError operator `CLI_METRICS_PORT`; what `work` throws */
export async function withTelemetry<T>(
  options: TelemetryOptions,
  context: Context,
  work: (telemetry: Telemetry) => Promise<T>,
): Promise<T> {
  const telemetry = await startTelemetry(options, context);
  try {
    return await work(telemetry);
  } finally {
    await telemetry.end();
  }
}

/** @throws BaleenError operator `CLI_METRICS_PORT` */
export async function startTelemetry(options: TelemetryOptions, context: Context): Promise<Telemetry> {
  const works = new Map<string, ChainWork>();
  const server = options.metrics && (await serve(options.metrics, options, works));
  if (server !== undefined) context.say(`metrics: ${server.url}/metrics`);
  const startedAt = new Date();
  const { pid } = process;
  const workerId = `${hostname()}:${pid}:${startedAt.getTime().toString(36)}`;
  const reporter = startReporter({
    store: options.store,
    worker: { workerId, host: hostname(), pid, command: options.command, startedAt },
    works: () => [...works.values()],
  });
  return {
    chain(chainId) {
      const known = works.get(chainId) ?? createChainWork(chainId);
      works.set(chainId, known);
      return known;
    },
    async end() {
      await reporter.end();
      await server?.close();
    },
  };
}

async function serve(
  address: ListenAddress,
  { store, readyLag = READY_LAG_SECONDS, jobCounts }: TelemetryOptions,
  works: ReadonlyMap<string, ChainWork>,
): Promise<MetricsServer> {
  const { createExposition } = await import('./exposition.ts');
  const exposition = createExposition();
  const statusOf = createStatusReader(store);
  const chainsWorkedOn = async (): Promise<readonly ChainStatus[] | undefined> =>
    (await statusOf())?.filter(({ chainId }) => works.has(chainId));
  return startServer(address, {
    async metrics() {
      const jobs = await inTime(jobCounts?.() ?? Promise.resolve({}));
      const facts: Facts = { works: [...works.values()], chains: await chainsWorkedOn(), jobs: jobs ?? {} };
      return { contentType: exposition.contentType, text: await exposition.text(facts) };
    },
    readiness: async () => readinessOf([...works.keys()], await chainsWorkedOn(), readyLag),
  });
}

const READY_LAG_SECONDS = 60;
/** Longest wait for the database in a probe: a probe must report a database that hangs, and not hang with it. */
const ANSWER_MS = 3_000;
/** Probes and scrapes within this time share one query, so that many of them do not load the database. */
const SHARED_MS = 1_000;

function createStatusReader(store: Store): () => Promise<ChainStatus[] | undefined> {
  let shared: { readonly at: number; readonly answer: Promise<ChainStatus[] | undefined> } | undefined;
  return () => {
    if (shared === undefined || Date.now() - shared.at > SHARED_MS)
      shared = { at: Date.now(), answer: inTime(store.status()) };
    return shared.answer;
  };
}

/** Awaits the rows of a query; undefined if it failed or took too long. */
const inTime = <T>(work: Promise<T>): Promise<T | undefined> =>
  Promise.race([work.catch(() => undefined), sleep(ANSWER_MS, undefined, { ref: false })]);
