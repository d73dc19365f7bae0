import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockRange } from '@baleen/chain';
import { openSource, type SourceInfo, type SourceOptions } from '@baleen/source';
import { merged, type Store, without } from '@baleen/store';
import { indexRanges } from '../index-source.ts';
import { missingRanges } from '../missing-ranges.ts';
import { countHeights } from '../split-ranges.ts';
import { openOrAbort } from './open-or-abort.ts';
import type { Patience } from './patience.ts';
import type { FollowHooks } from './progress.ts';

export type BackfillOrder = 'newest-first' | 'oldest-first';

/** Heights after which the threads open their source anew: a view of a live directory keeps files that the node has deleted. */
const CHUNK_HEIGHTS = 20_000;

/** Until a node that is behind is asked again. */
const BEHIND_MS = 1_000;

/** Heights of a piece, taken in order; the newest pieces are written minutes before the oldest. */
const PIECE_HEIGHTS = 500;

export interface BackfillOptions {
  /** What `openSource` takes, each of them; earlier ones are read first. */
  readonly places: readonly (readonly string[])[];
  readonly sourceOptions: SourceOptions;
  readonly store: Store;
  readonly chainId: string;
  readonly order: BackfillOrder;
  readonly workers?: number | undefined;
  readonly signal: AbortSignal;
  readonly patience: Patience;
  /** Called for each source that is read. */
  readonly walk: (info: SourceInfo) => FollowHooks;
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

export function createBackfill(options: BackfillOptions): Backfill {
  const { signal, patience } = options;
  let wanted: readonly BlockRange[] = [];
  let wake = (): void => undefined;
  let total = 0;
  let done = 0;
  signal.addEventListener('abort', () => wake());

  const forget = (ranges: readonly BlockRange[]): void => {
    wanted = wanted.flatMap((range) => without(range, merged(ranges)));
  };

  /** false: no place has anything of what was wanted. */
  async function step(): Promise<boolean> {
    // More may be added meanwhile.
    const looked = wanted;
    let highest = 0;
    for (const paths of options.places) {
      const info = await describe(paths, options);
      // Another chain at the address: whoever reads the head finds out, too, and decides.
      if (info.chainId !== options.chainId) continue;
      highest = Math.max(highest, info.head);
      const missing = await missingOf(info, looked, options);
      if (missing.length === 0) continue;
      total = done + countHeights(missing);
      const chunk = piecesOf(missing, options.order);
      await fill(paths, info, chunk, options, (heights) => (done += heights));
      if (!signal.aborted) forget(chunk);
      return true;
    }
    // What no place has yet may be on a node that is a block behind: an address may stand for several.
    forget([{ from: 0, to: highest }]);
    return false;
  }

  return {
    get total() {
      return total;
    },
    get done() {
      return done;
    },
    get isDone() {
      return wanted.length === 0 || (total > 0 && done >= total);
    },
    add(range) {
      if (range.from > range.to) return;
      wanted = merged([...wanted, range]);
      wake();
    },
    async run(onIdle) {
      while (!signal.aborted) {
        if (wanted.length === 0) {
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        if (await patience.attempt(step)) continue;
        total = done;
        if (wanted.length === 0) onIdle();
        else await sleep(BEHIND_MS, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

async function fill(
  paths: readonly string[],
  info: SourceInfo,
  ranges: readonly BlockRange[],
  { workers, store, chainId, signal, walk, sourceOptions }: BackfillOptions,
  onHeights: (heights: number) => void,
): Promise<void> {
  const { maxRps, maxReadBytesPerSecond, crossCheck } = sourceOptions;
  const hooks = walk(info);
  try {
    await indexRanges({
      ...{ paths, known: info, maxRps, maxReadBytesPerSecond, crossCheck, store, chainId, signal, ranges },
      ...(workers !== undefined && { workers }),
      onWritten(written) {
        onHeights(written.range.to - written.range.from + 1);
        hooks.onWritten(written);
      },
      onEndpoints: (endpoints) => hooks.onEndpoints(endpoints),
    });
  } finally {
    hooks.end();
  }
}

/** As it is now: what the node has pruned meanwhile is not asked for. */
async function describe(
  paths: readonly string[],
  { sourceOptions, signal }: BackfillOptions,
): Promise<SourceInfo> {
  using source = await openOrAbort(openSource(paths, sourceOptions), signal);
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
    const there = { from: Math.max(range.from, info.base), to: Math.min(range.to, info.head) };
    if (there.from <= there.to) missing.push(...(await missingRanges(info, there, store)));
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
