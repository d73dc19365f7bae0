import { BaleenError } from '@baleen/chain';
import type { EncoderPool } from '@baleen/pipeline';
import type { Source } from '@baleen/source';
import { type JobPayload, queueName } from './job.ts';

/** A source, opened, and what its threads open for themselves. */
export interface OpenedSource {
  readonly paths: readonly string[];
  readonly source: Source;
}

/** With the threads that read it, kept from job to job. */
export interface CachedSource extends OpenedSource {
  readonly encoders: EncoderPool;
}

/** Opens what a command was given: each folder by itself, all RPC addresses as one; all of one chain. */
export type OpenSources = (sources: readonly string[]) => Promise<readonly OpenedSource[]>;

/** The sources that this process reads, each opened once, and again when a job goes beyond what it held then. */
export interface SourceCache {
  /** @throws BaleenError what opening throws; operator `JOBS_OTHER_CHAIN` */
  get(job: JobPayload, sources: readonly string[]): Promise<readonly CachedSource[]>;
  /** It failed: what it holds is looked at again next time. */
  drop(job: Pick<JobPayload, 'chainId' | 'source'>): void;
  /** Ends threads: of all sources but those of the queues named, which were used last. */
  rest(queues: readonly string[]): void;
  close(): Promise<void>;
}

export function createSourceCache(
  open: OpenSources,
  openEncoders: (opened: OpenedSource) => EncoderPool,
): SourceCache {
  const cached = new Map<string, readonly CachedSource[]>();
  const opening = new Map<string, Promise<readonly CachedSource[]>>();
  const drop: SourceCache['drop'] = (job) => {
    const name = queueName(job);
    for (const each of cached.get(name) ?? []) void closeCached(each);
    cached.delete(name);
  };
  const openAnew = async (job: JobPayload, sources: readonly string[]) => {
    const opened = await open(sources);
    checkChain(job, opened);
    drop(job);
    const fresh = opened.map((each) => ({ ...each, encoders: openEncoders(each) }));
    cached.set(queueName(job), fresh);
    return fresh;
  };
  return {
    async get(job, sources) {
      const name = queueName(job);
      const found = cached.get(name);
      if (found !== undefined && headOf(found) >= job.to) return found;
      // A job and a sweep may ask at the same time.
      const asked = opening.get(name) ?? openAnew(job, sources).finally(() => opening.delete(name));
      opening.set(name, asked);
      return asked;
    },
    drop,
    rest(queues) {
      for (const [name, all] of cached)
        if (!queues.includes(name)) for (const { encoders } of all) void encoders.rest();
    },
    async close() {
      await Promise.all([...cached.values()].flat().map(closeCached));
    },
  };
}

async function closeCached({ source, encoders }: CachedSource): Promise<void> {
  source.close();
  await encoders.close();
}

const headOf = (opened: readonly OpenedSource[]): number =>
  Math.max(...opened.map(({ source }) => source.info.head));

function checkChain(job: JobPayload, opened: readonly OpenedSource[]): void {
  const other = opened.map(({ source }) => source.info).find(({ chainId }) => chainId !== job.chainId);
  if (other === undefined) return;
  for (const { source } of opened) source.close();
  throw new BaleenError(
    'operator',
    'JOBS_OTHER_CHAIN',
    `open source ${job.source} for a job of ${job.chainId}: ${other.path} is of ${other.chainId}; give the source by this name another path (--source, --config)`,
  );
}
