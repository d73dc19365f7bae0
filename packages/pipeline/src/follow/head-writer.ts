import type { Block, BlockRange, RawBlock } from '@baleen/chain';
import { BaleenError } from '@baleen/chain';
import type { Source } from '@baleen/source';
import type { Store } from '@baleen/store';
import { encodeBlocks } from '@baleen/store/encode';
import { refutesResults, replaceUnproved } from '../walk/replace-unproved.ts';
import { createStopwatch, type WrittenBatch, writtenBatch } from '../walk/stages.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** Raw bytes of a commit when several blocks are there at once. */
const BATCH_BYTES = 2 * 1024 * 1024;

/** Times that results are asked for again that did not come with their block. */
const MOST_FILLS = 5;

/** Another process that writes the same heights: each round is over what it has not. */
const MOST_ROUNDS = 20;

export interface HeadWriterOptions {
  readonly store: Store;
  readonly chainId: string;
  /** Lowest height to write. */
  readonly from: number;
  /** The head is written first when it is this far away; what lies between is left to the backfill. */
  readonly leapHeights: number;
  readonly signal: AbortSignal;
  readonly database: RetryPolicy;
  /** After each commit, with the newest block of it. */
  readonly onWritten: (written: WrittenBatch, newest: Block) => void;
  /** Heights that are left to the backfill. */
  readonly onLeap: (left: BlockRange) => void;
}

/** A source as it is open now, and the decoder of its blocks. */
export interface OpenSource {
  readonly source: Source;
  readonly decode: (raw: RawBlock) => Block;
}

/** Writes the blocks at the head, one commit for all that are there. */
export class HeadWriter {
  private readonly options: HeadWriterOptions;
  /** Lowest height that is not written; undefined: nothing was looked at. */
  private next: number | undefined;
  /** Where it began: what lies below is the backfill's. */
  first: number | undefined;
  /** Blocks that were written without their results, and how often these were asked for. */
  private bare: { readonly range: BlockRange; fills: number } | undefined;

  constructor(options: HeadWriterOptions) {
    this.options = options;
  }

  /** @throws BaleenError of the source, the decoder and the store */
  async writeUpTo(open: OpenSource, height: number): Promise<void> {
    this.next ??= this.first = await this.firstToWrite(height);
    if (height - this.next >= this.options.leapHeights) this.leap(height);
    await this.fillResults(open, height);
    let ranges: readonly BlockRange[] = [{ from: this.next, to: height }];
    for (let round = 1; ; round++) {
      try {
        for (const range of ranges) await this.copy(open, range);
        this.next = Math.max(this.next, height + 1);
        return;
      } catch (error) {
        if (!isOverlap(error) || round === MOST_ROUNDS) throw error;
        ranges = await this.missing({ from: this.next, to: height });
      }
    }
  }

  /** The head, or what follows the stored heights that it ends. */
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

  private async copy(open: OpenSource, range: BlockRange): Promise<void> {
    if (range.from > range.to) return;
    let blocks: Block[] = [];
    let bytes = 0;
    const seconds = { read: 0, decode: 0 };
    const lap = createStopwatch();
    for await (const raw of open.source.read(range, this.options.signal)) {
      seconds.read += lap();
      const block = open.decode(raw);
      const isOther = blocks.length > 0 && hasResults(blocks[0]!) !== hasResults(block);
      if (blocks.length > 0 && (bytes >= BATCH_BYTES || isOther)) {
        await this.write(open, blocks, seconds);
        blocks = [];
        bytes = seconds.read = seconds.decode = 0;
        lap();
      }
      blocks.push(block);
      bytes += weightOf(raw, block);
      seconds.decode += lap();
    }
    if (blocks.length > 0) await this.write(open, blocks, seconds);
  }

  private async write(
    open: OpenSource,
    blocks: readonly Block[],
    spent: { readonly read: number; readonly decode: number },
  ): Promise<void> {
    const { store, database, onWritten } = this.options;
    const lap = createStopwatch();
    const batch = encodeBlocks(blocks);
    const encode = lap();
    const put = (): Promise<unknown> => database.attempt(() => store.writeHead(batch));
    try {
      await put();
    } catch (error) {
      if (!refutesResults(error)) throw error;
      await replaceUnproved(batch.range.from - 1, error, { ...open, store });
      // Its first block was written with the one below.
      if (batch.range.to > batch.range.from) throw overlap(error);
    }
    this.written(batch.range, blocks);
    onWritten(writtenBatch(batch, { ...spent, encode, write: lap() }, 0), blocks.at(-1)!);
  }

  private written(range: BlockRange, blocks: readonly Block[]): void {
    this.next = Math.max(this.next ?? 0, range.to + 1);
    if (hasResults(blocks[0]!)) return;
    const from = Math.min(range.from, this.bare?.range.from ?? range.from);
    this.bare = { range: { from, to: range.to }, fills: 0 };
  }

  /** Blocks whose results came too late for them. */
  private async fillResults(open: OpenSource, height: number): Promise<void> {
    const { resultsHead } = open.source.info;
    if (this.bare === undefined || resultsHead === undefined) return;
    const { range } = this.bare;
    const fills = this.bare.fills + 1;
    await this.copy(open, { from: range.from, to: Math.min(range.to, height) });
    const { store, chainId, database } = this.options;
    const [still] = await database.attempt(() => store.missing(chainId, range, ['results']));
    this.bare = still === undefined || fills === MOST_FILLS ? undefined : { range, fills };
  }
}

const hasResults = (block: Block): boolean => block.results !== undefined;

/** Raw bytes of a block and its results. */
const weightOf = (raw: RawBlock, block: Block): number =>
  raw.encoding === 'rpc' ? raw.answerBytes : block.sizeBytes + (raw.results?.length ?? 0);

const isOverlap = (error: unknown): boolean => error instanceof BaleenError && error.code === 'STORE_OVERLAP';

const overlap = (cause: BaleenError): BaleenError =>
  new BaleenError('source', 'STORE_OVERLAP', cause.message, { cause });
