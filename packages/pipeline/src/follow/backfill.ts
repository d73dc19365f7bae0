import { setTimeout as sleep } from 'node:timers/promises';
import { type BlockRange, countHeights, intersection, merged, type SourceRef, without } from '@baleen/chain';
import type { SourceInfo } from '@baleen/source';
import { mayPass, type Store } from '@baleen/store';
import { missingRanges } from '../missing-ranges.ts';
import { indexRanges, type ReadLimits } from '../walk/index-ranges.ts';
import { openBlocks } from '../walk/open-blocks.ts';
import { openOrAbort } from './open-or-abort.ts';
import type { FollowHooks } from './progress.ts';
import { isGone, orReopened } from './reopened.ts';
import type { RetryPolicy } from './retry-policy.ts';

export type BackfillOrder = 'newest-first' | 'oldest-first';

/** Heights after which the threads open their source anew: a view of a live directory keeps files that the node has deleted. */
const CHUNK_HEIGHTS = 20_000;

/** Until a node that is behind is asked again. */
const BEHIND_MS = 1_000;

/** Heights of a piece, taken in order; the newest pieces are written minutes before the oldest. */
const PIECE_HEIGHTS = 500;

export interface BackfillOptions {
  /** Sources of the chain; earlier ones are read first. */
  readonly sources: readonly SourceRef[];
  readonly limits: ReadLimits;
  readonly store: Store;
  readonly chainId: string;
  readonly order: BackfillOrder;
  readonly workers?: number | undefined;
  readonly signal: AbortSignal;
  readonly retries: RetryPolicy;
  /** Called for each source that is read. */
  readonly walk: (info: SourceInfo) => FollowHooks;
  readonly say: (line: string) => void;
}

/** Heights behind the head. */
export interface Backfill {
  /** Heights to look at; what is there already is left. */
  add(range: BlockRange): void;
  /** Heights that were found missing so far, and those of them that are written. */
  readonly total: number;
  readonly done: number;
  /** Whether nothing is left to write. */
  readonly isDone: boolean;
  /** Works until the signal is aborted; waits when there is nothing to do.
   * @param onIdle  after something was done and nothing is left
   * @throws BaleenError of the source, the decoder and the store, of what will not pass */
  run(onIdle: () => void): Promise<void>;
}

export const createBackfill = (options: BackfillOptions): Backfill => new Filler(options);

class Filler implements Backfill {
  private readonly options: BackfillOptions;
  private wanted: readonly BlockRange[] = [];
  private wake: () => void = () => undefined;
  /** Heights that a source can't give for good: they are asked of the others. */
  private readonly faulty = new Map<SourceRef, BlockRange[]>();
  total = 0;
  done = 0;

  constructor(options: BackfillOptions) {
    this.options = options;
    options.signal.addEventListener('abort', () => this.wake());
  }

  get isDone(): boolean {
    return this.wanted.length === 0 || (this.total > 0 && this.done >= this.total);
  }

  add(range: BlockRange): void {
    if (range.from > range.to) return;
    this.wanted = merged([...this.wanted, range]);
    this.wake();
  }

