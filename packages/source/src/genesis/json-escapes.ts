/** Undoes, in a stream of JSON, the escapes that Go's encoder adds to any JSON it passes on: `\u003c`, `\u003e`, `\u0026`,
 * `\u2028`, `\u2029` (encoding/json compact with escapeHTML). A node's copy of a genesis document differs from the file in
 * them. */
export interface EscapeFolder {
  push(chunk: Uint8Array): void;
  finish(): void;
}

const BACKSLASH = 0x5c;
/** `\uXXXX` */
const LONGEST_ESCAPE = 6;

const FOLDED: ReadonlyMap<string, Uint8Array> = new Map(
  ['<', '>', '&', '\u2028', '\u2029'].map((character) => [
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    Buffer.from(character, 'utf8'),
  ]),
);

/** @param emit  gets views that are valid only during the call */
export function createEscapeFolder(emit: (bytes: Uint8Array) => void): EscapeFolder {
  let rest: Uint8Array = new Uint8Array(0);
  /** Folds what is certain; returns what may be the start of an escape. */
  const fold = (bytes: Buffer): Uint8Array => {
    let from = 0;
    for (let at = bytes.indexOf(BACKSLASH); at >= 0; ) {
      if (at + LONGEST_ESCAPE > bytes.length) {
        emit(bytes.subarray(from, at));
        return bytes.subarray(at);
      }
      const isUnicode = bytes[at + 1] === 0x75;
      const folded = isUnicode
        ? FOLDED.get(bytes.toString('latin1', at, at + LONGEST_ESCAPE).toLowerCase())
        : undefined;
      const next = at + (isUnicode ? LONGEST_ESCAPE : 2);
      if (folded !== undefined) {
        emit(bytes.subarray(from, at));
        emit(folded);
        from = next;
      }
      at = bytes.indexOf(BACKSLASH, next);
    }
    emit(bytes.subarray(from));
    return bytes.subarray(bytes.length);
  };
  return {
    push(chunk) {
      const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      rest = fold(rest.length === 0 ? view : Buffer.concat([rest, view])).slice();
    },
    finish() {
      // At the end a short escape, as \n, is whole.
      emit(rest);
    },
  };
}
