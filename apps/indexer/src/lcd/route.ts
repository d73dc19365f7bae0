/** A REST route of a node: the SQL that answers it, and how the server prints the rows. */

/** The server that has a route: the legacy server of SDK 0.39, the legacy routes of SDK 0.44, the gRPC gateway of SDK 0.44. */
export type Api = 'amino-0.39' | 'amino-0.44' | 'gateway-0.44';

/** A row as the driver gives it: numeric, int8 and timestamptz are text. */
export type Row = Readonly<Record<string, unknown>>;

/** A row whose columns are all text, for shorter shapes. */
export type Texts = Readonly<Record<string, string>>;

/** The server answers with an error that says that there is no such thing. */
export const NOT_FOUND = Symbol('not found');
/** The node's own arithmetic panics, and the server answers with that error. */
export const PANIC = Symbol('panic');
/** The server's answer does not follow from the database; the route says why. Such answers are not compared. */
export const NOT_FROM_STATE = Symbol('not from state');

export interface Route {
  readonly api: Api;
  /** Path and query without `height`; `{name}` takes a part of it. */
  readonly path: string;
  /** What the answer is about. undefined: the state at the height that was asked for. `block`: one block, named by the part `height` or by
   * the answer itself. `chain`: all blocks that the node had when it was asked. */
  readonly of?: 'block' | 'chain';
  /** The statement; parts of the path stand in it as psql's variables: `:'delegator'`. */
  readonly sql: string;
  /** Returns the JSON that the server prints for the rows, without the envelope of the legacy servers, or one of the symbols above. */
  readonly print: (rows: readonly Row[], parts: Texts) => unknown;
  /** Name of the answer's list that the server sorts by raw address bytes; it is compared as a set. `''`: the answer itself is the list. */
  readonly set?: string;
  /** Names of fields, at any depth, that no database of a node holds. They are not compared, and the docs say so. */
  readonly leftOut?: readonly string[];
  /** True if a node reads a whole store for the answer. `compare` does not ask such routes. */
  readonly isHeavy?: true;
  /** True if the legacy server answers a long list with its first page and does not say so. */
  readonly isPaged?: true;
  /** True if the server says `404 page not found` where the chain has nothing; elsewhere this means a route that it does not have. */
  readonly isNothing404?: true;
  /** Changes the answer before it is compared, such as JSON inside a text into its value. */
  readonly read?: (json: unknown) => unknown;
  /** What a node in a special state answers. An answer that equals only this one is counted as explained. */
  readonly otherwise?: SpecialState;
}

/** The answer of a node in a special state, and what that state is. */
export interface SpecialState extends Pick<Route, 'sql' | 'print'> {
  /** What puts a node into that state, in words. */
  readonly reason: string;
  /** True if the node is in that state for all of its answers at a height; then each of them must agree with it. */
  readonly ofAllAnswers?: true;
}

/** A route that SQL doesn't answer, and why. */
export interface Uncovered {
  readonly apis: readonly Api[];
  /** Without its query. */
  readonly path: string;
  readonly reason: string;
}

/** Returns the expression that matches requests of a route, and the names of its groups.
 *
 * @param path  as in a Route */
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

/** Replaces each `:'name'` by `$1`, `$2`, … and returns the values for them. */
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
