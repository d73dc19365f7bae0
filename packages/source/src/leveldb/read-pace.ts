import { setTimeout as sleep } from 'node:timers/promises';

/** What may be read at once after a rest. */
const BURST_MS = 250;

/** Holds reading to so many bytes per second by waiting between one reading and the next: readings themselves are synchronous,
 * and a pause inside of one would stop its whole thread. */
export class ReadPace {
  private readonly bytesPerMs: number | undefined;
  private readonly bytesRead: () => number;
  private counted = 0;
  /** When what has been counted is within the rate. */
  private paidAt = 0;

  /** @param bytesPerSecond  undefined: no bound
   * @param bytesRead  how many were read so far */
  constructor(bytesPerSecond: number | undefined, bytesRead: () => number) {
    this.bytesPerMs = bytesPerSecond === undefined ? undefined : bytesPerSecond / 1000;
    this.bytesRead = bytesRead;
  }

  /** Ends once what was read so far is within the rate, or when `signal` is aborted. */
  async keep(signal: AbortSignal | undefined): Promise<void> {
    const delay = this.delay(performance.now());
    if (delay > 0) await sleep(delay, undefined, signal && { signal }).catch(() => {});
  }

  /** Milliseconds from `now` until what was read so far is within the rate; 0 when it is. */
  delay(now: number): number {
    if (this.bytesPerMs === undefined) return 0;
    const read = this.bytesRead();
    this.paidAt = Math.max(this.paidAt, now - BURST_MS) + (read - this.counted) / this.bytesPerMs;
    this.counted = read;
    return Math.max(0, this.paidAt - now);
  }
}
