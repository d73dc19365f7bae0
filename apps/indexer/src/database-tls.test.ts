import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baleen, openServer, type Server, withClient } from '@baleen/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const SUBJECT = ['-subj', '/CN=localhost'];
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Gives a running server a certificate that it signs itself, and returns the server's folder. */
async function encrypt(url: string): Promise<string> {
  const folder = await withClient(url, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    const folder = rows[0]!.data_directory;
    const [key, certificate] = [join(folder, 'server.key'), certificateOf(folder)];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', '-new', '-x509', '-nodes', ...SUBJECT, ...files], { stdio: 'ignore' });
    const { uid, gid } = statSync(folder);
    for (const file of [key, certificate]) {
      chownSync(file, uid, gid);
      chmodSync(file, 0o600);
    }
    await client.query('alter system set ssl = on');
    await client.query('select pg_reload_conf()');
    return folder;
  });
  const isOn = (): Promise<boolean> =>
    withClient(url, async (client) => (await client.query('show ssl')).rows[0].ssl === 'on');
  while (!(await isOn())) await sleep(20);
  return folder;
}

const certificateOf = (folder: string): string => join(folder, 'server.crt');

describe('a server whose certificate is signed by itself', () => {
  let server: Server | undefined;
  let folder: string;
  beforeAll(async () => {
    if (!hasOpenssl) return;
    server = await openServer(undefined);
    folder = await encrypt(server.url);
    expect(await baleen(['migrate'], { DATABASE_URL: server.url })).toMatchObject({ code: 0 });
  });
  afterAll(() => server?.stop());
  beforeEach((context) => {
    if (!hasOpenssl) context.skip('needs openssl');
  });

  /** Asks over a connection with that sslmode whether it is encrypted. */
  const ask = (mode: string) => {
    const url = new URL(server!.url);
    url.searchParams.set('sslmode', mode);
    const question = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';
    return baleen(['sql', '--csv', question], { DATABASE_URL: url.href });
  };

  test.each([
    ['require', 't'],
    ['prefer', 't'],
    ['disable', 'f'],
  ])('is used with sslmode=%s, as psql would', async (mode, isEncrypted) => {
    expect(await ask(mode)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(`^ssl\\s+${isEncrypted}\\s*$`),
    });
  });

  test('is refused with sslmode=verify-full, with the reason and what would mend it', async () => {
    expect(await ask('verify-full')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/self-signed certificate.*this machine trusts nobody .*sslrootcert=FILE/),
    });
    const trusted = new URL(server!.url);
    trusted.hostname = '127.0.0.1';
    trusted.searchParams.set('sslrootcert', certificateOf(folder));
    trusted.searchParams.set('sslmode', 'verify-full');
    expect(await baleen(['status'], { DATABASE_URL: trusted.href })).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/its certificate is for another host: use a name that /),
    });
    trusted.hostname = 'localhost';
    expect(await baleen(['status'], { DATABASE_URL: trusted.href })).toMatchObject({ code: 0 });
  });
});

test('a server without encryption is refused with sslmode=require, and both ways out are named', async () => {
  const server = await openServer(undefined);
  const url = new URL(server.url);
  url.searchParams.set('sslmode', 'require');
  expect(await baleen(['status'], { DATABASE_URL: url.href })).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/does not support SSL connections; .*set ssl = on .*sslmode=disable/),
  });
  await server.stop();
});
