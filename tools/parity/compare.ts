/** Recorded REST answers beside what SQL answers. */
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import {
  type Api,
  NOT_FOUND,
  NOT_FROM_STATE,
  PANIC,
  type Route,
  type Row,
  routePattern,
  statement,
  type Texts,
} from '../../apps/indexer/src/lcd/route.ts';
import { type About, aboutOf, toldHeight } from './held-heights.ts';
import type { RecordedAnswer } from './recording.ts';

export interface Difference {
  readonly request: string;
  readonly height: number;
  readonly recorded: unknown;
  readonly found: unknown;
}

export interface RouteCount {
  readonly api: Api;
  readonly path: string;
  /** Answers that the recording has and that can be compared. */
  asked: number;
  /** Those of heights that the directory does not hold. */
  notHeld: number;
  compared: number;
  equal: number;
  /** Equal only to what a node in a state of its own says. */
  otherwise: number;
  readonly differences: Difference[];
}

/** Answers of one height that a node in a state of its own would all give. */
export interface Witness {
  readonly reason: string;
  readonly height: number;
  /** Answers of the routes that the state shows in: as such a node says, or not. */
  agree: number;
  contradict: number;
  /** Those that only such a node gives. */
  explained: number;
}

/** Counts by route, and the answers that no route covers. */
export class Parity {
  readonly witnesses = new Map<string, Witness>();
  readonly routes = new Map<Route, RouteCount>();
  readonly uncovered: RecordedAnswer[] = [];
  private readonly patterns: readonly { route: Route; pattern: RegExp; names: readonly string[] }[];

  constructor(routes: readonly Route[], legacy: Api) {
    // The more is said literally, the better it fits.
    this.patterns = routes
      .filter(({ api }) => api === legacy || api.startsWith('gateway'))
      .map((route) => ({ route, ...routePattern(route.path) }))
      .sort((a, b) => a.names.length - b.names.length);
    for (const { route } of this.patterns)
      this.routes.set(route, {
        api: route.api,
        path: route.path,
        asked: 0,
        notHeld: 0,
        compared: 0,
        equal: 0,
        otherwise: 0,
        differences: [],
      });
  }

  /** Height of the chain's head when these answers were given. */
  recordedAt(answers: readonly RecordedAnswer[]): number {
    return answers.reduce((highest, answer) => {
      const told = this.fitOf(answer)?.route.of === undefined ? undefined : toldHeight(answer);
      return Math.max(highest, answer.height, told ?? 0);
    }, 0);
  }

  /** undefined: no route covers it. */
  aboutOf(answer: RecordedAnswer, recordedAt: number): About | undefined {
    const fit = this.fitOf(answer);
    return fit && aboutOf(answer, fit.route, fit.parts, recordedAt);
  }

  /** Counts an answer of a height that the directory does not hold. */
  leaveOut(answer: RecordedAnswer): void {
    this.routes.get(this.fitOf(answer)!.route)!.notHeld++;
  }

  /** Counts an answer that is not compared though its height is there. */
  miss(answer: RecordedAnswer): void {
    this.routes.get(this.fitOf(answer)!.route)!.asked++;
  }

  private fitOf({ request }: RecordedAnswer): { route: Route; parts: Texts } | undefined {
    const fit = this.patterns.find(({ pattern }) => pattern.test(request));
    if (fit === undefined) return undefined;
    const given = fit.pattern.exec(request)!.slice(1).map(decodeURIComponent);
    return {
      route: fit.route,
      parts: Object.fromEntries(fit.names.map((name, index) => [name, given[index]!])),
    };
  }

  /** @param client  of a database with the state at the answer's height; numeric, int8 and timestamptz are text */
  async compare(client: pg.ClientBase, answer: RecordedAnswer): Promise<void> {
    const fit = this.fitOf(answer);
    if (fit === undefined) return void this.uncovered.push(answer);
    const { route, parts } = fit;
    const found = await ask(client, route, parts);
    const recorded = recordedValue(answer, route);
    const count = this.routes.get(route)!;
    if (found === NOT_FROM_STATE || recorded === undefined) return void this.uncovered.push(answer);
    count.asked++;
    count.compared++;
    const equal = isSame(recorded, found, route);
    const otherwise = await this.isOtherwise(client, answer, route, parts, equal);
    if (equal) count.equal++;
    else if (otherwise) count.otherwise++;
    else count.differences.push({ request: answer.request, height: answer.height, recorded, found });
  }

  /** Whether a node in the route's other state says this; asked where SQL differs, or where all answers must agree. */
  private async isOtherwise(
    client: pg.ClientBase,
    answer: RecordedAnswer,
    route: Route,
    parts: Texts,
    equal: boolean,
  ): Promise<boolean> {
    const { otherwise } = route;
    if (otherwise === undefined || (equal && otherwise.ofAllAnswers !== true)) return false;
    const agrees = isSame(recordedValue(answer, route), await ask(client, otherwise, parts), route);
    if (otherwise.ofAllAnswers === true) this.testify(otherwise.reason, answer.height, agrees, equal);
    return agrees;
  }

  private testify(reason: string, height: number, agrees: boolean, equal: boolean): void {
    const key = `${height} ${reason}`;
    const witness = this.witnesses.get(key) ?? { reason, height, agree: 0, contradict: 0, explained: 0 };
    this.witnesses.set(key, witness);
    if (agrees) witness.agree++;
    else witness.contradict++;
    if (agrees && !equal) witness.explained++;
  }
}

/** Whether SQL's answer is what REST answered. */
export function isAnswer(answer: RecordedAnswer, found: unknown, route: Route): boolean {
  const recorded = recordedValue(answer, route);
  return recorded !== undefined && isSame(recorded, found, route);
}

const isSame = (one: unknown, other: unknown, { set }: Route): boolean =>
  isDeepStrictEqual(normal(one, set), normal(other, set));

async function ask(
  client: pg.ClientBase,
  route: Pick<Route, 'sql' | 'print'>,
  parts: Texts,
): Promise<unknown> {
  const { rows } = await client.query<Row>(statement(route.sql, parts));
  return route.print(rows, parts);
}

const NOTHING =
  /not found|no .* found|n[o']t exist|no delegation|unknown (denom|proposal)|no tobin tax|no aggregate|did not (vote|deposit)|not a valid vote option|bigger then the chain length|recursive swap|invalid (offer coin|coins)/;

/** What the answer says: its JSON, that there is nothing, that the node panicked; undefined: another error. */
function recordedValue(
  { request, status, json, text }: RecordedAnswer,
  { read, leftOut = [] }: Route,
): unknown {
  if (status === 200) {
    const value = without(isGateway(request) ? json : withoutEnvelope(json), new Set(leftOut));
    return read === undefined ? value : read(value);
  }
  if (text.includes('panic')) return PANIC;
  return NOTHING.test(text) ? NOT_FOUND : undefined;
}

/** The legacy servers put the height beside most answers. */
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

const isGateway = (request: string): boolean => /^\/(cosmos|terra|ibc)\//.test(request);

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d*?)0*)?Z$/;

/** Times without zeros at the end (the gateway pads nanoseconds to 3, 6 or 9 digits), and the route's set in one order. */
function normal(value: unknown, set: string | undefined): unknown {
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
  // In one order of keys, so that sets sort alike.
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, plainTimes(value)]));
}
