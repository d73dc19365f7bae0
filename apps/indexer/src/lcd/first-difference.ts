/** Finds the first place at which two answers differ. */
import { isDeepStrictEqual } from 'node:util';
import { normal } from './answer.ts';
import type { Route } from './route.ts';

export interface FirstDifference {
  /** `rewards[3].reward[0].amount`, as in REST's answer; empty: the answers as a whole. */
  readonly path: string;
  /** REST's value at the path; undefined if it has none. */
  readonly rest: unknown;
  /** SQL's value at the path; undefined if it has none. */
  readonly sql: unknown;
}

/** The first place, in REST's order, at which two answers of a route differ. Items of the route's set are told apart by what they
 * hold: an item that only one side has is compared with the most similar one of those that only the other side has. */
export function firstDifference(rest: unknown, sql: unknown, { set }: Pick<Route, 'set'>): FirstDifference {
  const [one, other] = [normal(rest, undefined), normal(sql, undefined)];
  if (set === undefined) return differenceAt('', one, other);
  if (set === '') return differenceOfSets('', one, other);
  const [own, others] = [fieldsOf(one), fieldsOf(other)];
  if (own === undefined || others === undefined || isSameSet(own[set], others[set]))
    return differenceAt('', one, other, set);
  return differenceOfSets(set, own[set], others[set]);
}

/** @param known  a field that is equal as a set */
function differenceAt(path: string, rest: unknown, sql: unknown, known?: string): FirstDifference {
  const [one, other] = [fieldsOf(rest), fieldsOf(sql)];
  const isList = Array.isArray(rest);
  if (one === undefined || other === undefined || isList !== Array.isArray(sql)) return { path, rest, sql };
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    if (name === known || isDeepStrictEqual(one[name], other[name])) continue;
    const step = isList ? `[${name}]` : path === '' ? name : `.${name}`;
    return differenceAt(path + step, one[name], other[name]);
  }
  return { path, rest, sql };
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;

function differenceOfSets(path: string, rest: unknown, sql: unknown): FirstDifference {
  if (!Array.isArray(rest) || !Array.isArray(sql)) return { path, rest, sql };
  const [own, others] = [onlyIn(rest, sql), onlyIn(sql, rest)];
  const [item] = own;
  if (item === undefined) return { path: `${path}[${rest.length}]`, rest: undefined, sql: others[0] };
  const likest = others.toSorted((one, other) => unlikeness(item, one) - unlikeness(item, other))[0];
  return differenceAt(`${path}[${rest.indexOf(item)}]`, item, likest);
}

/** Items of `list` that `other` does not have, or has less often. */
function onlyIn(list: readonly unknown[], other: readonly unknown[]): unknown[] {
  const left = Map.groupBy(other, (item) => JSON.stringify(item));
  return list.filter((item) => left.get(JSON.stringify(item))?.pop() === undefined);
}

const isSameSet = (one: unknown, other: unknown): boolean =>
  Array.isArray(one) && Array.isArray(other) && onlyIn(one, other).length + onlyIn(other, one).length === 0;

/** Counts the fields in which two items differ. */
function unlikeness(one: unknown, other: unknown): number {
  const [left, right] = [fieldsOf(one) ?? {}, fieldsOf(other) ?? {}];
  return Object.keys(left).filter((name) => !isDeepStrictEqual(left[name], right[name])).length;
}