  async run(onIdle: () => void): Promise<void> {
    const { signal, retries } = this.options;
    while (!signal.aborted) {
      if (this.wanted.length === 0) {
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      if (await retries.attempt(() => this.step())) continue;
      this.total = this.done;
      if (this.wanted.length === 0) onIdle();
      else await sleep(BEHIND_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** false: no place has anything of what was wanted.
   * @throws what was met at a place that may have it, when no other has */
  private async step(): Promise<boolean> {
    const { sources, chainId, signal } = this.options;
    // More may be added meanwhile.
    const looked = this.wanted;
    let highest = 0;
    const failures: unknown[] = [];
    for (const ref of sources) {
      try {
        const info = await describe(ref, this.options);
        // The head's reader finds another chain at the address, too, and decides what follows from it.
        if (info.chainId !== chainId) continue;
        highest = Math.max(highest, info.head);
        if (await this.fillFrom({ ref, info }, looked)) return true;
      } catch (error) {
        // A folder that is gone has nothing.
        if (isGone(error) && sources.length > 1) continue;
        const failure = orReopened(error);
        if (signal.aborted || !mayPass(failure)) throw failure;
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw failures[0];
    // What no place has yet may be on a node that is a block behind: an address may stand for several.
    this.forget([{ from: 0, to: highest }]);
    return false;
  }

  /** false: the place has nothing of it. */
  private async fillFrom(source: OpenedSource, looked: readonly BlockRange[]): Promise<boolean> {
    const faulty = merged(this.faulty.get(source.ref) ?? []);
    const all = await missingOf(source.info, looked, this.options);
    const missing = all.flatMap((range) => without(range, faulty));
    if (missing.length === 0) return false;
    this.total = this.done + countHeights(missing);
    const chunk = piecesOf(missing, this.options.order);
    const faults = await fill(source, chunk, this.options, (heights) => (this.done += heights));
    this.faulty.set(source.ref, [...faulty, ...faults]);
    const done = chunk.flatMap((range) => without(range, merged(faults)));
    if (!this.options.signal.aborted) this.forget(done);
    return true;
  }

  private forget(ranges: readonly BlockRange[]): void {
    this.wanted = this.wanted.flatMap((range) => without(range, merged(ranges)));
  }
}

/** A source, and what it held when it was opened last. */
interface OpenedSource {
  readonly ref: SourceRef;
  readonly info: SourceInfo;
}

async function fill(
  source: OpenedSource,
  ranges: readonly BlockRange[],
  { workers, store, chainId, signal, walk, limits, say }: BackfillOptions,
  onHeights: (heights: number) => void,
): Promise<BlockRange[]> {
  const hooks = walk(source.info);
  try {
    const { faults } = await indexRanges({
      ...{ source, limits, store, chainId, signal, ranges, workers },
      onWritten(written) {
        onHeights(written.range.to - written.range.from + 1);
        hooks.onWritten(written);
      },
      onEndpoints: (endpoints) => hooks.onEndpoints(endpoints),
    });
    for (const { message } of faults) say(`backfill: ${message}; going on without this height`);
    return faults.map(({ height = 0 }) => ({ from: height, to: height }));
  } finally {
    hooks.end();
  }
}

/** As it is now: what the node has pruned meanwhile is not asked for. */
async function describe(ref: SourceRef, { limits, signal }: BackfillOptions): Promise<SourceInfo> {
  using source = await openOrAbort(openBlocks(ref, limits), signal);
  return source.info;
}

/** What the place has and the database has not; heights whose blocks and heights whose results are missing stay apart. */
async function missingOf(
  info: SourceInfo,
  wanted: readonly BlockRange[],
  { store }: BackfillOptions,
): Promise<BlockRange[]> {
  const missing: BlockRange[] = [];
  for (const range of wanted) {
    const there = intersection(range, { from: info.base, to: info.head });
    if (there !== undefined) missing.push(...(await missingRanges(info, there, store)));
  }
  return missing;
}

/** The first pieces in the order in which they are to be written. */
function piecesOf(ranges: readonly BlockRange[], order: BackfillOrder): BlockRange[] {
  const isNewestFirst = order === 'newest-first';
  const pieces: BlockRange[] = [];
  let room = CHUNK_HEIGHTS;
  for (const range of isNewestFirst ? ranges.toReversed() : ranges)
    for (const piece of cut(range, isNewestFirst)) {
      if (room <= 0) return pieces;
      pieces.push(piece);
      room -= piece.to - piece.from + 1;
    }
  return pieces;
}

function* cut({ from, to }: BlockRange, isNewestFirst: boolean): Generator<BlockRange> {
  const count = Math.ceil((to - from + 1) / PIECE_HEIGHTS);
  for (let index = 0; index < count; index++) {
    const start = from + (isNewestFirst ? count - 1 - index : index) * PIECE_HEIGHTS;
    yield { from: start, to: Math.min(to, start + PIECE_HEIGHTS - 1) };
  }
}
