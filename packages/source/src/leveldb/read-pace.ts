import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds' worth of bytes that may be read at once after a pause. */
const BURST_MS = 250;

/** Bounds the bytes read per second by waiting between two blocks. Reading itself is synchronous: a pause inside of it would stop its
 * thread. */
export class ReadPace {
  private readonly bytesPerMs: number | undefined;
  private readonly bytesRead: () => number;
  private counted = 0;
  /** Time at which the bytes counted so far are within the rate. */
  private paidAt = 0;

  /** @param bytesPerSecond  most bytes to read per second on average; undefined means no limit
   * @param bytesRead  returns the number of bytes that were read so far */
  constructor(bytesPerSecond: number | undefined, bytesRead: () => number) {
    this.bytesPerMs = bytesPerSecond === undefined ? undefined : bytesPerSecond / 1000;
    this.bytesRead = bytesRead;
  }

  /** Resolves once the bytes read so far are within the rate, or when `signal` is aborted. */
  async keep(signal: AbortSignal | undefined): Promise<void> {
    const delay = this.delay(performance.now());
    if (delay > 0) await sleep(delay, undefined, signal && { signal }).catch(() => {});
  }

  /** Returns the milliseconds from `now` until the bytes read so far are within the rate; 0 if they are. */
  delay(now: number): number {
    if (this.bytesPerMs === undefined) return 0;
    const read = this.bytesRead();
    this.paidAt = Math.max(this.paidAt, now - BURST_MS) + (read - this.counted) / this.bytesPerMs;
    this.counted = read;
    return Math.max(0, this.paidAt - now);
  }
}
