import { compareKeysAt, SLOT_FIELDS, type SortedRun } from '../blocks/sorted-run.ts';
import type { ReadOnlyFile } from '../read-only-file.ts';
import { readFromLog } from './log-reader.ts';

/** Values up to this many bytes are always kept in memory, since remembering their place in the file would take about as much. */
const SMALL_VALUE_BYTES = 256;

/** The place of a value that is not kept in memory: in its log file, at `position`. */
interface FarValue {
  readonly file: ReadOnlyFile;
  readonly position: number;
  readonly length: number;
}

/** Collects the changes of logs; `finish` returns the newest change of each key, sorted by key.
 *
 * All keys and small values are kept in memory. Other values are kept until they take `keepBytes`; later ones stay in their log file and
 * are read when they are asked for. Logs are as large as the node's write buffers (4 MiB in Tendermint, 64 MiB in Terra's), and values are
 * most of that. */
export class LogRunBuilder {
  private readonly keepBytes: number;
  private bytes = new Uint8Array(64 * 1024);
  private used = 0;
  private slots = new Uint32Array(1024 * SLOT_FIELDS);
  private versions = new Float64Array(1024);
  private count = 0;
  private readonly far: FarValue[] = [];

  constructor(keepBytes: number) {
    this.keepBytes = keepBytes;
  }

  delete(sequence: number, key: Uint8Array): void {
    this.push(sequence * 2, key, 0, 0);
  }

  /** Adds a put.
   * @param locate  returns the value's place in its log file. It is called only if the value is not kept in memory */
  put(sequence: number, key: Uint8Array, value: Uint8Array, locate: () => Omit<FarValue, 'length'>): void {
    if (value.length <= SMALL_VALUE_BYTES || this.used + value.length <= this.keepBytes) {
      const start = this.append(value);
      this.push(sequence * 2 + 1, key, start, value.length);
      return;
    }
    this.far.push({ ...locate(), length: value.length });
    // A start of FAR or above means a value that is not kept in memory, see `LogRun.value`.
    this.push(sequence * 2 + 1, key, FAR + this.far.length - 1, value.length);
  }

  /** Returns the run of all changes. The builder must not be used afterwards. */
  finish(): LogRun {
    const all = new LogRun(
      this.count,
      this.bytes.subarray(0, this.used),
      this.slots,
      this.versions,
      this.far,
    );
    const order = new Uint32Array(this.count);
    for (let index = 0; index < order.length; index++) order[index] = index;
    order.sort(
      (left, right) => compareKeysAt(all, left, all, right) || all.versions[right]! - all.versions[left]!,
    );
    const newest = order.filter(
      (at, index) => index === 0 || compareKeysAt(all, at, all, order[index - 1]!) !== 0,
    );
    const slots = new Uint32Array(newest.length * SLOT_FIELDS);
    const versions = new Float64Array(newest.length);
    for (const [index, from] of newest.entries()) {
      versions[index] = this.versions[from]!;
      for (let field = 0; field < SLOT_FIELDS; field++)
        slots[index * SLOT_FIELDS + field] = this.slots[from * SLOT_FIELDS + field]!;
    }
    return new LogRun(newest.length, all.keys, slots, versions, this.far);
  }

  private push(version: number, key: Uint8Array, valueStart: number, valueLength: number): void {
    const start = this.append(key);
    if (this.count === this.versions.length) {
      const slots = new Uint32Array(this.slots.length * 2);
      slots.set(this.slots);
      this.slots = slots;
      const versions = new Float64Array(this.versions.length * 2);
      versions.set(this.versions);
      this.versions = versions;
    }
    this.slots.set([start, start + key.length, valueStart, valueLength], this.count * SLOT_FIELDS);
    this.versions[this.count++] = version;
  }

  private append(bytes: Uint8Array): number {
    const start = this.used;
    if (start + bytes.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, start + bytes.length));
      grown.set(this.bytes.subarray(0, start));
      this.bytes = grown;
    }
    this.bytes.set(bytes, start);
    this.used += bytes.length;
    return start;
  }
}

/** The start of a value that is kept in memory is below this, since never two GiB of logs are kept. A start from here on is the index of a
 * FarValue. */
const FAR = 2 ** 31;

/** The newest change of each key in a log. `keys` also contains the values that are kept in memory. */
export class LogRun implements SortedRun {
  readonly count: number;
  readonly keys: Uint8Array;
  readonly slots: Uint32Array;
  readonly versions: Float64Array;
  readonly far: readonly FarValue[];
  constructor(
    count: number,
    keys: Uint8Array,
    slots: Uint32Array,
    versions: Float64Array,
    far: readonly FarValue[],
  ) {
    this.count = count;
    this.keys = keys;
    this.slots = slots;
    this.versions = versions;
    this.far = far;
  }
  value(index: number): Uint8Array {
    const start = this.slots[index * SLOT_FIELDS + 2]!;
    const length = this.slots[index * SLOT_FIELDS + 3]!;
    if (start < FAR) return this.keys.subarray(start, start + length);
    const { file, position } = this.far[start - FAR]!;
    return readFromLog(file, position, length);
  }
}

/** Merges two runs. If both have a key, the entry of `newer` is taken. */
export function mergeLogRuns(older: LogRun, newer: LogRun): LogRun {
  const most = older.count + newer.count;
  const bytes = new Uint8Array(older.keys.length + newer.keys.length);
  const slots = new Uint32Array(most * SLOT_FIELDS);
  const versions = new Float64Array(most);
  const far: FarValue[] = [];
  let count = 0;
  let used = 0;
  const copy = (run: LogRun, start: number, end: number): number => {
    bytes.set(run.keys.subarray(start, end), used);
    const at = used;
    used += end - start;
    return at;
  };
  const take = (run: LogRun, index: number): void => {
    const from = index * SLOT_FIELDS;
    const keyStart = run.slots[from]!;
    const keyEnd = run.slots[from + 1]!;
    const value = run.slots[from + 2]!;
    const length = run.slots[from + 3]!;
    const start = copy(run, keyStart, keyEnd);
    const isFar = value >= FAR;
    if (isFar) far.push(run.far[value - FAR]!);
    const place = isFar ? FAR + far.length - 1 : copy(run, value, value + length);
    slots.set([start, start + keyEnd - keyStart, place, length], count * SLOT_FIELDS);
    versions[count++] = run.versions[index]!;
  };
  let [left, right] = [0, 0];
  while (left < older.count || right < newer.count) {
    const order =
      left === older.count ? 1 : right === newer.count ? -1 : compareKeysAt(older, left, newer, right);
    if (order < 0) take(older, left++);
    else take(newer, right++);
    if (order === 0) left++;
  }
  return new LogRun(count, bytes.subarray(0, used), slots.subarray(0, count * SLOT_FIELDS), versions, far);
}
