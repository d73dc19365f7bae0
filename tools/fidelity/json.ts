/** JSON as values that compare exactly: a number keeps the text it was written with. */

export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): string {
    return `number ${this.text}`;
  }
}

export type Json = string | boolean | null | JsonNumber | readonly Json[] | { readonly [key: string]: Json };

type Reviver = (this: unknown, key: string, value: unknown) => unknown;
/** Node 21 and newer hand the number's own text to the reviver; the library's types don't know it yet. */
const keepNumberText = (_key: string, value: unknown, context: { source: string }): unknown =>
  typeof value === 'number' ? new JsonNumber(context.source) : value;

export const parseJson = (text: string): Json => JSON.parse(text, keepNumberText as Reviver) as Json;

export const isObject = (json: Json | undefined): json is { readonly [key: string]: Json } =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof JsonNumber);

/** Returns the value at `path`; undefined if there is none. */
export function at(json: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let here = json;
  for (const step of path) {
    if (Array.isArray(here)) here = (here as readonly Json[])[Number(step)];
    else if (isObject(here)) here = here[step];
    else return undefined;
  }
  return here;
}

/** A string or a number as text, whichever way this version of the node writes it; null and absent are null. */
export function text(json: Json | undefined): string | null {
  if (json instanceof JsonNumber) return json.text;
  if (typeof json === 'string') return json;
  if (json === null || json === undefined) return null;
  throw new TypeError(`expected a string or a number, got ${JSON.stringify(json).slice(0, 80)}`);
}

/** Text where absent and empty mean the same (omitted by the node because it is the default). */
export const textOr = (json: Json | undefined, missing: string): string => text(json) ?? missing;

/** Elements of an array; null and absent are an empty one. */
export function list(json: Json | undefined): readonly Json[] {
  if (Array.isArray(json)) return json as readonly Json[];
  if (json === null || json === undefined) return [];
  throw new TypeError(`expected an array, got ${JSON.stringify(json).slice(0, 80)}`);
}

export interface Difference {
  /** Where in the value: `.fee[0].denom`; empty for the value itself. */
  readonly path: string;
  readonly recorded: Json | undefined;
  readonly shown: Json | undefined;
}

/** The first place where two values differ; undefined when they are equal. Order of an object's keys is no difference. */
export function firstDifference(
  recorded: Json | undefined,
  shown: Json | undefined,
  path = '',
): Difference | undefined {
  if (Array.isArray(recorded) && Array.isArray(shown)) {
    const length = Math.max(recorded.length, shown.length);
    for (let index = 0; index < length; index++) {
      const found = firstDifference(recorded[index] as Json, shown[index] as Json, `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isObject(recorded) && isObject(shown)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(shown)])) {
      const found = firstDifference(recorded[key], shown[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const same =
    recorded instanceof JsonNumber && shown instanceof JsonNumber
      ? recorded.text === shown.text
      : recorded === shown;
  return same ? undefined : { path, recorded, shown };
}
