/** Finds the route that a request belongs to. */
import { type Api, type Route, routePattern, type Texts } from './route.ts';
import { routes } from './routes/index.ts';

export interface Fit {
  readonly route: Route;
  /** Values that the request has for the `{name}` parts of the route's path, percent-decoded, by name. */
  readonly parts: Texts;
}

export interface RouteTable {
  readonly routes: readonly Route[];
  /** Finds the route of a request; undefined if no route fits.
   * @param request  path and query, without the height */
  find(request: string): Fit | undefined;
}

/** Makes a table of the given servers' routes. Of two that fit a request, the one with fewer `{name}`
 * parts wins. */
export function createRouteTable(apis: readonly Api[]): RouteTable {
  const patterns = routes
    .filter(({ api }) => apis.includes(api))
    .map((route) => ({ route, ...routePattern(route.path) }))
    .sort((one, other) => one.names.length - other.names.length);
  return {
    routes: patterns.map(({ route }) => route),
    find(request) {
      const fit = patterns.find(({ pattern }) => pattern.test(request));
      if (fit === undefined) return undefined;
      const given = fit.pattern.exec(request)!.slice(1).map(decodeURIComponent);
      return {
        route: fit.route,
        parts: Object.fromEntries(fit.names.map((name, index) => [name, given[index]!])),
      };
    },
  };
}
