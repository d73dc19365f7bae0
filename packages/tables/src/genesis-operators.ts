import { type ValidatorKey, validatorKey } from './consensus-key.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Kinds of bytes that stand outside of strings: no bracket, opening bracket, closing bracket, quote. */
const PLAIN = 0;
const OPEN = 1;
const CLOSE = 2;
const STRING = 3;
const KINDS = new Uint8Array(256);
for (const byte of [0x7b, 0x5b]) KINDS[byte] = OPEN;
for (const byte of [0x7d, 0x5d]) KINDS[byte] = CLOSE;
KINDS[QUOTE] = STRING;

/** Paths of the lists whose elements name validators. */
const LISTS = new Set([
  'app_state/genutil/gentxs',
  'app_state/genutil/gen_txs',
  'app_state/staking/validators',
]);
/** Depth of the brackets of a list in LISTS; the document's braces have depth 1. */
const LIST_DEPTH = 4;
/** Bytes of a key that are kept. No key in LISTS is longer. */
const MOST_KEY_BYTES = 64;
/** Largest element that is kept. A gentx or a validator has about 2 kB, but its description may be long. */
const MOST_ELEMENT_BYTES = 16 * 1024 * 1024;

/** Finds the validators of a genesis document while it is read: JSON without insignificant white space, in chunks cut at any byte.
 *
 * Memory is constant: only elements of the lists that name validators are kept, one at a time. */
export class GenesisOperators {
  readonly keys: ValidatorKey[] = [];
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** Bytes of the last string above the lists' depth, which may be a key, and whether it is being read. */
  private readonly key: number[] = [];
  private readingKey = false;
  private readonly path: string[] = [];
  private inList = false;
  private element: Uint8Array[] = [];
  private elementBytes = 0;
  /** Offset in the present chunk at which the element begins or continues. */
  private elementFrom = 0;

  push(chunk: Uint8Array): void {
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    this.elementFrom = 0;
    for (let index = 0; index < bytes.length; ) {
      if (this.inString) {
        index = this.string(bytes, index);
        continue;
      }
      const kind = KINDS[bytes[index++]!]!;
      if (kind === PLAIN) continue;
      if (kind === STRING) this.startString();
      else if (kind === OPEN) this.enter(index - 1);
      else this.leave(bytes, index);
    }
    if (this.inList && this.depth > LIST_DEPTH) this.keep(bytes.subarray(this.elementFrom));
  }

  private startString(): void {
    this.inString = true;
    this.readingKey = this.depth < LIST_DEPTH;
    if (this.readingKey) this.key.length = 0;
  }

  /** Skips to the closing quote of a string or to the end of the chunk. Returns the offset behind it. */
  private string(bytes: Uint8Array, from: number): number {
    const { readingKey, key } = this;
    let { escaped } = this;
    let index = from;
    while (index < bytes.length) {
      const byte = bytes[index++]!;
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        this.inString = false;
        break;
      }
      if (readingKey && key.length < MOST_KEY_BYTES) key.push(byte);
    }
    this.escaped = escaped;
    return index;
  }

  /** Enters an object or list. The string before its bracket is its key. */
  private enter(at: number): void {
    if (++this.depth <= LIST_DEPTH) this.path[this.depth - 2] = String.fromCharCode(...this.key);
    this.key.length = 0;
    if (this.depth === LIST_DEPTH) this.inList = LISTS.has(this.path.slice(0, LIST_DEPTH - 1).join('/'));
    if (this.inList && this.depth === LIST_DEPTH + 1) this.elementFrom = at;
  }

  private leave(bytes: Uint8Array, end: number): void {
    this.depth--;
    if (!this.inList) return;
    if (this.depth < LIST_DEPTH) this.inList = false;
    else if (this.depth === LIST_DEPTH) {
      this.keep(bytes.subarray(this.elementFrom, end));
      this.collect(JSON.parse(Buffer.concat(this.element).toString('utf8')));
      this.element = [];
      this.elementBytes = 0;
    }
  }

  private keep(piece: Uint8Array): void {
    this.elementBytes += piece.length;
    if (this.elementBytes > MOST_ELEMENT_BYTES)
      throw new RangeError(`genesis: at most ${MOST_ELEMENT_BYTES} bytes in a validator, found more`);
    this.element.push(piece.slice());
  }

  /** Collects validators of an element: the element itself, or messages in it that create some. */
  private collect(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const found = validatorKey(value);
    if (found === undefined) for (const inner of Object.values(value)) this.collect(inner);
    else this.keys.push(found);
  }
}
