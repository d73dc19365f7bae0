/** Limits the number of requests to an endpoint that are in flight at the same time, over all threads that read a source. */

/** Most requests in flight to one endpoint. A node answers a block within milliseconds, so four keep it busy without harm. An answer may
 * have up to `MOST_ANSWER_BYTES`, so this limits the memory as well. */
const MOST_IN_FLIGHT = 4;

/** Index of the first cell, the number of threads that are reading now. Then follow two cells for each endpoint, in the order of the
 * addresses: the number of requests in flight, and how many there may be. */
const READERS = 0;
const ENDPOINTS = 1;
const CELLS_PER_ENDPOINT = 2;
const LIMIT = 1;

/** Shared memory that is passed to all threads of a source, so that they share the same limits. */
export type SharedLimits = SharedArrayBuffer;

/** @param endpoints  number of endpoints, at least 1 */
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
  /** Number of threads that are reading now. It is at least 1, since a thread may send requests without reading blocks. */
  readonly count: number;
  /** Begins a reading of this thread. The thread counts once, however many of its readings have begun. */
  begin(): void;
  end(): void;
}

/** Makes the counter of reading threads. Each thread needs one. */
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
  /** How many requests may be in flight now, 1 to 4. */
  readonly limit: number;
  /** Number of threads that are reading now. */
  readonly readers: number;
  /** Asks for permission to begin a request.
   * @param own  number of this thread's requests in flight; a thread gets no more than its share
   * @returns true if the request may begin. The caller must then give the permission back after the request */
  take(own: number): boolean;
  give(): void;
  /** Halves the limit, down to one. */
  halve(): void;
  raise(): void;
}

/** Makes the limit for one endpoint on the shared memory.
 * @param endpoint  index of the endpoint, from 0 */
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
