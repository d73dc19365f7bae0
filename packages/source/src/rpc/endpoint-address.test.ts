import { describe, expect, test } from 'vitest';
import {
  addressMeant,
  atRoute,
  holdsSecrets,
  parseEndpointAddress,
  withoutSecrets,
} from './endpoint-address.ts';

const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

describe('the address of a node', () => {
  test.each([
    ['http://node:26657', 'http://node:26657', undefined],
    ['http://node/rpc/', 'http://node/rpc', undefined],
    ['http://me:secret@node', 'http://node', 'me:secret'],
    ['http://:token@node', 'http://node', ':token'],
    ['http://token@node', 'http://node', 'token:'],
    ['http://me:100%@node', 'http://node', 'me:100%'],
    ['http://me:50%25%zz%41@node', 'http://node', 'me:50%%zzA'],
    ['http://me:%ff@node', 'http://node', 'me:%ff'],
    ['https://node/?apikey=K3Y', 'https://node?apikey=***', undefined],
    ['https://node/rpc?K3Y', 'https://node/rpc?***', undefined],
    ['https://me:pw@node/rpc/?a=1&b=2=3', 'https://node/rpc?a=***&b=***', 'me:pw'],
  ])('%s is shown as %s', (typed, shown, login) => {
    const { address, headers } = parseEndpointAddress(typed);
    expect(address).toBe(shown);
    expect(withoutSecrets(typed)).toBe(shown);
    expect(headers).toEqual(login === undefined ? {} : { authorization: basic(login) });
    expect(holdsSecrets(typed)).toBe(login !== undefined || typed.includes('?'));
  });

  test('a header that was named stands before the login of the address', () => {
    const { headers } = parseEndpointAddress('http://me:pw@node', {
      authorization: 'Bearer K3Y',
      'x-api-key': 'K',
    });
    expect(headers).toEqual({ authorization: 'Bearer K3Y', 'x-api-key': 'K' });
  });

  test('that is none is told without its password', () => {
    expect(() => parseEndpointAddress('http://me:pa#ss@node:26657?apikey=K3Y')).toThrow(
      'open source http://***@node:26657?apikey=***: expected an address like http://localhost:26657, found one that is none; ' +
        'in a login write # as %23, / as %2F, ? as %3F and @ as %40',
    );
  });

  test.each([
    ['http://node', '/block?height=5', 'http://node/block?height=5'],
    ['http://node/rpc/?apikey=K3Y', '/block?height=5', 'http://node/rpc/block?height=5&apikey=K3Y'],
    ['http://node?apikey=***', '/status', 'http://node/status?apikey=***'],
  ])('%s and the route %s', (address, route, url) => {
    expect(atRoute(address, route)).toBe(url);
  });
});

test.each([
  ['localhost:26657', 'http://localhost:26657'],
  ['10.0.0.5:26657/', 'http://10.0.0.5:26657'],
  ['[::1]:26657', 'http://[::1]:26657'],
  ['tcp://0.0.0.0:26657', 'http://0.0.0.0:26657'],
  ['wss://rpc.example.com/websocket', 'https://rpc.example.com/websocket'],
  ['rpc.example.com', 'http://rpc.example.com'],
  ['rpc.example.com:443', 'https://rpc.example.com'],
  ['me:pw@node:26657', 'http://node:26657'],
  ['localhost', 'http://localhost'],
  ['/data/terra', undefined],
  ['./data:1', undefined],
  ['terra.db', undefined],
  ['data/blockstore.db', undefined],
])('%s without a scheme may mean %s', (typed, meant) => {
  expect(addressMeant(typed)).toBe(meant);
});
