import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baleen, openServer, type Server, withClient } from '@baleen/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const SUBJECT = ['-subj', '/CN=localhost'];
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Gives a running server a certificate that it signs itself. */
async function encrypt(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    const folder = rows[0]!.data_directory;
    const [key, certificate] = [join(folder, 'server.key'), join(folder, 'server.crt')];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', '-new', '-x509', '-nodes', ...SUBJECT, ...files], { stdio: 'ignore' });
    const { uid, gid } = statSync(folder);
    for (const file of [key, certificate]) {
      chownSync(file, uid, gid);
      chmodSync(file, 0o600);
    }
    await client.query('alter system set ssl = on');
    await client.query('select pg_reload_conf()');
  });
  const isOn = (): Promise<boolean> =>
    withClient(url, async (client) => (await client.query('show ssl')).rows[0].ssl === 'on');
  while (!(await isOn())) await sleep(20);
}

describe('a server whose certificate is signed by itself', () => {
  let server: Server | undefined;
  beforeAll(async () => {
    if (!hasOpenssl) return;
    server = await openServer(undefined);
    await encrypt(server.url);
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

  test('is refused with sslmode=verify-full, with the reason', async () => {
    expect(await ask('verify-full')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('self-signed certificate'),
    });
  });
});
