/** A node has a block's results only once it has executed the block; this is how long they are waited for. */
const RESULTS_WAIT_MS = 5_000;

/** The newest height that a live source has told of. */
export interface HeadTracker {
  /** undefined: nobody follows. */
  readonly height: number | undefined;
  /** The head has grown, or is told for the first time. */
  reached(height: number): void;
  /** It was said, and is not so. */
  withdraw(to: number | undefined): void;
  /** Whether the results of a height, refused a moment ago, may come yet. */
  mayCome(height: number): boolean;
  /** What became of asking for a height's results. A node that does not keep them is not waited for again. */
  settled(height: number, areThere: boolean): void;
}

export function createHeadTracker(): HeadTracker {
  let tracker: number | undefined;
  let since = 0;
  let isPatient = true;
  return {
    get height() {
      return tracker;
    },
    reached(height) {
      tracker = height;
      since = performance.now();
    },
    withdraw(to) {
      tracker = to;
    },
    mayCome: (height) =>
      isPatient && tracker !== undefined && height >= tracker && performance.now() - since < RESULTS_WAIT_MS,
    settled(height, areThere) {
      if (tracker !== undefined && height >= tracker) isPatient = areThere;
    },
  };
}
