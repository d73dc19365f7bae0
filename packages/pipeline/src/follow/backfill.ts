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

/** Heights written by one call of `indexRanges`, whose threads then open the source anew: a view of a live directory keeps files that
 * the node has deleted. */
const CHUNK_HEIGHTS = 20_000;

/** Milliseconds before sources that have nothing of what is wanted are asked again: a node may be a block behind. */
const BEHIND_MS = 1_000;

/** Heights of a piece. With `newest-first` the pieces go from the newest to the oldest; within a piece heights ascend. */
const PIECE_HEIGHTS = 500;

export interface BackfillOptions {
  /** Sources of the chain. Each fills what those before it lack. */
  readonly sources: readonly NodeRef[];
  readonly limits: ReadLimits;
  readonly store: Store;
  readonly chainId: string;
  readonly order: BackfillOrder;
  readonly workers?: number | undefined;
  readonly signal: AbortSignal;
  readonly retries: RetryPolicy;
  /** Called when the reading of a source begins. The hooks returned are told of its commits and its endpoints. */
  readonly walk: (info: SourceInfo) => FollowHooks;
  readonly say: (line: string) => void;
}

/** Writes the heights that are missing behind the head. */
export interface Backfill {
  /** Adds heights to write. Heights that the database has already are skipped. */
  add(range: BlockRange): void;
  /** Number of heights found missing so far, and of those that are written. */
  readonly total: number;
  readonly done: number;
  /** True if nothing is left to write. */
  readonly isDone: boolean;
  /** Runs until the signal is aborted, and waits while there is nothing to write.
   * @param onIdle  called when the last missing height is written
   * @throws BaleenError of the source, the decoder or the store that a retry can't mend */
  run(onIdle: () => void): Promise<void>;
}

export const createBackfill = (options: BackfillOptions): Backfill => new Filler(options);

class Filler implements Backfill {
  private readonly options: BackfillOptions;
  private wanted: readonly BlockRange[] = [];
  private wake: () => void = () => undefined;
  /** Heights with a permanent fault, by source: they are read from the other sources. */
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

  /** Writes one chunk from the first source that has anything of it.
   * @returns false: no source has any of the wanted heights
   * @throws the first failure, when a source failed and no other had the heights */
  private async step(): Promise<boolean> {
    const { sources, chainId, signal } = this.options;
    // `add` may replace `wanted` meanwhile.
    const looked = this.wanted;
    let highest = 0;
    const failures: unknown[] = [];
    for (const ref of sources) {
      try {
        const info = await describe(ref, this.options);
        // Another chain is at the address. The head, which reads there too, decides what to do about it.
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
    // Heights above `highest` stay wanted: an address may stand for several nodes, and one that is behind has answered.
    this.forget([{ from: 0, to: highest }]);
    return false;
  }

  /** @returns false: the source has nothing of what is missing */
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

/** A source, and what it held when it was opened last: plain data for the threads. */
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

/** Opens the source once more to learn what it holds now: a node may have pruned heights since. */
async function describe(ref: NodeRef, { limits, signal, store }: BackfillOptions): Promise<SourceInfo> {
  using source = await openOrAbort(openBlocks(ref, limits), signal);
  await readByStored(source, store);
  return source.info;
}

/** Wanted heights that the source holds and the database lacks. Heights that lack their block and heights that lack only their
 * results are ranges of their own. */
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
