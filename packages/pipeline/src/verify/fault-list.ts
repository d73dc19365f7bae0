/** Keeps faults so that one that neighbouring heights share takes one line. */
import { type BlockRange, merged } from '@baleen/chain';

/** Faults that are kept; more are counted. */
const MOST_FAULTS = 1_000;

/** A thing that is not as it was indexed. */
export interface VerifyFault {
  /** undefined: nothing tells it. */
  readonly height: number | undefined;
  /** The same is found at all heights from `height` to this one; undefined: at `height` alone. */
  readonly toHeight?: number;
  /** Table and column, or the hash and what it covers: `txs.gas_used (tx_index 3)`, `data_hash (the txs)`. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
  /** True of a row that many heights share, such as a validator set: it is named once, with the first height that needs it. */
  readonly isShared?: true;
  /** True if `expected` and `found` are values that each height has of its own, such as a digest: faults of neighbours are told as one
   * although these differ, with those of the lowest height. */
  readonly isOfHeight?: true;
}

interface Kept {
  /** As the lowest height has it. */
  readonly fault: VerifyFault;
  /** Empty: no height is known. */
  readonly ranges: readonly BlockRange[];
}

/** Joins equal faults of neighbouring heights to one with a range. The order in which faults come does not matter. */
export class FaultList {
  private readonly byKey = new Map<string, Kept>();
  private kept = 0;
  private leftOut = 0;

  add(fault: VerifyFault): void {
    const key = keyOf(fault);
    const known = this.byKey.get(key);
    const next = known === undefined ? { fault, ranges: rangesOf(fault) } : joined(known, fault);
    const kept = this.kept + linesOf(next) - (known === undefined ? 0 : linesOf(known));
    if (kept > MOST_FAULTS) {
      this.leftOut++;
      return;
    }
    this.byKey.set(key, next);
    this.kept = kept;
  }

  /** Counts faults that another list left out. */
  addLeftOut(count: number): void {
    this.leftOut += count;
  }

  /** The kept ones, in order of heights, those without a height first. */
  get faults(): VerifyFault[] {
    const all = [...this.byKey.values()].flatMap(({ fault, ranges }) =>
      ranges.length === 0
        ? [fault]
        : ranges.map(({ from, to }) => ({ ...fault, height: from, toHeight: to })),
    );
    return all.sort((one, other) => (one.height ?? 0) - (other.height ?? 0));
  }

  /** Number of faults that are not kept. Those of them that neighbours share count once a height. */
  get more(): number {
    return this.leftOut;
  }
}

const linesOf = ({ ranges }: Kept): number => Math.max(1, ranges.length);

const rangesOf = ({ height, toHeight = height }: VerifyFault): BlockRange[] =>
  height === undefined ? [] : [{ from: height, to: toHeight! }];

/** What is equal in the faults that are joined. */
const keyOf = ({ height, field, expected, found, isShared, isOfHeight }: VerifyFault): string =>
  JSON.stringify([height === undefined, field, isShared, ...(isOfHeight ? [] : [expected, found])]);

function joined(known: Kept, fault: VerifyFault): Kept {
  const isLower = (fault.height ?? 0) < (known.fault.height ?? 0);
  const lowest = isLower ? fault : known.fault;
  if (fault.isShared) return { fault: lowest, ranges: rangesOf(lowest) };
  return { fault: lowest, ranges: merged([...known.ranges, ...rangesOf(fault)]) };
}
