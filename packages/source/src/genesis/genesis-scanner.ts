import { createHash, type Hash } from 'node:crypto';
import { createEscapeFolder, type EscapeFolder } from './json-escapes.ts';

/** The facts that one pass over a genesis document finds. */
export interface GenesisFacts {
  /** sha256 of the JSON without insignificant white space. The order of keys and the text of numbers stay as they are. */
  readonly hash: Uint8Array;
  /** sha256 of the unchanged bytes. */
  readonly rawHash: Uint8Array;
  /** sha256 of `app_state` without white space and with Go's optional escapes undone; undefined if the document has none. */
  readonly appStateHash: Uint8Array | undefined;
  /** Size of the document without insignificant white space, in bytes. */
  readonly minifiedBytes: number;
  readonly chainId: string;
  readonly initialHeight: number;
}

/** Most bytes at the outermost level of a genesis document (chain id, times, an app hash). Real documents have a few hundred there. */
const MOST_SKELETON_BYTES = 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The kinds of bytes outside of strings; a plain one needs no attention. */
const PLAIN = 0;
const SPACE = 1;
const QUOTE_MARK = 2;
const OPEN = 3;
const CLOSE = 4;
const KINDS = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0a, 0x0d]) KINDS[byte] = SPACE;
for (const byte of [0x7b, 0x5b]) KINDS[byte] = OPEN;
for (const byte of [0x7d, 0x5d]) KINDS[byte] = CLOSE;
KINDS[QUOTE] = QUOTE_MARK;

/** Reads a JSON text once, in chunks that may be cut anywhere, in constant memory.
 *
 * It assumes that the text is JSON. It only checks that brackets and strings are closed and that the outermost level is an object. That
 * level, with all nested values emptied, is the skeleton from which the facts are taken. */
export class GenesisScanner {
  private readonly hash = createHash('sha256');
  private readonly rawHash = createHash('sha256');
  private readonly appState: { readonly hash: Hash; readonly folder: EscapeFolder; seen: boolean };
  private inString = false;
  private escaped = false;
  private depth = 0;
  private inAppState = false;
  private isEdge = false;
  /** Position in the current chunk at which app_state begins or goes on. */
  private appStateFrom = 0;
  private minifiedBytes = 0;
  private readonly skeleton: number[] = [];

  constructor() {
    const hash = createHash('sha256');
    this.appState = { hash, folder: createEscapeFolder((bytes) => hash.update(bytes)), seen: false };
  }

  /** Writes `chunk` without insignificant white space to the start of `target`, which is at least as long.
   * @returns the number of bytes that were written */
  push(chunk: Uint8Array, target: Uint8Array): number {
    this.rawHash.update(chunk);
    // The loops below are twice as fast if they always get a plain Uint8Array, never a Buffer.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    let length = 0;
    this.appStateFrom = 0;
    for (let index = 0; index < bytes.length; ) {
      if (this.inString) {
        const copied = this.copyString(bytes, index, target, length);
        length += copied;
        index += copied;
        continue;
      }
      const byte = bytes[index++]!;
      const kind = KINDS[byte]!;
      if (kind === SPACE) continue;
      target[length++] = byte;
      if (kind === QUOTE_MARK) this.inString = true;
      else if (kind !== PLAIN) this.step(kind, target, length);
      if (this.depth <= 1 || this.isEdge) this.keep(byte);
      this.isEdge = false;
    }
    const written = target.subarray(0, length);
    if (this.inAppState) this.appState.folder.push(written.subarray(this.appStateFrom));
    this.hash.update(written);
    this.minifiedBytes += length;
    return length;
  }

  /** Goes one level deeper or back after a bracket. `length` is the position after the bracket in `target`. */
  private step(kind: number, target: Uint8Array, length: number): void {
    if (kind === CLOSE) {
      if (--this.depth === 1 && this.inAppState) {
        this.appState.folder.push(target.subarray(this.appStateFrom, length));
        this.inAppState = false;
      }
      return;
    }
    if (++this.depth !== 2) return;
    // The bracket itself belongs to the skeleton, but not what is inside it.
    this.isEdge = true;
    if (!this.isAppStateNext()) return;
    this.inAppState = true;
    this.appState.seen = true;
    this.appStateFrom = length - 1;
  }

  /** Returns the facts after the last chunk.
   * @throws Error that says what is wrong with the text */
  finish(): GenesisFacts {
    if (this.inString || this.depth !== 0)
      throw new Error('a JSON text that ends, found an open string or bracket');
    const top = JSON.parse(Buffer.from(this.skeleton).toString('utf8')) as unknown;
    if (typeof top !== 'object' || top === null || Array.isArray(top))
      throw new Error('a JSON object, found another value');
    const { chain_id: chainId, initial_height: initialHeight } = top as Record<string, unknown>;
    if (typeof chainId !== 'string') throw new Error('a text chain_id, found none');
    this.appState.folder.finish();
    return {
      hash: this.hash.digest(),
      rawHash: this.rawHash.digest(),
      appStateHash: this.appState.seen ? this.appState.hash.digest() : undefined,
      minifiedBytes: this.minifiedBytes,
      chainId,
      // Go's GenesisDoc.ValidateAndComplete turns 0 into 1.
      initialHeight: Number(initialHeight ?? 0) || 1,
    };
  }

  /** Copies from inside a string to its closing quote or the chunk's end; returns the number of bytes. */
  private copyString(chunk: Uint8Array, from: number, target: Uint8Array, at: number): number {
    const isOutermost = this.depth <= 1;
    let escaped = this.escaped;
    let index = from;
    while (index < chunk.length) {
      const byte = chunk[index]!;
      target[at + index - from] = byte;
      index++;
      if (isOutermost) this.keep(byte);
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        this.inString = false;
        break;
      }
    }
    this.escaped = escaped;
    return index - from;
  }

  private keep(byte: number): void {
    if (this.skeleton.push(byte) > MOST_SKELETON_BYTES)
      throw new Error(`at most ${MOST_SKELETON_BYTES} bytes outside of nested values, found more`);
  }

  private isAppStateNext(): boolean {
    const key = '"app_state":';
    const tail = this.skeleton.slice(-key.length - 1);
    return tail.length > key.length && String.fromCharCode(...tail.slice(1)) === key && isSeparator(tail[0]!);
  }
}

/** Returns true if the byte can come before a key of an object: `{` or `,`. After any other byte, a quote is part of a
 * longer key. */
const isSeparator = (byte: number): boolean => byte === 0x7b || byte === 0x2c;
