/** Describes the routes of a node's REST server: the SQL that answers each, and how the server prints the rows. */

/** The REST servers: the legacy server of SDK 0.39, the legacy routes of SDK 0.44, and the gRPC gateway of SDK 0.44. */
export type Api = 'amino-0.39' | 'amino-0.44' | 'gateway-0.44';

/** A row as the PostgreSQL driver returns it: numeric, int8 and timestamptz are text. */
export type Row = Readonly<Record<string, unknown>>;

/** A row, or the values of a path's placeholders, if all of them are text. */
export type Texts = Readonly<Record<string, string>>;

/** Printed in place of an answer if the server answers with an error that says that the thing asked for does not exist. */
export const NOT_FOUND = Symbol('not found');
/** Printed in place of an answer if the node's own arithmetic panics and the server answers with that error. */
export const PANIC = Symbol('panic');
/** Printed in place of an answer if the server's answer does not follow from the database. The route says why. It is not compared. */
export const NOT_FROM_STATE = Symbol('not from state');

export interface Route {
  readonly api: Api;
  /** Path and query without `height`. A placeholder `{name}` stands for one value in it. */
  readonly path: string;
  /** What the answer is about. undefined: the state at the height in the request. `block`: one block, which the placeholder `height` or
   * the answer itself names. `chain`: all blocks that the node had when it answered. */
  readonly of?: 'block' | 'chain';
  /** The SQL statement. It names the values of the path's placeholders as psql names variables: `:'delegator'`. */
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
  /** Another answer that a node may give, with the reason. If REST's answer equals only this one, it is counted as explained. */
  readonly explained?: ExplainedAnswer;
}

/** An answer that a node gives for a known reason although its state says otherwise, for example just after its start. */
export interface ExplainedAnswer extends Pick<Route, 'sql' | 'print'> {
  /** Why the node answers so, in words. */
  readonly reason: string;
  /** True if the reason holds for all of the node's answers at a height or for none; then each of them must agree with it. */
  readonly ofAllAnswers?: true;
}

/** A route that the SQL views can't answer, and why. */
export interface Uncovered {
  readonly apis: readonly Api[];
  /** The route's path without its query. */
  readonly path: string;
  readonly reason: string;
}

/** Returns the regular expression that matches requests of a route, and the names of its groups.
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

/** Replaces each `:'name'` in the SQL by a parameter `$1`, `$2`, …, and returns the parameters' values with it. */
export function statement(sql: string, parts: Texts): { text: string; values: string[] } {
  const values: string[] = [];
  const text = sql.replace(/:'(\w+)'/g, (_, name: string) => {
    values.push(parts[name]!);
    return `$${values.length}`;
  });
  return { text, values };
}

/** Returns the request of a route: its path with the placeholders replaced by `parts`. It is the inverse of `routePattern`. */
export const requestOf = (path: string, parts: Texts): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name]!));
