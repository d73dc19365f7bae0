import {
  type ApplicationSpan,
  BaleenError,
  type BlockRange,
  countHeights,
  type GivenApplication,
  type StoredRef,
  shownRange,
} from '@baleen/chain';
import type { EncodedBatch, Store, TableName, WrittenHead } from '@baleen/store';
import { MOST_FAULTS } from '../walk/height-fault.ts';
import { jobsOf, threadCount } from '../walk/jobs.ts';
import { createStopwatch, type WrittenBatch, writtenBatch } from '../walk/stages.ts';
import { walkRanges } from '../walk/thread-pool.ts';
import { type Part, partsOf } from './plan.ts';
import { settleApplications } from './stored-applications.ts';

/** What is to be written anew although the present version wrote it. Applications: heights that another one reads now. Descriptors: heights
 * with something that is kept raw. Nothing: only what is outdated. */
export interface Redecoding extends GivenApplication {
  readonly tables?: readonly TableName[] | undefined;
  readonly heights?: BlockRange | undefined;
}

export interface RedecodeOptions {
  readonly store: Store;
  readonly databaseUrl: string;
  readonly chainId: string;
  readonly asked: Redecoding;
  /** Threads that decode; default: one per core, at most four. */
  readonly workers?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: RedecodeProgress) => void) | undefined;
  /** Called after each commit. */
  readonly onWritten?: ((written: WrittenBatch) => void) | undefined;
  /** Called before indexes are built and rows vacuumed. */
  readonly onFinish?: (() => void) | undefined;
}

export interface RedecodeProgress {
  /** Heights written by this call, and how many it set out to write; a height that lacks different tables than others counts once. */
  readonly heights: number;
  readonly totalHeights: number;
  readonly txs: number;
  readonly rows: number;
}

export interface RedecodeReport extends RedecodeProgress {
  readonly chainId: string;
  /** Applications that count from the lowest height on whose application this call changed, in order of heights; none: it changed none. */
  readonly applications: readonly ApplicationSpan[];
  /** Tables that were written anew. */
  readonly tables: readonly TableName[];
  /** Heights whose rows are no block: they stay as they are. */
  readonly faults: readonly BaleenError[];
  /** Heights that are left, without those of `faults`: the call was interrupted, or others kept changing these blocks. */
  readonly left: number;
  readonly interrupted: boolean;
}

const ALL: BlockRange = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Rounds over what other processes changed at the same time. */
const MOST_ROUNDS = 5;

/** Decodes stored blocks anew and replaces their rows, batch by batch; what is done stays when it ends early.
 *
 * @throws BaleenError operator `PIPELINE_NOT_STORED`; the last fault when there are twenty; those of `settleApplications`, of the store and of the reader */
export async function redecodeChain(options: RedecodeOptions): Promise<RedecodeReport> {
  const { store, databaseUrl, chainId, asked, signal } = options;
  const ref: StoredRef = { kind: 'stored', databaseUrl, chainId, descriptors: asked.descriptors };
  const applications = await settleApplications(store, ref, asked.named);
  await mark(store, chainId, asked);
  const run = new Run(options, ref);
  let left = await planned(options, run.faults);
  for (let round = 1; left.length > 0 && round <= MOST_ROUNDS && !signal.aborted; round++) {
    await run.walk(left);
    left = await planned(options, run.faults);
  }
  return {
    ...(await finished(options, run)),
    ...{ applications, left: countHeights(left.flatMap(({ ranges }) => ranges)) },
  };
}

const limitsOf = ({ tables, heights = ALL }: Redecoding) => ({ tables, heights });

async function planned(
  { store, chainId, asked }: RedecodeOptions,
  faults: readonly BaleenError[],
): Promise<Part[]> {
  const leftOut = faults.map(({ height = -1 }) => ({ from: height, to: height }));
  const parts = partsOf(await store.outdatedTables(chainId), limitsOf(asked), leftOut);
  for (const { tables, ranges } of parts) {
    const [lacking] = await store.unreadableTables(chainId, ranges);
    if (lacking !== undefined) throw notStored(chainId, tables, lacking.table, lacking.ranges);
  }
  return parts;
}

