/** Heights in order, several being fetched at once. */
import type { BlockRange } from '@baleen/chain';
import type { Readers } from './shared-limit.ts';

/** Heights that are fetched ahead of the reader, per endpoint and at least: twice what can be in flight, so that no request
 * waits for the reader. */
const PER_ENDPOINT = 8;
const AT_LEAST = 16;
/** Most bytes that all threads together have fetched ahead from all endpoints. Above this no further height is begun. */
const MOST_BYTES = 64 * 1024 * 1024;

export class Ahead<Fetched extends { readonly bytes: number }> {
  private readonly range: BlockRange;
  private readonly fetch: (height: number) => Promise<Fetched>;
  private readonly most: number;
  private readonly readers: Pick<Readers, 'count'>;
  private readonly queue: Promise<Fetched>[] = [];
  private next: number;
  private bytes = 0;

  constructor(
    range: BlockRange,
    endpoints: number,
    readers: Pick<Readers, 'count'>,
    fetch: (height: number) => Promise<Fetched>,
  ) {
    this.range = range;
    this.fetch = fetch;
    this.most = Math.max(AT_LEAST, endpoints * PER_ENDPOINT);
    this.readers = readers;
    this.next = range.from;
  }

  async take(): Promise<Fetched | undefined> {
    this.fill();
    const fetched = await this.queue.shift();
    if (fetched !== undefined) this.bytes -= fetched.bytes;
    this.fill();
    return fetched;
  }

  peek(): Promise<Fetched | undefined> {
    return this.queue[0] ?? Promise.resolve(undefined);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.queue);
  }

  private fill(): void {
    while (this.next <= this.range.to && this.queue.length < this.most) {
      if (this.queue.length > 0 && this.bytes >= MOST_BYTES / this.readers.count) return;
      const fetching = this.fetch(this.next++);
      fetching.then(
        ({ bytes }) => (this.bytes += bytes),
        () => undefined,
      );
      this.queue.push(fetching);
    }
  }
}
