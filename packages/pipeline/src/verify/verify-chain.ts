/** Verifies stored blocks of a chain: reads them back from the rows alone, and proves them. */
import { availableParallelism } from 'node:os';
import {
  type BlockRange,
  countHeights,
  covers,
  intersection,
  merged,
  type StoredRef,
  split,
  without,
} from '@baleen/chain';
import type { Store } from '@baleen/store';
import { openStored } from '@baleen/store/stored';
import { openStoredRows } from '@baleen/store/stored-rows';
import { checkApplications } from '../chain-applications.ts';
import type { ThreadSetup } from '../walk/protocol.ts';
import { walkRanges } from '../walk/thread-pool.ts';
import { FaultList, type VerifyFault } from './fault-list.ts';
import { faultOfRow, unreadable, type VerifiedBatch } from './verify-blocks.ts';

/** Most threads: the database needs cores, too. */
const MOST_THREADS = 4;
const JOBS_PER_THREAD = 4;
const MOST_HEIGHTS_PER_JOB = 1_000;
const LEAST_HEIGHTS_PER_JOB = 64;
/** Most heights with faults that are looked at once more. */
const MOST_REREAD = 2_000;

export interface VerifyChainOptions {
  readonly store: Store;
  readonly source: StoredRef;
  /** Heights to verify. */
  readonly range: BlockRange;
  /** True if rows that belong to no stored block are searched for. That needs a look at the whole chain, not at a range of it. */
  readonly looksBesides: boolean;
  readonly checksSignatures: boolean;
  /** A height, in the range, and the hash that its block has in the real chain. */
  readonly trusted?: Trusted | undefined;
  readonly workers?: number | undefined;
  /** Ends it after the batches that are under way. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: VerifyProgress) => void;
}

/** Field of the fault that the stored block at the trusted height has another hash. */
export const TRUSTED_FIELD = 'block_hash, as it was given';

export interface Trusted {
  readonly height: number;
  /** Hexadecimal, lower case. */
  readonly hash: string;
}

export interface VerifyProgress {
  readonly heights: number;
  readonly totalHeights: number;
}

export interface VerifyReport {
  readonly chainId: string;
  readonly range: BlockRange;
  /** Heights of the range that are stored, up to where it was interrupted, and those that are not stored. */
  readonly verified: readonly BlockRange[];
  readonly missing: readonly BlockRange[];
  /** At most 1,000, in order of heights. Equal ones of neighbouring heights are one. */
  readonly faults: readonly VerifyFault[];
  readonly faultCount: number;
  /** Tables, and heights at which their rows are of another version of Baleen, or missing for that reason. */
  readonly notCompared: readonly { readonly table: string; readonly ranges: readonly BlockRange[] }[];
  /** Commits and signatures in them that were verified; 0 without `checksSignatures`. */
  readonly commits: number;
  readonly signatures: number;
  readonly unknownKeyTypes: readonly string[];
  /** Heights that no unbroken run of headers joins with the trusted one. */
  readonly untied: readonly BlockRange[];
  readonly interrupted: boolean;
}

/** @throws BaleenError operator `CLI_APPLICATION`: this version can't read the chain by a stored application; of the database */
export async function verifyChain(options: VerifyChainOptions): Promise<VerifyReport> {
  const { store, source, range, trusted, looksBesides } = options;
  const look = async (): Promise<Pick<VerifyReport, 'missing' | 'verified'>> => {
    const missing = await store.missing(source.chainId, range, ['blocks']);
    return { missing, verified: without(range, missing) };
  };
  let there = await look();
  let { walked, more, ...seen } = await walkOnce(options, there.verified);
  if (seen.interrupted) there = { ...there, verified: commonTo(there.verified, walked) };
  // Whoever writes or forgets the same heights meanwhile may have been seen halfway: what is wrong is looked at once more.
  const doubtful = heightsOf(seen.faults, there.verified);
  if (seen.faultCount > 0 && more === 0 && countHeights(doubtful) <= MOST_REREAD && !seen.interrupted) {
    there = await look();
    const again = heightsOf(seen.faults, there.verified);
    const { faults, faultCount, interrupted } = await walkOnce(
      { ...options, onProgress: () => undefined },
      again,
    );
    seen = { ...seen, faults, faultCount, interrupted };
  }
  const besides = [
    ...(looksBesides && !seen.interrupted ? await besidesOf(source) : []),
    ...(trusted === undefined ? [] : await otherHash(store, source.chainId, trusted)),
  ];
  return {
    chainId: source.chainId,
    range,
    ...there,
    ...seen,
    ...listed(seen, besides),
    untied: trusted === undefined ? [] : there.verified.filter((part) => !covers([part], at(trusted.height))),
  };
}

/** Adds what belongs to no stored block to what the walk found. */
function listed(
  { faults, faultCount }: Pick<VerifyReport, 'faults' | 'faultCount'>,
  besides: readonly VerifyFault[],
): Pick<VerifyReport, 'faults' | 'faultCount'> {
  const list = new FaultList();
  for (const fault of [...faults, ...besides]) list.add(fault);
  list.addLeftOut(faultCount - faults.length);
  const all = list.faults;
  return { faults: all, faultCount: all.length + list.more };
}

const at = (height: number): BlockRange => ({ from: height, to: height });

const commonTo = (ranges: readonly BlockRange[], others: readonly BlockRange[]): BlockRange[] =>
  ranges.flatMap((range) => others.flatMap((other) => intersection(range, other) ?? []));

interface Seen
  extends Pick<
    VerifyReport,
    'faults' | 'faultCount' | 'notCompared' | 'commits' | 'signatures' | 'unknownKeyTypes' | 'interrupted'
  > {
  /** Heights that were read, those beside the asked ones among them. */
  readonly walked: readonly BlockRange[];
  /** Faults that are counted and not named. */
  readonly more: number;
}

async function walkOnce(options: VerifyChainOptions, ranges: readonly BlockRange[]): Promise<Seen> {
  const tally = new Tally(ranges);
  const totalHeights = countHeights(ranges);
  if (totalHeights > 0)
    for await (const each of await walk(options, ranges)) {
      if (each.kind === 'fault') tally.add([unreadable(each.error.height, each.error)]);
      else {
        tally.addBatch(each.output);
        each.release();
        const heights = Math.min(tally.heights, totalHeights);
        options.onProgress({ heights, totalHeights });
      }
    }
  return tally.seen(options.signal.aborted);
}

/** Walks the ranges in threads. Each piece begins one height below, where that is stored, and the last one ends one height above: what
 * links two blocks is proved by whoever reads both. */
async function walk(options: VerifyChainOptions, ranges: readonly BlockRange[]) {
  const { store, source, workers, signal, checksSignatures } = options;
  const stored = await openStored(source);
  const { chain } = stored;
  await stored.close();
  checkApplications(source.chainId, chain.era, chain.applications);
  const threads = workers ?? Math.min(MOST_THREADS, availableParallelism());
  const share = Math.ceil(countHeights(ranges) / (threads * JOBS_PER_THREAD));
  const size = Math.max(LEAST_HEIGHTS_PER_JOB, Math.min(MOST_HEIGHTS_PER_JOB, share));
  const whole = { from: chain.base, to: chain.head };
  const there = without(whole, await store.missing(source.chainId, whole, ['blocks']));
  const setup: ThreadSetup<'verify'> = {
    source,
    sourceOptions: {},
    sink: 'verify',
    sinkOptions: {
      databaseUrl: source.databaseUrl,
      chainId: source.chainId,
      era: chain.era,
      checksSignatures,
    },
  };
  return walkRanges(widened(ranges, size, there), setup, threads, { signal });
}

function* widened(
  ranges: readonly BlockRange[],
  size: number,
  there: readonly BlockRange[],
): Generator<BlockRange> {
  const ends = new Set(ranges.map(({ to }) => to));
  for (const { from, to } of split(ranges, size))
    yield {
      from: covers(there, at(from - 1)) ? from - 1 : from,
      to: ends.has(to) && covers(there, at(to + 1)) ? to + 1 : to,
    };
}

/** Adds up what batches say. Blocks that two threads read are counted once. */
class Tally {
  heights = 0;
  private walked: readonly BlockRange[] = [];
  private readonly ranges: readonly BlockRange[];
  private readonly faults = new FaultList();
  private readonly uncompared = new Map<string, BlockRange[]>();
  private commits = 0;
  private signatures = 0;
  private readonly unknownKeyTypes = new Set<string>();

