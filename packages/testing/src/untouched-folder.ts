/** Folders that a command must only read: mounted so that the kernel refuses every write, and compared before and after. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** Runs its arguments where $0 is mounted read-only, in a mount namespace that ends with them. */
const ON_READ_ONLY_MOUNT = `mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && ! touch "$0/x" 2>/dev/null && exec "$@"`;

/** The arguments of `unshare` for a command that sees `folder` mounted read-only; everybody else goes on seeing it as it is. */
export const onReadOnlyMount = (folder: string, ...command: string[]): string[] => [
  ...['--map-root-user', '--mount', 'sh', '-c', ON_READ_ONLY_MOUNT, folder],
  ...command,
];

/** Whether this machine lets us mount a folder so. */
export const mayMount = (): boolean =>
  spawnSync('unshare', onReadOnlyMount(temporaryFolder('mount'), 'true')).status === 0;

/** Paths below a folder, in order. */
export const pathsBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => join(folder, name));

/** What the folder and everything below it is: bytes, times of change to the nanosecond, modes. */
export const snapshotOf = (folder: string): unknown[] =>
  [folder, ...pathsBelow(folder)].map((path) => {
    const { size, mtimeNs, ctimeNs, mode, nlink } = statSync(path, { bigint: true });
    const hash = statSync(path).isFile() && createHash('sha256').update(readFileSync(path)).digest('hex');
    return { path, hash, size, mtimeNs, ctimeNs, mode, nlink };
  });
