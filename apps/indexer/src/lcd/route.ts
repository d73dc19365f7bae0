/** What is known of a REST route: the SQL that answers it, and how REST prints the rows. */

/** Who answers: the legacy server of SDK 0.39, the legacy routes of SDK 0.44, the gRPC gateway of SDK 0.44. */
export type Api = 'amino-0.39' | 'amino-0.44' | 'gateway-0.44';

/** A row as the driver gives it: numeric, int8 and timestamptz are text. */
export type Row = Readonly<Record<string, unknown>>;

/** A row whose columns are all text, for shorter shapes. */
export type Texts = Readonly<Record<string, string>>;

/** REST has nothing there, and says so in an error. */
export const NOT_FOUND = Symbol('not found');
/** The node's own arithmetic fails. */
export const PANIC = Symbol('panic');
/** REST answers something that isn't in the state at this height; the reason stands in the route. */
export const NOT_FROM_STATE = Symbol('not from state');

export interface Route {
  readonly api: Api;
  /** Path and query without `height`; `{name}` takes a part of it. */
  readonly path: string;
  /** What it is about; none: state at the answer's height. `block`: one block, which its part `height` names or the answer itself.
   * `chain`: all blocks that there were when it was asked, whatever the answer's height. */
  readonly of?: 'block' | 'chain';
  /** Parts are named as psql's variables: `:'delegator'`. */
  readonly sql: string;
  /** What REST prints, without the envelope of the legacy servers; or a symbol of above. */
  readonly print: (rows: readonly Row[], parts: Texts) => unknown;
  /** Where in the answer a list is that REST has in the order of raw addresses: compared as a set. `''`: the answer itself. */
  readonly set?: string;
  /** Fields of the answer, at any depth, that no database of a node has: not compared, and the docs say so. */
  readonly leftOut?: readonly string[];
  /** A node reads a whole store for an answer: `compare` spares it. */
  readonly isHeavy?: true;
  /** The legacy server answers a long list with its first page, and does not say so. */
  readonly isPaged?: true;
  /** Where the chain has nothing the server says `404 page not found`, as it does for a route that it does not have. */
  readonly isNothing404?: true;
  /** Of an answer that has JSON inside a text: its value, as the columns have it. */
  readonly read?: (json: unknown) => unknown;
  /** What a node says that is in a state of its own; asked where the answer differs, and counted apart. */
  readonly otherwise?: Otherwise;
}

export interface Otherwise extends Pick<Route, 'sql' | 'print'> {
  readonly reason: string;
  /** The node was in that state or not: then all its answers at a height must agree with it, also where the two are alike. */
  readonly ofAllAnswers?: true;
}

/** A route that SQL doesn't answer, and why. */
export interface Uncovered {
  readonly apis: readonly Api[];
  /** Without its query. */
  readonly path: string;
  readonly reason: string;
}

/** @param path  as in a Route */
export function routePattern(path: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  const query = path.includes('?') ? path.indexOf('?') : path.length;
  const escaped = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  const named = (text: string, part: string): string =>
    escaped(text).replace(/\{(\w+)\}/g, (_, name: string) => {
      names.push(name);
      return part;
    });
  const text = named(path.slice(0, query), '([^/?&]+)') + named(path.slice(query), '([^&]+)');
  return { pattern: new RegExp(`^${text}$`), names };
}

/** The statement with `$1`, `$2` and the values for them. */
export function statement(sql: string, parts: Texts): { text: string; values: string[] } {
  const values: string[] = [];
  const text = sql.replace(/:'(\w+)'/g, (_, name: string) => {
    values.push(parts[name]!);
    return `$${values.length}`;
  });
  return { text, values };
}

/** The request for a path whose parts are given; the inverse of `routePattern`. */
export const requestOf = (path: string, parts: Texts): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name]!));
