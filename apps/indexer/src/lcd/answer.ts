/** Reads an answer of a node's REST server, and compares it with SQL's answer. */
import { isDeepStrictEqual } from 'node:util';
import { NOT_FOUND, PANIC, type Route, type Row } from './route.ts';

export interface RestAnswer {
  /** Height of the state in the request. */
  readonly height: number;
  /** Path and query of the request, without the height. */
  readonly request: string;
  readonly status: number;
  readonly text: string;
  /** The parsed answer; undefined if the text is not JSON. */
  readonly json: unknown;
}

/** Matches the errors by which the chain's modules say that the thing asked for does not exist. */
const NOTHING =
  /not found|no .* found|n[o']t exist|no delegation|unknown (denom|proposal)|no tobin tax|no aggregate|did not (vote|deposit)|not a valid vote option|bigger then the chain length|recursive swap|invalid (offer coin|coins)/;

/** Matches the error of a server that does not have the route. It says nothing about the chain. */
const NO_ROUTE = /^"?404 page not found/;

/** Returns the answer's JSON, `NOT_FOUND` or `PANIC`; undefined for another error, which says nothing about the chain. */
export function answeredValue(
  { request, status, json, text }: RestAnswer,
  { read, leftOut = [], isNothing404 }: Route,
): unknown {
  if (status === 200) {
    const value = without(isGateway(request) ? json : withoutEnvelope(json), new Set(leftOut));
    return read === undefined ? value : read(value);
  }
  if (text.includes('panic')) return PANIC;
  if (NO_ROUTE.test(text)) return isNothing404 ? NOT_FOUND : undefined;
  return NOTHING.test(text) ? NOT_FOUND : undefined;
}

/** Returns true if SQL's answer equals REST's answer. */
export function isAnswer(answer: RestAnswer, found: unknown, route: Route): boolean {
  const value = answeredValue(answer, route);
  return value !== undefined && isSame(value, found, route);
}

export const isSame = (one: unknown, other: unknown, { set }: Pick<Route, 'set'>): boolean =>
  isDeepStrictEqual(normal(one, set), normal(other, set));

export const isGateway = (request: string): boolean => /^\/(cosmos|terra|ibc)\//.test(request);

/** Removes the envelope in which the legacy servers put most answers: `{"height": "290", "result": …}`. */
const withoutEnvelope = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'result' in json ? json.result : json;

function without(json: unknown, names: ReadonlySet<string>): unknown {
  if (names.size === 0 || typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map((item) => without(item, names));
  return Object.fromEntries(
    Object.entries(json)
      .filter(([name]) => !names.has(name))
      .map(([name, value]) => [name, without(value, names)]),
  );
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d*?)0*)?Z$/;

/** Brings a value into a form that can be compared: times without zeros at their end (the gateway pads nanoseconds to 3, 6 or 9 digits),
 * and keys and the route's set in a fixed order. Symbols are replaced by their descriptions. */
export function normal(value: unknown, set: string | undefined): unknown {
  if (typeof value === 'symbol') return value.description;
  const plain = plainTimes(value);
  if (set === undefined || typeof plain !== 'object' || plain === null) return plain;
  return set === '' ? sorted(plain) : { ...plain, [set]: sorted((plain as Row)[set]) };
}

const sorted = (list: unknown): unknown =>
  Array.isArray(list) ? [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list;

function plainTimes(json: unknown): unknown {
  if (typeof json === 'string')
    return json.replace(TIME, (_, whole, digits) => `${whole}${digits ? `.${digits}` : ''}Z`);
  if (Array.isArray(json)) return json.map(plainTimes);
  if (typeof json !== 'object' || json === null) return json;
  // Keys are put in a fixed order, so that the elements of sets sort in the same way.
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, plainTimes(value)]));
}
