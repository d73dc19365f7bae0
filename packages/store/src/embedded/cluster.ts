/** A cluster: Postgres's data folder, made once. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BaleenError } from '@baleen/chain';
import { type Account, blockedAt } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { Layout } from './layout.ts';
import { runProgram } from './programs.ts';

export const SUPERUSER = 'baleen';

/** Makes the cluster when it is not there. It is made under another name and renamed: one with its final name is complete. */
export async function ensureCluster(
  layout: Layout,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  refuseClosedWay(layout, account);
  if (existsSync(join(layout.cluster, 'PG_VERSION'))) return refuseOtherMajor(layout, binaries);
  const unfinished = `${layout.cluster}.unfinished`;
  const passwordForInitdb = `${layout.password}.initdb`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  writePrivate(layout.password, password);
  writePrivate(passwordForInitdb, password);
  if (account !== undefined)
    for (const path of [unfinished, passwordForInitdb]) chownSync(path, account.uid, account.gid);
  try {
    await initdb(binaries, unfinished, passwordForInitdb, account);
    renameSync(unfinished, layout.cluster);
  } finally {
    rmSync(passwordForInitdb, { force: true });
  }
}

function initdb(
  binaries: Binaries,
  folder: string,
  passwordFile: string,
  account: Account | undefined,
): Promise<void> {
  const args = [
    ...['-D', folder, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'],
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
  ];
  return runProgram(binaries.initdb, args, folder, account);
}

function writePrivate(file: string, text: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}

function refuseClosedWay(layout: Layout, account: Account | undefined): void {
  const closed = account === undefined ? undefined : blockedAt(layout.home, account);
  if (closed === undefined) return;
  throw new BaleenError(
    'operator',
    'EMBEDDED_CLOSED_FOLDER',
    `start embedded Postgres in ${layout.root}: Postgres refuses to run as root, so it runs as user nobody, who may not pass through ${closed}; ` +
      'choose another data folder with --data-dir or BALEEN_DATA_DIR (as root the default is /var/lib/baleen)',
  );
}

function refuseOtherMajor(layout: Layout, binaries: Binaries): void {
  const found = readFileSync(join(layout.cluster, 'PG_VERSION'), 'utf8').trim();
  if (found === binaries.major) return;
  throw new BaleenError(
    'operator',
    'EMBEDDED_OTHER_MAJOR',
    `start embedded Postgres in ${layout.cluster}: the folder was made by PostgreSQL ${found}, this baleen carries PostgreSQL ${binaries.major}, ` +
      'and neither can read the other; move the folder away and index again, or run it with its own version and set DATABASE_URL',
  );
}
