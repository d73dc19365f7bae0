import { BaleenError, type NodeRef } from '@baleen/chain';
import type { BlockSource, ChainSession, ThreadPool } from '@baleen/pipeline';
import { type JobPayload, queueName } from './job.ts';

/** Opens the sources of one chain. */
export type OpenSession = (refs: readonly NodeRef[]) => Promise<ChainSession>;

/** The open sources of one chain, with the threads that read each of them. They are kept from job to job. */
export interface CachedSession {
  readonly session: ChainSession;
  readonly threads: ReadonlyMap<BlockSource, ThreadPool>;
}

/** The sources that this process reads. Each is opened once, and opened again when a job needs heights above those that it had. */
export interface SourceCache {
  /** Returns the sources of a job, and opens them if need be.
   * @throws BaleenError the error of opening a source; operator `JOBS_OTHER_CHAIN`: the source is of another chain than the job */
  get(job: JobPayload, refs: readonly NodeRef[]): Promise<CachedSession>;
  /** Closes the sources of a job that failed, so that the next job opens them again. */
  drop(job: Pick<JobPayload, 'chainId' | 'source'>): void;
  /** Ends the threads of the sources of all queues except these. */
  rest(queues: readonly string[]): void;
  close(): Promise<void>;
}

/** @param workers  number of threads that read each source; undefined means the default */
export function createSourceCache(open: OpenSession, workers: number | undefined): SourceCache {
  const cached = new Map<string, CachedSession>();
  const opening = new Map<string, Promise<CachedSession>>();
  const drop: SourceCache['drop'] = (job) => {
    const name = queueName(job);
    const found = cached.get(name);
    if (found !== undefined) void closeCached(found);
    cached.delete(name);
  };
  const openAnew = async (job: JobPayload, refs: readonly NodeRef[]): Promise<CachedSession> => {
    const session = await open(refs);
    checkChain(job, session);
    drop(job);
    const threads = session.sources.map((source) => [source, session.openThreads(source, workers)] as const);
    const fresh = { session, threads: new Map(threads) };
    cached.set(queueName(job), fresh);
    return fresh;
  };
  return {
    async get(job, refs) {
      const name = queueName(job);
      const found = cached.get(name);
      if (found !== undefined && found.session.held.to >= job.to) return found;
      // A job and a sweep may need a source at the same time. It is opened once for both.
      const asked = opening.get(name) ?? openAnew(job, refs).finally(() => opening.delete(name));
      opening.set(name, asked);
      return asked;
    },
    drop,
    rest(queues) {
      for (const [name, { threads }] of cached)
        if (!queues.includes(name)) for (const pool of threads.values()) void pool.rest();
    },
    async close() {
      await Promise.all([...cached.values()].map(closeCached));
    },
  };
}

async function closeCached({ session, threads }: CachedSession): Promise<void> {
  session.close();
  await Promise.all([...threads.values()].map((pool) => pool.close()));
}

function checkChain(job: JobPayload, session: ChainSession): void {
  if (session.chainId === job.chainId) return;
  session.close();
  throw new BaleenError(
    'operator',
    'JOBS_OTHER_CHAIN',
    `open source ${job.source} for a job of ${job.chainId}: ${session.sources[0].info.path} is of ${session.chainId}; give the source by this name another path (--source, --config)`,
  );
}
