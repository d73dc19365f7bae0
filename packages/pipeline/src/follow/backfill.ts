import { setTimeout as sleep } from 'node:timers/promises';
import { type BlockRange, countHeights, intersection, merged, type NodeRef, without } from '@baleen/chain';
import type { SourceInfo } from '@baleen/source';
import { isTransient, type Store } from '@baleen/store';
import { readByStored } from '../chain-applications.ts';
import { missingRanges } from '../missing-ranges.ts';
import { indexRanges, type ReadLimits } from '../walk/index-ranges.ts';
import { openBlocks } from '../walk/open-blocks.ts';
import { openOrAbort } from './open-or-abort.ts';
import type { FollowHooks } from './progress.ts';
import { isGone, orReopened } from './reopened.ts';
import type { RetryPolicy } from './retry-policy.ts';

export type BackfillOrder = 'newest-first' | 'oldest-first';

/** Most heights that one call of `indexRanges` writes. For the next call its threads open the source again, since a view of a live
 * directory keeps files open that the node has deleted. */
const CHUNK_HEIGHTS = 20_000;

/** Milliseconds after which the sources are asked again if none has any of the wanted heights. A node may be a block behind. */
const BEHIND_MS = 1_000;

/** Number of heights in a piece. With `newest-first` the newest piece is written first; within a piece heights ascend. */
const PIECE_HEIGHTS = 500;

export interface BackfillOptions {
  /** Sources of the chain. From each are read the heights that the sources before it do not have. */
  readonly sources: readonly NodeRef[];
  readonly limits: ReadLimits;
  readonly store: Store;
  readonly chainId: string;
  readonly order: BackfillOrder;
  readonly workers?: number | undefined;
  readonly signal: AbortSignal;
  readonly retries: RetryPolicy;
  /** Called when the reading of a source begins. The returned hooks are called for its commits and its endpoints. */
  readonly walk: (info: SourceInfo) => FollowHooks;
  readonly say: (line: string) => void;
}

/** Writes the missing heights below the head, at the same time as new blocks are written at the head. */
export interface Backfill {
  /** Adds heights to write. Heights that the database already has are skipped. */
  add(range: BlockRange): void;
  /** Number of heights that were found missing so far, and how many of them are written. */
  readonly total: number;
  readonly done: number;
  /** True if nothing is left to write. */
  readonly isDone: boolean;
  /** Runs until the signal is aborted. While there is nothing to write, it waits.
   * @param onIdle  called when the last missing height is written
   * @throws BaleenError of the source, the decoder or the store, if a retry does not help */
  run(onIdle: () => void): Promise<void>;
}

export const createBackfill = (options: BackfillOptions): Backfill => new Filler(options);

class Filler implements Backfill {
  private readonly options: BackfillOptions;
  private wanted: readonly BlockRange[] = [];
  private wake: () => void = () => undefined;
  /** Heights with a permanent fault, by source. They are read from the other sources. */
  private readonly faulty = new Map<NodeRef, BlockRange[]>();
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

  /** Writes one chunk from the first source that has some of its heights.
   * @returns false if no source has any of the wanted heights
   * @throws the first failure, if a source failed and no other source has the heights */
  private async step(): Promise<boolean> {
    const { sources, chainId, signal } = this.options;
    // `add` may replace `wanted` while this runs.
    const looked = this.wanted;
    let highest = 0;
    const failures: unknown[] = [];
    for (const ref of sources) {
      try {
        const info = await describe(ref, this.options);
        // The address serves another chain now. The writer at the head, which reads there too, decides what to do about it.
        if (info.chainId !== chainId) continue;
        highest = Math.max(highest, info.head);
        if (await this.fillFrom({ ref, info }, looked)) return true;
      } catch (error) {
        // A folder that was removed has no heights; the other sources may have them.
        if (isGone(error) && sources.length > 1) continue;
        const failure = orReopened(error);
        if (signal.aborted || !isTransient(failure)) throw failure;
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw failures[0];
    // Heights above `highest` stay wanted. An address may stand for several nodes, and the one that answered may be behind.
    this.forget([{ from: 0, to: highest }]);
    return false;
  }

  /** Writes one chunk from a source.
   * @returns false if the source has none of the missing heights */
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

/** A source, and what it held when it was opened last. It is plain data and can be sent to threads. */
interface OpenedSource {
  readonly ref: NodeRef;
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

/** Opens the source again to find out which heights it holds now, since a node may have pruned some. */
async function describe(ref: NodeRef, { limits, signal, store }: BackfillOptions): Promise<SourceInfo> {
  using source = await openOrAbort(openBlocks(ref, limits), signal);
  await readByStored(source, store);
  return source.info;
}

/** Returns the wanted heights that the source has and the database lacks. Heights without a block and heights that only lack their results
 * are in separate ranges. */
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

/** Cuts ranges into pieces, in the order in which they are written, up to `CHUNK_HEIGHTS` heights in all. */
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
