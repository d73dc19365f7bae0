/** How many requests to one endpoint may be in flight, and are: counted together by all threads that read a source. */

/** A node answers a block within milliseconds, so four keep it busy without harm; an answer may weigh up to `MOST_ANSWER_BYTES`,
 * so this bounds memory, too. */
const MOST_IN_FLIGHT = 4;

/** Threads that read now stand in the first cell. Then, for each endpoint in the order of the addresses: requests in flight, and
 * how many may be. */
const READERS = 0;
const ENDPOINTS = 1;
const CELLS_PER_ENDPOINT = 2;
const LIMIT = 1;

/** Memory that threads are started with, so that what bounds one bounds all of them. */
export type SharedLimits = SharedArrayBuffer;

/** @param endpoints  1 or more */
export function shareLimits(endpoints: number): SharedLimits {
  const sharedLimits = new SharedArrayBuffer(
    (ENDPOINTS + endpoints * CELLS_PER_ENDPOINT) * Int32Array.BYTES_PER_ELEMENT,
  );
  const cells = new Int32Array(sharedLimits);
  for (let cell = ENDPOINTS + LIMIT; cell < cells.length; cell += CELLS_PER_ENDPOINT)
    cells[cell] = MOST_IN_FLIGHT;
  return sharedLimits;
}

export interface Readers {
  /** Number of threads that read now, but at least 1: a thread may ask without reading. */
  readonly count: number;
  /** Begins a reading of this thread. The thread counts once, however many of its readings have begun. */
  begin(): void;
  end(): void;
}

/** One per thread. */
export function readersOf(sharedLimits: SharedLimits): Readers {
  const cells = new Int32Array(sharedLimits);
  let own = 0;
  return {
    get count() {
      return Math.max(1, Atomics.load(cells, READERS));
    },
    begin() {
      if (own++ === 0) Atomics.add(cells, READERS, 1);
    },
    end() {
      if (--own === 0) Atomics.sub(cells, READERS, 1);
    },
  };
}

export interface SharedLimit {
  /** 1 to 4 */
  readonly limit: number;
  /** Threads that read now. */
  readonly readers: number;
  /** @param own  requests in flight of this thread, which takes no more than its share
   * @returns whether one more may begin; if so, it has to be given back */
  take(own: number): boolean;
  give(): void;
  /** Down to one. */
  halve(): void;
  raise(): void;
}

/** @param endpoint  counted from 0 */
export function createSharedLimit(sharedLimits: SharedLimits, endpoint: number): SharedLimit {
  const cells = new Int32Array(sharedLimits);
  const active = ENDPOINTS + endpoint * CELLS_PER_ENDPOINT;
  const readers = readersOf(sharedLimits);
  const limitNow = (): number => Atomics.load(cells, active + LIMIT);
  const setLimit = (limit: number): void => void Atomics.store(cells, active + LIMIT, limit);
  return {
    get limit() {
      return limitNow();
    },
    get readers() {
      return readers.count;
    },
    take(own) {
      const limit = limitNow();
      if (own >= Math.ceil(limit / readers.count)) return false;
      if (Atomics.add(cells, active, 1) < limit) return true;
      Atomics.sub(cells, active, 1);
      return false;
    },
    give: () => void Atomics.sub(cells, active, 1),
    halve: () => setLimit(Math.max(1, Math.floor(limitNow() / 2))),
    raise: () => setLimit(Math.min(MOST_IN_FLIGHT, limitNow() + 1)),
  };
}
