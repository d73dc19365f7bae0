import { BaleenError, type BlockRange } from '@baleen/chain';
import { z } from 'zod';

/** The payload of a job: heights of a chain, and the name of the source to read. Each host has its own address for the source of that
 * name. */
export const jobPayload = z
  .strictObject({
    chainId: z.string().min(1),
    source: z.string().min(1),
    from: z.int().min(1),
    to: z.int(),
  })
  .refine(({ from, to }) => from <= to, 'expected from <= to');

export type JobPayload = z.output<typeof jobPayload>;

/** Checks the payload of a job.
 * @throws BaleenError data `JOBS_PAYLOAD`: another program, or another version, put the job there */
export function readPayload(data: unknown): JobPayload {
  const parsed = jobPayload.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new BaleenError(
    'data',
    'JOBS_PAYLOAD',
    `read job: expected {chainId, source, from, to}, found ${JSON.stringify(data)}: ${z.prettifyError(parsed.error)}`,
  );
}

/** Returns the name of the queue for the jobs of one chain that read one source. A worker only takes jobs from queues whose source it has.
 * BullMQ allows no colon in the name. */
export const queueName = ({ chainId, source }: Pick<JobPayload, 'chainId' | 'source'>): string =>
  `${encodeURIComponent(chainId)}/${encodeURIComponent(source)}`;

/** Returns the id of the job for a range. A range has a single job per queue, however often it is enqueued. */
export const jobId = ({ from, to }: BlockRange): string => `${from}-${to}`;

/** Number of tries after which the queue drops a job. The sweep of a worker adds it again when its next try is due. The waits between tries
 * double, so that an endpoint may be down for four minutes before the queue drops a job. */
export const ATTEMPTS = 8;

/** Returns the milliseconds to wait after the `tries`-th failed try of a job. */
export const backoffMs = (firstMs: number, tries: number): number => firstMs * 2 ** (tries - 1);

/** BullMQ's highest number, which is the lowest priority. */
const LAST_PRIORITY = 2_097_151;

/** Cuts a range at multiples of `size`. The cuts, and so the jobs' ids, are the same whichever part of the range is asked for again. */
export function* cutRange(range: BlockRange, size: number): Generator<BlockRange> {
  for (let from = range.from; from <= range.to; ) {
    const to = Math.min(range.to, Math.ceil(from / size) * size);
    yield { from, to };
    from = to + 1;
  }
}

/** Returns the pieces into which `cutRange` cuts `range`, as far as they share a height with one of `parts`. Each is returned once. */
export function cutsTouching(range: BlockRange, size: number, parts: readonly BlockRange[]): BlockRange[] {
  const cuts = new Map<string, BlockRange>();
  for (const part of parts) {
    const first = Math.max(range.from, (Math.ceil(part.from / size) - 1) * size + 1);
    const last = Math.min(range.to, Math.ceil(part.to / size) * size);
    for (const cut of cutRange({ from: first, to: last }, size)) cuts.set(jobId(cut), cut);
  }
  return [...cuts.values()];
}

/** Returns the priority of a job; 1 comes first. Newer heights come before older ones, counted from the upper end of the enqueued range. */
export const priorityOf = (cut: BlockRange, asked: BlockRange, size: number): number =>
  Math.min(LAST_PRIORITY, 1 + Math.ceil(asked.to / size) - Math.ceil(cut.to / size));
