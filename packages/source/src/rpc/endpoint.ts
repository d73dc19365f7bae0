import { operatorError } from '../errors.ts';

/** Where a node's RPC is. */
export interface Endpoint {
  /** Without a slash at its end and without a password. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const isRpcAddress = (path: string): boolean => /^https?:\/\//i.test(path);

/** `http://user:password@host:26657/path`; fetch takes no password in an address, so it goes into a header. */
export function parseEndpoint(text: string): Endpoint {
  if (!URL.canParse(text))
    throw operatorError(
      'SOURCE_NOT_FOUND',
      `open source ${text}: expected an address like http://localhost:26657`,
    );
  const url = new URL(text);
  const { username, password } = url;
  url.username = url.password = url.search = url.hash = '';
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    'base64',
  );
  return {
    address: url.href.replace(/\/+$/, ''),
    headers: username === '' ? {} : { authorization: `Basic ${login}` },
  };
}
