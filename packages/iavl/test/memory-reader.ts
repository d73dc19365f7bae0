import { compareKeys, type KeyRange, type OrderedReader } from '../src/index.ts';

type Pair = readonly [key: Uint8Array, value: Uint8Array];

/** Entries held in memory: an ordered reader that a test may change. It counts what is asked. */
export class MemoryReader implements OrderedReader {
  readonly path = '/memory/application.db';
  /** Keys asked by `get`, in hex and in order. */
  readonly asked: string[] = [];
  private readonly values: Map<string, Uint8Array>;

  constructor(entries: Iterable<Pair>) {
    this.values = new Map(Array.from(entries, ([key, value]) => [hexOf(key), value]));
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.asked.push(hexOf(key));
    return this.values.get(hexOf(key));
  }

  set(key: Uint8Array, value: Uint8Array | undefined): void {
    if (value === undefined) this.values.delete(hexOf(key));
    else this.values.set(hexOf(key), value);
  }

  *entries({ gte, gt, lte, lt, reverse }: KeyRange = {}): Generator<Pair> {
    const keys = [...this.values.keys()].sort();
    for (const hex of reverse === true ? keys.reverse() : keys) {
      const key = Buffer.from(hex, 'hex');
      if (gte !== undefined && compareKeys(key, gte) < 0) continue;
      if (gt !== undefined && compareKeys(key, gt) <= 0) continue;
      if (lte !== undefined && compareKeys(key, lte) > 0) continue;
      if (lt !== undefined && compareKeys(key, lt) >= 0) continue;
      yield [key, this.values.get(hex)!];
    }
  }
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
