/** Runs `baleen worker`: opens the sources, reports to the database and to Prometheus, takes jobs from the queue until stopped. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { BaleenError, type GivenApplication } from '@baleen/chain';
import { runWorker, timingOf, type WorkerOptions, type WorkerReport } from '@baleen/jobs';
import { ChainSession, openSources, type ReadLimits } from '@baleen/pipeline';
import { type Headers, parseSources, withoutSecrets } from '@baleen/source';
import type { Store } from '@baleen/store';
import { readConfig } from '../cli/config.ts';
import type { Context } from '../cli/context.ts';
import { bringForward, useStore } from '../database.ts';
import type { ListenAddress } from '../metrics/listen-address.ts';
import { type Telemetry, withTelemetry } from '../metrics/telemetry.ts';
import { withQueues } from './job-queues.ts';

export interface WorkOptions {
  /** `NAME=SOURCE` or `SOURCE`. */
  readonly source: readonly string[];
  readonly config?: string | undefined;
  readonly concurrency: number;
  readonly drain: boolean;
  readonly lease: number;
  readonly workers?: number | undefined;
  readonly maxRps?: number | undefined;
  readonly crossCheck: boolean;
  /** For requests over RPC to the sources named here, by name. */
  readonly header: Headers;
  /** What the user says of the application. */
  readonly given: GivenApplication;
  readonly redis?: string | undefined;
  readonly databaseUrl: string;
  readonly quiet: boolean;
  readonly metrics?: ListenAddress | undefined;
  readonly readyLag?: number | undefined;
}

export function workOn(options: WorkOptions, context: Context): Promise<WorkerReport> {
  const holder = nameOfProcess();
  return useStore(options.databaseUrl, (store) => workIn(options, holder, store, context), { holder });
}

/** Unique per process, also for containers that share a host name and a process id. */
const nameOfProcess = (): string =>
  `${hostname().slice(0, 30)}:${process.pid}:${randomBytes(3).toString('hex')}`;

async function workIn(
  options: WorkOptions,
  holder: string,
  store: Store,
  context: Context,
): Promise<WorkerReport> {
  await bringForward(store, context.say);
  const sources = await namedSources(options, context);
  return withQueues(options, store, context, (queues) => {
    if (!options.quiet) context.say(`jobs in ${queues.where}; ${shown(sources)}`);
    const jobCounts = async (): Promise<Record<string, number>> => ({ ...(await queues.depth()) });
    return withTelemetry({ ...options, command: 'worker', store, jobCounts }, context, (telemetry) =>
      run(options, { holder, sources, store, queues }, telemetry, context),
    );
  });
}

function run(
  options: WorkOptions,
  place: Pick<WorkerOptions, 'holder' | 'sources' | 'store' | 'queues'>,
  telemetry: Telemetry,
  { signal, say }: Context,
): Promise<WorkerReport> {
  const { concurrency, drain, workers, quiet } = options;
  return runWorker({
    ...place,
    ...{ concurrency, drain, signal, say },
    timing: timingOf(options.lease),
    async openSession(refs) {
      const session = await ChainSession.open(refs, {
        ...{ store: place.store, limits: limitsOf(options), signal, command: 'worker' },
        trust: false,
      });
      // The chain was prepared when it was enqueued.
      await session.recall();
      return session;
    },
    workers,
    headers: options.header,
    walk: (info) => telemetry.chain(info.chainId).walk(info),
    onDone({ chainId, from, to }) {
      if (!quiet) say(`${chainId} ${from}..${to}: all of it is there`);
    },
  });
}

const limitsOf = ({ maxRps, crossCheck, given }: WorkOptions): ReadLimits => ({
  ...{ maxRps, crossCheck },
  application: given,
});

/** Opens each source once at the start, so that a wrong name or address is reported at once and not with its first job. */
async function namedSources(options: WorkOptions, { say }: Context): Promise<Map<string, readonly string[]>> {
  const named = new Map(readConfig(options.config).chains);
  for (const given of options.source) {
    const { name, source } = split(given);
    const key = name ?? (await chainOf([source], options));
    named.set(key, [...(named.get(key) ?? []), source]);
  }
  for (const sources of named.values()) {
    try {
      await chainOf(sources, options);
    } catch (error) {
      if (!(error instanceof BaleenError) || error.kind !== 'source') throw error;
      say(`${error.message}; going on when it is back`);
    }
  }
  return named;
}

/** `archive=/data/terra`; a path or an address that holds a `=` itself has a `/` or a `:` before it. */
function split(given: string): { name: string | undefined; source: string } {
  const match = /^([^=/:]+)=(.+)$/.exec(given);
  return match === null ? { name: undefined, source: given } : { name: match[1], source: match[2]! };
}

async function chainOf(sources: readonly string[], options: WorkOptions): Promise<string> {
  const opened = await openSources(parseSources(sources, options.header), {
    limits: limitsOf(options),
    command: 'worker',
  });
  for (const source of opened) source.close();
  return opened[0].info.chainId;
}

function shown(sources: ReadonlyMap<string, readonly string[]>): string {
  if (sources.size === 0) return 'no source was named here: doing those over RPC that enqueue has named';
  return `sources: ${[...sources].map(([name, places]) => `${name} (${places.map(withoutSecrets).join(', ')})`).join(', ')}`;
}