/** Asks for rows anew that the present version wrote, where the user wants them. Descriptors alone are for what is kept raw. */
async function mark(store: Store, chainId: string, asked: Redecoding): Promise<void> {
  const { tables, heights, descriptors } = asked;
  const isAsked = tables !== undefined || heights !== undefined;
  if (!isAsked && descriptors === undefined) return;
  const range = isAsked ? (heights ?? ALL) : await heightsKeptRaw(store, chainId);
  if (range === undefined) return;
  const what = JSON.stringify({
    ...{ tables, heights },
    descriptors: descriptors?.map((set) => Buffer.from(set).toString('base64')),
  });
  await store.markOutdated(chainId, { tables, range, what });
}

/** Between which heights txs or messages stand that nothing could read; undefined: all were read. */
async function heightsKeptRaw(store: Store, chainId: string): Promise<BlockRange | undefined> {
  const [row] = await store.query(
    `select min(first_height)::text as low, max(last_height)::text as high
     from baleen_store.undecoded where chain_id = $1 and kind in ('message', 'tx')`,
    [chainId],
  );
  return row?.low == null ? undefined : { from: Number(row.low), to: Number(row.high) };
}

/** One call: counts over all rounds. */
class Run {
  readonly faults: BaleenError[] = [];
  readonly tables = new Set<TableName>();
  progress = { heights: 0, totalHeights: 0, txs: 0, rows: 0 };
  private readonly options: RedecodeOptions;
  private readonly ref: StoredRef;
  private head: WrittenHead | undefined;

  constructor(options: RedecodeOptions, ref: StoredRef) {
    this.options = options;
    this.ref = ref;
  }

  async walk(parts: readonly Part[]): Promise<void> {
    this.head = await this.options.store.head(this.options.chainId);
    const left = countHeights(parts.flatMap(({ ranges }) => ranges));
    this.progress.totalHeights = this.progress.heights + left;
    for (const part of parts) await this.walkPart(part);
  }

  private async walkPart({ tables, ranges }: Part): Promise<void> {
    const { workers, signal } = this.options;
    const setup = { source: this.ref, sourceOptions: {}, sink: 'copy', sinkOptions: tables } as const;
    const jobs = jobsOf(ranges, this.ref, workers);
    for await (const each of walkRanges(jobs, setup, threadCount(workers), { signal })) {
      if (signal.aborted) return;
      if (each.kind === 'fault') this.note(each.error);
      else {
        const { output, seconds, queued, release } = each;
        const lap = createStopwatch();
        if (await this.write(output, tables))
          this.options.onWritten?.(writtenBatch(output, { ...seconds, write: lap() }, queued));
        release();
      }
    }
  }

  private note(fault: BaleenError): void {
    this.faults.push(fault);
    if (this.faults.length >= MOST_FAULTS) throw fault;
  }

  /** @returns false: another process has changed the blocks meanwhile; the next round reads them again */
  private async write(batch: EncodedBatch, tables: readonly TableName[]): Promise<boolean> {
    const { store, onProgress } = this.options;
    if ((await store.rewrite(batch, tables, this.head)) === 'changed') return false;
    for (const table of tables) this.tables.add(table);
    const { progress } = this;
    progress.heights += countHeights([batch.range]);
    progress.txs += batch.rowCounts.txs;
    progress.rows += Object.values(batch.rowCounts).reduce((sum, rows) => sum + rows, 0);
    onProgress?.({ ...progress });
    return true;
  }
}

async function finished(
  { store, chainId, signal, onFinish }: RedecodeOptions,
  { progress, tables, faults }: Run,
): Promise<Omit<RedecodeReport, 'applications' | 'left'>> {
  if (tables.size > 0 && !signal.aborted) {
    onFinish?.();
    await store.afterRedecode(chainId, [...tables]);
    await store.finish(chainId, signal);
  }
  return { ...progress, chainId, tables: [...tables], faults, interrupted: signal.aborted };
}

const notStored = (
  chainId: string,
  tables: readonly TableName[],
  lacking: TableName,
  ranges: readonly BlockRange[],
): BaleenError =>
  new BaleenError(
    'operator',
    'PIPELINE_NOT_STORED',
    `redecode ${tables.join(', ')} of ${chainId}: expected rows of ${lacking} to make them of, found none at ${ranges.map(shownRange).join(', ')}; ` +
      `nothing written; baleen forget --chain ${chainId} --heights ${shownRange(ranges[0]!)}, then index these heights again from a source`,
  );