  constructor(ranges: readonly BlockRange[]) {
    this.ranges = ranges;
  }

  addBatch(batch: VerifiedBatch): void {
    this.heights += batch.range.to - batch.range.from + 1;
    this.walked = merged([...this.walked, batch.range]);
    this.commits += batch.commits;
    this.signatures += batch.signatures;
    for (const type of batch.unknownKeyTypes) this.unknownKeyTypes.add(type);
    for (const { table, ranges } of batch.uncompared) {
      const asked = commonTo(ranges, this.ranges);
      if (asked.length > 0)
        this.uncompared.set(table, merged([...(this.uncompared.get(table) ?? []), ...asked]));
    }
    this.add(batch.faults);
    this.faults.addLeftOut(batch.moreFaults);
  }

  /** Adds faults of the asked heights; a commit of the highest one may stand in a block above. */
  add(faults: readonly VerifyFault[]): void {
    const asked = merged(this.ranges.map(({ from, to }) => ({ from: from - 1, to })));
    for (const fault of faults) {
      const { height, toHeight = height } = fault;
      if (height === undefined) this.faults.add(fault);
      else
        for (const { from, to } of commonTo([{ from: height, to: toHeight! }], asked))
          this.faults.add({ ...fault, height: from, toHeight: to });
    }
  }

  seen(interrupted: boolean): Seen {
    const { faults, more } = this.faults;
    return {
      faults,
      faultCount: faults.length + more,
      more,
      notCompared: [...this.uncompared].map(([table, ranges]) => ({ table, ranges })),
      commits: this.commits,
      signatures: this.signatures,
      unknownKeyTypes: [...this.unknownKeyTypes],
      walked: this.walked,
      interrupted,
    };
  }
}

/** The stored heights at and above those of faults: a row of a commit stands one below the block that brings it. */
const heightsOf = (faults: readonly VerifyFault[], verified: readonly BlockRange[]): BlockRange[] =>
  merged(
    faults.flatMap(({ height, toHeight = height }) =>
      height === undefined ? [] : commonTo(verified, [{ from: height, to: toHeight! + 1 }]),
    ),
  );

async function besidesOf({ databaseUrl, chainId }: StoredRef): Promise<VerifyFault[]> {
  const rows = await openStoredRows(databaseUrl, chainId);
  try {
    return (await rows.besides()).map(faultOfRow);
  } finally {
    await rows.close();
  }
}

async function otherHash(store: Store, chainId: string, { height, hash }: Trusted): Promise<VerifyFault[]> {
  const [row] = await store.query(
    `select upper(encode(block_hash, 'hex')) as hash from baleen_store.blocks where chain_id = $1 and height = $2`,
    [chainId, height],
  );
  const found = row?.hash as string | undefined;
  const expected = hash.toUpperCase();
  return found === expected
    ? []
    : [{ height, field: TRUSTED_FIELD, expected, found: found ?? 'no such block' }];
}
