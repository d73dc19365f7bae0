/** What a user types of addresses and keys reaches the node, and is not shown. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { kindOf, parseSources } from '@baleen/source';
import { baleen, temporaryFolder } from '@baleen/testing';
import { describe, expect, test } from 'vitest';

/** Headers that came with the first request of a command to an address that answers nothing of use. */
async function headersSent(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<NodeJS.Dict<unknown>> {
  let sent: NodeJS.Dict<unknown> = {};
  const server = createServer((request, response) => {
    sent = request.headers;
    response.writeHead(401).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, stdout, stderr } = await baleen(['inspect', url, ...args], env);
  server.close();
  expect([code, stdout, /K3Y/.test(stderr)]).toEqual([2, '', false]);
  return sent;
}

describe('a header for every request', () => {
  const expected = { 'x-api-key': 'K3Y, and more', authorization: 'Bearer K3Y' };
  const lines = ['X-Api-Key: K3Y, and more', 'Authorization: Bearer K3Y'];

  test('is given as an option that may stand several times', async () => {
    expect(await headersSent(lines.flatMap((line) => ['--header', line]))).toMatchObject(expected);
  });

  test('in the environment, one per line', async () => {
    expect(await headersSent([], { BALEEN_HEADER: lines.join('\n') })).toMatchObject(expected);
  });

  test('in the configuration', async () => {
    const file = join(temporaryFolder('config'), 'baleen.toml');
    writeFileSync(file, `[options]\nheader = ${JSON.stringify(lines)}\n`);
    expect(await headersSent(['--config', file])).toMatchObject(expected);
  });

  test('that is none is told without what was typed', async () => {
    const { code, stderr } = await baleen(['inspect', 'http://127.0.0.1:1', '--header', 'K3Y']);
    expect([code, stderr]).toEqual([
      2,
      "baleen: inspect: --header: expected 'Name: value', as in --header 'x-api-key: KEY'; see baleen inspect --help\n",
    ]);
  });
});

test.each([
  ['localhost:26657', 'http://localhost:26657'],
  ['tcp://127.0.0.1:26657', 'http://127.0.0.1:26657'],
  ['me:K3Y@node.example.com:443/?apikey=K3Y', 'https://node.example.com?apikey=***'],
])('%s is asked back', async (typed, meant) => {
  const { code, stderr } = await baleen(['inspect', typed]);
  expect(code).toBe(2);
  expect(stderr).toContain(`did you mean ${meant}?`);
  expect(stderr).not.toContain('K3Y');
});

test.each(['postgres://me:100%@127.0.0.1:1/x', 'postgres://me:%ff@127.0.0.1:1/x'])(
  'a percent sign in the password of %s is one',
  async (database) => {
    const { code, stderr } = await baleen(['gaps', '--database', database]);
    expect([code, /URI malformed|fault of Baleen/.test(stderr)]).toEqual([3, false]);
  },
);

test('a password in a database URL that is none is not shown', async () => {
  const { code, stderr } = await baleen(['gaps', '--database', 'mysql://me:K3Y@host/x']);
  expect([code, stderr.includes('K3Y'), stderr.includes('mysql://***@host/x')]).toEqual([2, false, true]);
});

test.each<[string, Record<string, string>, boolean]>([
  ['http://node:26657', {}, true],
  ['http://node:26657', { 'x-api-key': 'K3Y' }, false],
  ['http://node/?apikey=K3Y', {}, false],
  ['http://:K3Y@node', {}, false],
])('the queue holds the address %s with headers %o: %s', (address, headers, isShared) => {
  const [ref] = parseSources([address], headers);
  expect(kindOf(ref!).sharedAddresses).toEqual(isShared ? [address] : []);
});
