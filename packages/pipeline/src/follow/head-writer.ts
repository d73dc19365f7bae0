import { BaleenError, type Block, type BlockRange } from '@baleen/chain';
import type { Store } from '@baleen/store';
import { encodeBlocks } from '@baleen/store/encode';
import { type Batch, batchesOf } from '../walk/batches-of.ts';
import type { BlockSource } from '../walk/block-source.ts';
import { MOST_FAULTS, rememberFailure } from '../walk/height-fault.ts';
import { refutesResults, replaceUnproved } from '../walk/replace-unproved.ts';
import { createStopwatch, type WrittenBatch, writtenBatch } from '../walk/stages.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** How often results that were missing when their block was written are asked for again. */
const MOST_FILLS = 5;

/** Most rounds over heights that another process is writing at the same time. Each round covers the heights that neither has written
 * yet. */
const MOST_ROUNDS = 20;

export interface HeadWriterOptions {
  readonly store: Store;
  readonly chainId: string;
  /** Lowest height that may be written. */
  readonly from: number;
  /** If there are this many heights between the last written one and the head, the head is written first and the rest is left to the
   * backfill. */
  readonly leapHeights: number;
  readonly signal: AbortSignal;
  readonly database: RetryPolicy;
  /** Called after each commit, with its newest block. */
  readonly onWritten: (written: WrittenBatch, newest: Block) => void;
  /** Called with the heights that are left to the backfill. */
  readonly onLeap: (left: BlockRange) => void;
  /** Called with a height that has a permanent fault, after it was recorded in `failed_ranges`. */
  readonly onFault: (fault: BaleenError, height: number) => void;
}

/** Writes the blocks at the head: all that the source has in one commit, or in a few commits if the blocks are large. */
export class HeadWriter {
  private readonly options: HeadWriterOptions;
  /** Lowest height that is not written yet; undefined until the first head was seen. */
  private next: number | undefined;
  /** Height at which writing began. The backfill writes the heights below it. */
  first: number | undefined;
  /** Heights that were written without their results, and how often the results were asked for since then. */
  private bare: { readonly range: BlockRange; fills: number } | undefined;

  /** Number of heights with a permanent fault since the last commit. */
  private faults = 0;

  constructor(options: HeadWriterOptions) {
    this.options = options;
  }

  /** Writes every height up to `height` that is not written.
   * @throws BaleenError of the source, the decoder or the store */
  async writeUpTo(source: BlockSource, height: number): Promise<void> {
    this.next ??= this.first = await this.firstToWrite(height);
    if (height - this.next >= this.options.leapHeights) this.leap(height);
    await this.fillResults(source, height);
    let ranges: readonly BlockRange[] = [{ from: this.next, to: height }];
    for (let round = 1; ; round++) {
      try {
        for (const range of ranges) await this.copy(source, range);
        this.next = Math.max(this.next, height + 1);
        return;
      } catch (error) {
        if (!isOverlap(error) || round === MOST_ROUNDS) throw error;
        ranges = await this.missing({ from: this.next, to: height });
      }
    }
  }

  /** Returns the head, or the first height above it if the database already has the head. */
  private async firstToWrite(height: number): Promise<number> {
    const { from } = this.options;
    const first = Math.max(from, height);
    const [missing] = await this.missing({ from: first, to: Number.MAX_SAFE_INTEGER });
    return missing?.from ?? first;
  }

  private missing(range: BlockRange): Promise<BlockRange[]> {
    const { store, chainId, database } = this.options;
    if (range.from > range.to) return Promise.resolve([]);
    return database.attempt(() => store.missing(chainId, range, ['blocks']));
  }

  private leap(height: number): void {
    this.options.onLeap({ from: this.next!, to: height - 1 });
    this.next = height;
  }

  private async copy(source: BlockSource, range: BlockRange): Promise<void> {
    if (range.from > range.to) return;
    for await (const step of batchesOf(source, range, this.options.signal)) {
      if (step.kind === 'fault') await this.leaveOut(step.error);
      else await this.write(source, step);
    }
  }

  private async leaveOut(fault: BaleenError): Promise<void> {
    const { database, store, chainId, onFault } = this.options;
    const height = fault.height!;
    await database.attempt(() => rememberFailure(store, chainId, fault));
    if (++this.faults >= MOST_FAULTS) throw fault;
    this.next = Math.max(this.next ?? 0, height + 1);
    onFault(fault, height);
  }

  private async write(source: BlockSource, { blocks, seconds }: Batch): Promise<void> {
    const { store, database, onWritten } = this.options;
    const lap = createStopwatch();
    const batch = encodeBlocks(blocks);
    const encode = lap();
    const put = (): Promise<unknown> => database.attempt(() => store.writeHead(batch));
    try {
      await put();
    } catch (error) {
      if (!refutesResults(error)) throw error;
      await replaceUnproved(batch.range.from - 1, error, { source, store });
      // `replaceUnproved` has already written the first block of the batch, together with the block below.
      if (batch.range.to > batch.range.from) throw overlap(error);
    }
    this.faults = 0;
    this.written(batch.range, blocks);
    onWritten(writtenBatch(batch, { ...seconds, encode, write: lap() }, 0), blocks.at(-1)!);
  }

  private written(range: BlockRange, blocks: readonly Block[]): void {
    this.next = Math.max(this.next ?? 0, range.to + 1);
    if (hasResults(blocks[0]!)) return;
    const from = Math.min(range.from, this.bare?.range.from ?? range.from);
    this.bare = { range: { from, to: range.to }, fills: 0 };
  }

  /** Writes the blocks again whose results were missing at first. */
  private async fillResults(source: BlockSource, height: number): Promise<void> {
    const { resultsHead } = source.info;
    if (this.bare === undefined || resultsHead === undefined) return;
    const { range } = this.bare;
    const fills = this.bare.fills + 1;
    await this.copy(source, { from: range.from, to: Math.min(range.to, height) });
    const { store, chainId, database } = this.options;
    const [still] = await database.attempt(() => store.missing(chainId, range, ['results']));
    this.bare = still === undefined || fills === MOST_FILLS ? undefined : { range, fills };
  }
}

const hasResults = (block: Block): boolean => block.results !== undefined;

const isOverlap = (error: unknown): boolean => error instanceof BaleenError && error.code === 'STORE_OVERLAP';

const overlap = (cause: BaleenError): BaleenError =>
  new BaleenError('source', 'STORE_OVERLAP', cause.message, { cause });
