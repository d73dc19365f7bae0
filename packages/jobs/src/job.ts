import { BaleenError, type BlockRange } from '@baleen/chain';
import { z } from 'zod';

/** What a job says: which heights of which chain, and the name of the source to read. Where the source is, each host knows. */
export const jobPayload = z
  .strictObject({
    chainId: z.string().min(1),
    source: z.string().min(1),
    from: z.int().min(1),
    to: z.int(),
  })
  .refine(({ from, to }) => from <= to, 'expected from <= to');

export type JobPayload = z.output<typeof jobPayload>;

/** @throws BaleenError data `JOBS_PAYLOAD`: another program, or another version, put the job there */
export function readPayload(data: unknown): JobPayload {
  const parsed = jobPayload.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new BaleenError(
    'data',
    'JOBS_PAYLOAD',
    `read job: expected {chainId, source, from, to}, found ${JSON.stringify(data)}: ${z.prettifyError(parsed.error)}`,
  );
}

/** Jobs of one chain that read one source. A worker asks only queues whose source it has. Neither Redis' keys nor BullMQ
 * allow a colon. */
export const queueName = ({ chainId, source }: Pick<JobPayload, 'chainId' | 'source'>): string =>
  `${encodeURIComponent(chainId)}/${encodeURIComponent(source)}`;

/** One job per range and queue, however often it is asked for. */
export const jobId = ({ from, to }: BlockRange): string => `${from}-${to}`;

/** Tries before the queue gives a job up; the workers' sweep brings it back when its next try is due. With the doubling
 * waits between them this is four minutes of an endpoint that is down. */
export const ATTEMPTS = 8;

/** How long after its n-th failed try a job is tried again. */
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

/** The cuts of `range` that touch one of `parts`, once each. */
export function cutsTouching(range: BlockRange, size: number, parts: readonly BlockRange[]): BlockRange[] {
  const cuts = new Map<string, BlockRange>();
  for (const part of parts) {
    const first = Math.max(range.from, (Math.ceil(part.from / size) - 1) * size + 1);
    const last = Math.min(range.to, Math.ceil(part.to / size) * size);
    for (const cut of cutRange({ from: first, to: last }, size)) cuts.set(jobId(cut), cut);
  }
  return [...cuts.values()];
}

/** The head first, backfill behind it: 1 is the job at the upper end of what was asked for. */
export const priorityOf = (cut: BlockRange, asked: BlockRange, size: number): number =>
  Math.min(LAST_PRIORITY, 1 + Math.ceil(asked.to / size) - Math.ceil(cut.to / size));
