/** Milliseconds to wait for the results of a new block, which a node has only after it has executed the block. */
const RESULTS_WAIT_MS = 5_000;

/** Remembers the newest height that a followed endpoint has announced, and decides how long to wait for its results. */
export interface HeadTracker {
  /** The newest announced height; undefined if none has been announced. */
  readonly height: number | undefined;
  /** Raises the head, or sets it for the first time. */
  reached(height: number): void;
  /** Lowers the head if the endpoint has announced a block that it does not have. undefined forgets the head. */
  withdraw(to: number | undefined): void;
  /** Returns true if the results of a height, which the endpoint has just refused, may still come. */
  mayCome(height: number): boolean;
  /** Notes whether the results of a height came. If the node does not keep results, the next ones are not waited for. */
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
