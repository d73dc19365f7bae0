/** The address of a node's RPC as a user types it: what is sent to the node, and what may be shown of it. */
import { operatorError } from '../errors.ts';

/** What stands in messages, logs and views in the place of a secret. */
const MASK = '***';

export interface EndpointAddress {
  /** The address for messages and views: without login and final slash, and with `***` for each value of the query. */
  readonly address: string;
  /** The address without login and query, with the slash at its end if it was typed. */
  readonly base: string;
  /** The query as typed, without `?`; it goes with every request, since providers take their key there. `''`: none. */
  readonly query: string;
  /** The login, and what was given beside the address. They go with every request. */
  readonly headers: Readonly<Record<string, string>>;
}

export const isRpcAddress = (path: string): boolean => /^https?:\/\//i.test(path);

/** @param text  `http://user:password@host:26657/path?apikey=KEY`
 * @param headers  for every request, e.g. `{'x-api-key': 'KEY'}`
 * @throws BaleenError operator `SOURCE_NOT_FOUND` */
export function parseEndpointAddress(
  text: string,
  headers: Readonly<Record<string, string>> = {},
): EndpointAddress {
  if (!URL.canParse(text))
    throw operatorError(
      'SOURCE_NOT_FOUND',
      `open source ${withoutSecrets(text)}: expected an address like http://localhost:26657, found one that is none; ` +
        'in a login write # as %23, / as %2F, ? as %3F and @ as %40',
    );
  const url = new URL(text);
  const login = `${decoded(url.username)}:${decoded(url.password)}`;
  const query = url.search.slice(1);
  url.username = url.password = url.search = url.hash = '';
  return {
    address: withQuery(url.href.replace(/\/+$/, ''), masked(query)),
    base: url.href,
    query,
    headers:
      login === ':'
        ? headers
        : { authorization: `Basic ${Buffer.from(login).toString('base64')}`, ...headers },
  };
}

/** `http://host/block?height=5&apikey=***` of `http://host?apikey=***` and `/block?height=5`. */
export function atRoute(address: string, route: string): string {
  const [base, query = ''] = address.split('?', 2) as [string, string?];
  return withQuery(`${base.replace(/\/+$/, '')}${route}`, query);
}

/** The address for people; also of what isn't one. */
export function withoutSecrets(text: string): string {
  if (!isRpcAddress(text)) return text;
  if (URL.canParse(text)) return parseEndpointAddress(text).address;
  const [base, query = ''] = text.replace(/\/\/.*@/, `//${MASK}@`).split('?', 2) as [string, string?];
  return withQuery(base, masked(query));
}

/** Whether an address holds a login or a query, which may be a key. */
export const holdsSecrets = (text: string): boolean => {
  const url = URL.parse(text);
  return url === null || url.username !== '' || url.password !== '' || url.search.length > 1;
};

/** The address that was probably meant by a path where nothing is: `localhost:26657`, `tcp://0.0.0.0:26657`, `rpc.example.com`.
 *
 * Returns undefined if the text looks like a path. */
export function addressMeant(path: string): string | undefined {
  const [, scheme, host] = /^(?:(tcp|ws|wss|rpc|unix|grpc):\/\/)?([^/]+.*)$/i.exec(path) ?? [];
  if (host === undefined) return undefined;
  const isHost = /^(?:[^/@]*@)?(?:\[[0-9a-f:]+\]|[\w-]+(?:\.[\w-]+)*):\d{1,5}(?:[/?].*)?$/i.test(host);
  const isNamed = scheme !== undefined || /^(?:localhost|rpc[\w-]*(?:\.[\w-]+)+)(?:[/?].*)?$/i.test(host);
  if (!isHost && !isNamed) return undefined;
  const isSecure = scheme?.toLowerCase() === 'wss' || /:443(?:[/?]|$)/.test(host);
  return withoutSecrets(`${isSecure ? 'https' : 'http'}://${host}`);
}

const withQuery = (base: string, query: string): string =>
  query === '' ? base : `${base}${base.includes('?') ? '&' : '?'}${query}`;

/** The names stay: they tell which key it is. A part without a name may be the key itself. */
const masked = (query: string): string =>
  query === ''
    ? ''
    : query
        .split('&')
        .map((part) => (part.includes('=') ? `${part.slice(0, part.indexOf('='))}=${MASK}` : MASK))
        .join('&');

/** Percent escapes decoded; a percent sign that begins none stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    return text;
  }
}
