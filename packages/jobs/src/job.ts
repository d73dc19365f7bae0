import { BaleenError, type BlockRange } from '@baleen/chain';
import { z } from 'zod';

/** Payload of a job: heights of a chain, and the name of the source to read. Each host knows where the source of that name is. */
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

/** Name of the queue with the jobs of one chain that read one source. A worker takes jobs only from queues whose source it has. BullMQ
 * allows no colon in the name. */
export const queueName = ({ chainId, source }: Pick<JobPayload, 'chainId' | 'source'>): string =>
  `${encodeURIComponent(chainId)}/${encodeURIComponent(source)}`;

/** Id of a job: a range has one job per queue, however often it is enqueued. */
export const jobId = ({ from, to }: BlockRange): string => `${from}-${to}`;

/** Tries before the queue drops a job; the sweep of a worker puts it back when its next try is due. The waits between tries double, so
 * that an endpoint may be down for four minutes before the queue drops a job. */
export const ATTEMPTS = 8;

/** Milliseconds from the n-th failed try of a job to the next. */
export const backoffMs = (firstMs: number, tries: number): number => firstMs * 2 ** (tries - 1);

/** BullMQ's highest number, which is the lowest priority. */
const LAST_PRIORITY = 2_097_151;

/** Cuts a range at multiples of `size`: the same cuts whatever part of it is asked for again, so the same ids. */
export function* cutRange(range: BlockRange, size: number): Generator<BlockRange> {
  for (let from = range.from; from <= range.to; ) {
    const to = Math.min(range.to, Math.ceil(from / size) * size);
    yield { from, to };
    from = to + 1;
  }
}

/** The cuts that `cutRange` makes of `range` and that share a height with one of `parts`. Each comes once. */
export function cutsTouching(range: BlockRange, size: number, parts: readonly BlockRange[]): BlockRange[] {
  const cuts = new Map<string, BlockRange>();
  for (const part of parts) {
    const first = Math.max(range.from, (Math.ceil(part.from / size) - 1) * size + 1);
    const last = Math.min(range.to, Math.ceil(part.to / size) * size);
    for (const cut of cutRange({ from: first, to: last }, size)) cuts.set(jobId(cut), cut);
  }
  return [...cuts.values()];
}

/** Priority of a job, 1 first: newer heights before older ones, counted from the upper end of the range that was enqueued. */
export const priorityOf = (cut: BlockRange, asked: BlockRange, size: number): number =>
  Math.min(LAST_PRIORITY, 1 + Math.ceil(asked.to / size) - Math.ceil(cut.to / size));
