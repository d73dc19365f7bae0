/** Finds out, in one pass over a JSON text, whether jsonb would change or refuse it. If so, the exact text is stored beside it. */

/** Deepest nesting that is passed to jsonb. Its parser recurses and fails at max_stack_depth (about 6,000 levels by default). */
const MAX_DEPTH = 1000;
/** Most digits of a number that is passed to jsonb. Its numeric can hold 131,072 digits before the point and 16,383 after it. */
const MAX_DIGITS = 10_000;
/** Most UTF-16 units of a text that is passed to jsonb, which can hold at most 256 MB. */
const MAX_LENGTH = 200_000_000;

/** What jsonb does with a JSON text. `exact`: it stores an equal value. `altered`: it drops or changes something. `refused`: it gives an
 * error. */
export type JsonHold = 'exact' | 'altered' | 'refused';

export interface JsonCells {
  /** JSON text that jsonb accepts; null if jsonb would refuse it even when repaired. */
  readonly value: string | null;
  /** The exact JSON text in UTF-8; null if jsonb stores an equal value. */
  readonly raw: Uint8Array | null;
}

const utf8 = new TextEncoder();
const NONE: JsonCells = { value: null, raw: null };

/** Converts a JSON text to the cells of a jsonb column and its `_raw` column. undefined becomes NULL in both. */
export function jsonCells(text: string | undefined): JsonCells {
  if (text === undefined) return NONE;
  const hold = new JsonScan(text).run();
  if (hold === 'exact') return { value: text, raw: null };
  return { value: hold === 'altered' ? repaired(text) : null, raw: utf8.encode(text) };
}

export const jsonHold = (text: string): JsonHold => new JsonScan(text).run();

/** Replaces NUL and lone surrogates by U+FFFD. */
function repaired(text: string): string {
  return text.replace(
    /\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u(0000|[dD][89a-fA-F]..)|\\./g,
    (found, broken) => (broken === undefined ? found : '\\ufffd'),
  );
}

const isHigh = (unit: string): boolean => /^[dD][89abAB]/.test(unit);
const isLow = (unit: string): boolean => /^[dD][c-fC-F]/.test(unit);

const QUOTE = 34;
const COLON = 58;
const OPEN = 123;
const CLOSE = 125;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;

/** Scans a JSON text once. The text must be well-formed. */
class JsonScan {
  private readonly text: string;
  private pos = 0;
  private hold: JsonHold = 'exact';
  /** Offset of the next backslash at or after `pos`; Infinity if there is none. */
  private backslash: number;
  /** The keys that were seen in each open object, outermost first; undefined for an open list. */
  private readonly open: (string[] | undefined)[] = [];

  constructor(text: string) {
    this.text = text;
    this.backslash = this.nextBackslash(0);
  }

  run(): JsonHold {
    const { text } = this;
    if (text.length > MAX_LENGTH) return 'refused';
    while (this.pos < text.length && this.hold !== 'refused') {
      const code = text.charCodeAt(this.pos);
      if (code === QUOTE) this.string();
      else if (code === OPEN || code === OPEN_LIST) this.enter(code === OPEN ? [] : undefined);
      else if (code === CLOSE || code === CLOSE_LIST) this.leave();
      else if (code === 45 || (code >= 48 && code <= 57)) this.number();
      else this.pos++;
    }
    return this.hold;
  }

  private enter(keys: string[] | undefined): void {
    this.open.push(keys);
    if (this.open.length > MAX_DEPTH) this.hold = 'refused';
    this.pos++;
  }

  private leave(): void {
    const keys = this.open.pop();
    if (keys !== undefined && hasRepeat(keys)) this.hold = 'altered';
    this.pos++;
  }

  private string(): void {
    const { text } = this;
    const start = this.pos + 1;
    let end = text.indexOf('"', start);
    if (this.backslash < start) this.backslash = this.nextBackslash(start);
    const escaped = this.backslash < end;
    if (escaped) end = this.escapedEnd();
    this.pos = end + 1;
    const keys = this.open.at(-1);
    if (keys === undefined) return;
    while (text.charCodeAt(this.pos) <= 32) this.pos++;
    if (text.charCodeAt(this.pos) !== COLON) return;
    keys.push(escaped ? JSON.parse(text.slice(start - 1, end + 1)) : text.slice(start, end));
  }

  /** Reads the escapes of a string, and returns the offset of its closing quote. */
  private escapedEnd(): number {
    const { text } = this;
    let end = 0;
    for (;;) {
      if (text.charCodeAt(this.backslash + 1) === 117) this.unicode();
      else this.backslash += 2;
      end = text.indexOf('"', this.backslash);
      this.backslash = this.nextBackslash(this.backslash);
      if (this.backslash > end) return end;
    }
  }

  /** Reads the \u escape at `backslash`, and the second half of a surrogate pair. Moves `backslash` to the position after them. */
  private unicode(): void {
    const { text } = this;
    const first = text.slice(this.backslash + 2, this.backslash + 6);
    this.backslash += 6;
    if (first === '0000' || isLow(first)) this.hold = 'altered';
    if (!isHigh(first)) return;
    const pair =
      text.startsWith('\\u', this.backslash) && isLow(text.slice(this.backslash + 2, this.backslash + 6));
    if (pair) this.backslash += 6;
    else this.hold = 'altered';
  }

  /** Reads a number. jsonb keeps digits after the point, but drops an exponent and the sign of zero. */
  private number(): void {
    const { text } = this;
    const start = this.pos;
    let exponent = -1;
    for (; this.pos < text.length; this.pos++) {
      const code = text.charCodeAt(this.pos);
      if (code === 101 || code === 69) exponent = this.pos + 1;
      else if (!((code >= 48 && code <= 57) || code === 45 || code === 46 || code === 43)) break;
    }
    if (this.pos - start > MAX_DIGITS) this.hold = 'refused';
    else if (exponent >= 0) {
      this.hold = Math.abs(Number(text.slice(exponent, this.pos))) < MAX_DIGITS ? 'altered' : 'refused';
    } else if (text.charCodeAt(start) === 45 && Number(text.slice(start, this.pos)) === 0)
      this.hold = 'altered';
  }

  private nextBackslash(from: number): number {
    const found = this.text.indexOf('\\', from);
    return found < 0 ? Number.POSITIVE_INFINITY : found;
  }
}

function hasRepeat(keys: readonly string[]): boolean {
  if (keys.length > 12) return new Set(keys).size < keys.length;
  for (let index = 1; index < keys.length; index++) {
    for (let other = 0; other < index; other++) if (keys[index] === keys[other]) return true;
  }
  return false;
}
