import type { StateEraName, StateKind, StateRecord } from '@baleen/chain';
import { openState } from '@baleen/source';
import { answerJson, type FixtureName, fixture, fixtureData, readJsonLines } from '@baleen/testing';
import { createStateDecoder } from '../src/state/index.ts';

export interface Leaf {
  readonly store: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly version: number;
}

/** Every leaf of every store after a block of a recorded chain. */
export function leavesAt(name: FixtureName, height: number): Leaf[] {
  using state = openState(fixtureData(name), { height });
  const stores = state.info.stores.filter(({ kind }) => kind === 'iavl');
  return stores.flatMap(({ name: store }) =>
    Array.from(state.tree(store).leaves(), ({ key, value, version }) => ({ store, key, value, version })),
  );
}

type OfKind<Kind extends StateKind, One = StateRecord> = One extends StateRecord
  ? Kind extends One['kind']
    ? One
    : never
  : never;

/** What the leaves say, by kind, in the order of the stores. */
export class Records {
  readonly all: readonly StateRecord[];
  constructor(name: FixtureName, era: StateEraName, height: number) {
    const decode = createStateDecoder(era, 'terra');
    this.all = leavesAt(name, height).flatMap(({ store, key, value }) => decode(store, key, value));
  }

  of<Kind extends StateKind>(kind: Kind): OfKind<Kind>[] {
    return this.all.filter((record) => record.kind === kind) as OfKind<Kind>[];
  }

  /** A module's value that it has once. */
  value(module: string, name: string): unknown {
    const found = this.of('module_value').find((each) => each.module === module && each.name === name);
    return found && JSON.parse(found.valueJson);
  }

  /** A module's params by REST's names. */
  params(subspace: string): Record<string, unknown> {
    const own = this.of('param').filter((param) => param.subspace === subspace);
    return Object.fromEntries(own.map((param) => [param.name, JSON.parse(param.valueJson)]));
  }
}

export interface Answer {
  /** Route with its query, without the height. */
  readonly request: string;
  /** Times cut to the digits that matter. */
  readonly json: unknown;
}

/** What the node's REST server answered about state at a height; errors are left out. */
export const answersAt = (name: FixtureName, height: number): Answer[] =>
  readJsonLines(fixture(name, 'lcd-state.jsonl.gz'))
    .filter((answer) => Number(answer.height) === height && answer.status === 200)
    .map((answer) => ({
      request: answer.request.replace(/[?&]height=\d+/, ''),
      json: withoutZeros(answerJson(answer)),
    }));

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d*?)0*)?Z$/;

/** The gateway pads nanoseconds to 3, 6 or 9 digits, amino-JSON does not. */
export function withoutZeros(json: unknown): unknown {
  if (typeof json === 'string')
    return json.replace(TIME, (_, whole, digits) => `${whole}${digits ? `.${digits}` : ''}Z`);
  if (Array.isArray(json)) return json.map(withoutZeros);
  // A test's matchers stay as they are.
  if (typeof json !== 'object' || json === null || Object.getPrototypeOf(json) !== Object.prototype)
    return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, withoutZeros(value)]));
}

/** 18 digits after the point. */
export function decimalText(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(19, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -18)}.${digits.slice(-18)}`;
}

export const coinsJson = (coins: readonly { denom: string; amount: bigint }[]): unknown =>
  coins.map(({ denom, amount }) => ({ denom, amount: String(amount) }));

export const decimalCoinsJson = (coins: readonly { denom: string; amount: bigint }[]): unknown =>
  coins.map(({ denom, amount }) => ({ denom, amount: decimalText(amount) }));

/** What an era's REST says of state: routes, and what they answer, told from decoded records. */
export type Routes = readonly (readonly [
  route: RegExp,
  answer: (records: Records, ...parts: string[]) => unknown,
])[];

/** Of an answer that the node's REST takes from txs. */
export const FROM_TXS = Symbol('from txs');

/** Every recorded answer of the routes that the node gave, beside what the records say. */
export function compare(
  name: FixtureName,
  era: StateEraName,
  height: number,
  routes: Routes,
): { request: string; route: string; expected: unknown; found: unknown }[] {
  const records = new Records(name, era, height);
  return answersAt(name, height).flatMap(({ request, json }) => {
    const route = routes.find(([pattern]) => pattern.test(request));
    if (route === undefined) return [];
    const parts = route[0].exec(request)!.slice(1);
    const found = route[1](records, ...parts);
    return found === FROM_TXS
      ? []
      : [{ request, route: String(route[0]), expected: json, found: withoutZeros(found) }];
  });
}
