/** The paths of the embedded server's files in the data folder. */
import { chmodSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { BaleenError } from '@baleen/chain';

const PASSABLE = 0o711;

export interface Layout {
  /** The data folder itself, absolute and without symbolic links. */
  readonly root: string;
  /** Folder that holds what belongs to the embedded Postgres: all paths below but `binaries`. */
  readonly home: string;
  /** PGDATA; belongs to the account that the server runs as. */
  readonly cluster: string;
  /** Binaries copied out of node_modules, one folder per version; only there when needed. */
  readonly binaries: string;
  /** Folder with one file per command that uses the server. */
  readonly holders: string;
  /** File that exists when the server was started to stay. */
  readonly stay: string;
  /** File with the port of the last start, so that URLs keep working. */
  readonly port: string;
  readonly password: string;
  readonly log: string;
}

/** `BALEEN_DATA_DIR`, else `/var/lib/baleen` for root, else `${XDG_DATA_HOME:-~/.local/share}/baleen`. */
export function defaultDataDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.BALEEN_DATA_DIR) return resolve(env.BALEEN_DATA_DIR);
  if (process.getuid?.() === 0) return '/var/lib/baleen';
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'baleen');
}

export function layoutOf(dataDir: string): Layout {
  const root = realpathOf(resolve(dataDir));
  const home = join(root, 'postgres');
  return {
    root,
    home,
    cluster: join(home, 'data'),
    binaries: join(root, 'postgres-binaries'),
    holders: join(home, 'holders'),
    stay: join(home, 'stay'),
    port: join(home, 'port'),
    password: join(home, 'password'),
    log: join(home, 'postgres.log'),
  };
}

/** Makes the folders. Others may pass through them but not list them: as root, the server runs as another account. */
export function createLayout(dataDir: string): Layout {
  try {
    const made = mkdirSync(dataDir, { recursive: true }) !== undefined;
    const layout = layoutOf(dataDir);
    if (made) chmodSync(layout.root, PASSABLE);
    else if (process.getuid?.() === 0) chmodSync(layout.root, statSync(layout.root).mode | 0o001);
    if (mkdirSync(layout.home, { recursive: true }) !== undefined) chmodSync(layout.home, PASSABLE);
    mkdirSync(layout.holders, { recursive: true, mode: 0o700 });
    return layout;
  } catch (error) {
    throw new BaleenError(
      'operator',
      'EMBEDDED_DATA_DIR',
      `prepare data folder ${dataDir}: ${(error as Error).message}; give a folder that this user may write to with --data-dir or BALEEN_DATA_DIR`,
      { cause: error },
    );
  }
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
