/** The text that Postgres prints of a JSON text that it holds as jsonb, so that a stored value can be compared with a made one by its
 * bytes: keys in order of length and then of bytes, the last of equal ones, `": "` and `", "` between, numbers as numeric prints them
 * (JsonbToCString and escape_json, PostgreSQL 15 to 18). */

const [QUOTE, BACKSLASH, COLON, COMMA] = [34, 92, 58, 44];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [123, 125, 91, 93];

/** @param json  well-formed, and such as jsonb takes: no U+0000, no lone surrogate, at most 1,000 levels deep */
export const jsonbText = (json: string): string => new JsonbPrinter(json).value();

class JsonbPrinter {
  private readonly json: string;
  private pos = 0;
  /** Whether the JSON text has an escape anywhere. */
  private readonly hasEscapes: boolean;

  constructor(json: string) {
    this.json = json;
    this.hasEscapes = json.includes('\\');
  }

  value(): string {
    const code = this.next();
    if (code === QUOTE) return this.string();
    if (code === OPEN) return this.object();
    if (code === OPEN_LIST) return this.list();
    return this.scalar();
  }

  /** Skips white space and returns the code of the next character. */
  private next(): number {
    const { json } = this;
    let code = json.charCodeAt(this.pos);
    while (code <= 32) code = json.charCodeAt(++this.pos);
    return code;
  }

  private object(): string {
    const members = new Map<string, string>();
    this.pos++;
    for (let code = this.next(); code !== CLOSE; code = this.next()) {
      if (code === COMMA) this.pos++;
      this.next();
      const key = this.string();
      if (this.next() === COLON) this.pos++;
      members.set(key, this.value());
    }
    this.pos++;
    if (members.size === 0) return '{}';
    const sorted = members.size === 1 ? [...members] : [...members].sort(byKey);
    return `{${sorted.map(([key, value]) => `${key}: ${value}`).join(', ')}}`;
  }

  private list(): string {
    const elements: string[] = [];
    this.pos++;
    for (let code = this.next(); code !== CLOSE_LIST; code = this.next()) {
      if (code === COMMA) this.pos++;
      elements.push(this.value());
    }
    this.pos++;
    return `[${elements.join(', ')}]`;
  }

  /** A string with its quotes. */
  private string(): string {
    const { json, pos } = this;
    let end = json.indexOf('"', pos + 1);
    if (this.hasEscapes) while (isEscaped(json, end)) end = json.indexOf('"', end + 1);
    this.pos = end + 1;
    const text = json.slice(pos, end + 1);
    return this.hasEscapes && text.includes('\\') ? escaped(JSON.parse(text)) : text;
  }

  /** A number, true, false or null. */
  private scalar(): string {
    const { json, pos } = this;
    for (let code = json.charCodeAt(this.pos); isScalar(code); code = json.charCodeAt(++this.pos));
    const text = json.slice(pos, this.pos);
    return text.charCodeAt(0) <= 57 ? numericText(text) : text;
  }
}

/** Whether an odd number of backslashes stands before the character. */
function isEscaped(json: string, at: number): boolean {
  let from = at;
  while (json.charCodeAt(from - 1) === BACKSLASH) from--;
  return (at - from) % 2 === 1;
}

/** Of NaN, behind the end, too. */
const isScalar = (code: number): boolean =>
  code > 32 && code !== COMMA && code !== CLOSE && code !== CLOSE_LIST;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const escaped = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Postgres escapes
  `"${text.replace(/["\\\u0000-\u001f]/g, (found) => SHORT_ESCAPES[found] ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;

type Member = readonly [key: string, value: string];

/** Compares quoted keys as Postgres compares them unquoted: by bytes in UTF-8, the shorter first. */
function byKey([one]: Member, [other]: Member): number {
  const [left, right] = [keyBytes(one), keyBytes(other)];
  return left.length - right.length || Buffer.compare(left, right);
}

const keyBytes = (quoted: string): Buffer =>
  Buffer.from(quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1), 'utf8');

/** A JSON number as `numeric` prints it: without an exponent, zero without a sign. */
function numericText(text: string): string {
  if (!/[eE]/.test(text)) return text.startsWith('-') && /^-[0.]*$/.test(text) ? text.slice(1) : text;
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(text)!;
  const shift = Number(exponent);
  const digits = whole! + fraction;
  const point = whole!.length + shift;
  const before =
    digits
      .slice(0, Math.max(0, point))
      .padEnd(point, '0')
      .replace(/^0+(?=\d)/, '') || '0';
  const after = '0'.repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point));
  const shown = after === '' ? before : `${before}.${after}`;
  return /^[0.]*$/.test(shown) ? shown : `${sign}${shown}`;
}
