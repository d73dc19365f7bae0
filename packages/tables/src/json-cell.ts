/** JSON that jsonb can't hold equally: found by one cheap pass, so that exact text is kept beside it. */

/** jsonb's parser recurses and stops at max_stack_depth (some 6,000 levels by default); no real message comes near. */
const MAX_DEPTH = 1000;
/** numeric holds 131,072 digits before the point and 16,383 after it; far less is asked of a chain. */
const MAX_DIGITS = 10_000;
/** jsonb's strings end at 256 MB. */
const MAX_LENGTH = 200_000_000;

/** exact: jsonb equals the text. altered: jsonb takes it, and drops or rewrites something. refused: no jsonb at all. */
export type JsonHold = 'exact' | 'altered' | 'refused';

export interface JsonCells {
  /** What jsonb can hold; NULL when nothing close to it. */
  readonly value: string | null;
  /** The JSON text in UTF-8, when `value` is not equal to it. */
  readonly raw: Uint8Array | null;
}

const utf8 = new TextEncoder();
const NONE: JsonCells = { value: null, raw: null };

/** JSON text as a jsonb cell and its `_raw` neighbour. */
export function jsonCells(text: string | undefined): JsonCells {
  if (text === undefined) return NONE;
  const hold = new JsonScan(text).run();
  if (hold === 'exact') return { value: text, raw: null };
  return { value: hold === 'altered' ? repaired(text) : null, raw: utf8.encode(text) };
}

export const jsonHold = (text: string): JsonHold => new JsonScan(text).run();

/** U+FFFD for NUL and for surrogates without their other half; everything else stays as it is. */
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

/** One pass over a JSON text; the text is taken to be well-formed. */
class JsonScan {
  private readonly text: string;
  private pos = 0;
  private hold: JsonHold = 'exact';
  /** Next backslash at or after `pos`; the end when there is none. */
  private backslash: number;
  /** Keys of the objects that are open, outermost first; undefined for lists. */
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

  /** Walks the escapes of a string; returns where its closing quote is. */
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

  /** A \u escape, and the second half of a pair; leaves `backslash` after it. */
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

  /** jsonb keeps the digits after the point, but neither an exponent nor the sign of zero. */
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
