/** A node has a block's results only once it has executed the block; this is how long they are waited for. */
const RESULTS_WAIT_MS = 5_000;

/** Remembers the newest height that a followed endpoint announced, and how long its results are waited for. */
export interface HeadTracker {
  /** undefined: no head has been announced. */
  readonly height: number | undefined;
  /** Raises the head, or sets it for the first time. */
  reached(height: number): void;
  /** Lowers the head: the endpoint announced a block that it does not have. */
  withdraw(to: number | undefined): void;
  /** Whether the results of a height, refused a moment ago, may come yet. */
  mayCome(height: number): boolean;
  /** Notes whether a height's results came. A node that does not keep results is not waited for again. */
  settled(height: number, areThere: boolean): void;
}

export function createHeadTracker(): HeadTracker {
  let head: number | undefined;
  let since = 0;
  let isPatient = true;
  return {
    get height() {
      return head;
    },
    reached(height) {
      head = height;
      since = performance.now();
    },
    withdraw(to) {
      head = to;
    },
    mayCome: (height) =>
      isPatient && head !== undefined && height >= head && performance.now() - since < RESULTS_WAIT_MS,
    settled(height, areThere) {
      if (head !== undefined && height >= head) isPatient = areThere;
    },
  };
}
