/** Finds the data directories of a fixture, and unpacks them if they are packed. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { x as extract } from 'tar';
import { temporaryFolder } from './temporary-folder.ts';

const DATA_NAMES = ['data', 'data-killed'] as const;

/** Returns the names of the data directories in a fixture's folder, packed or unpacked. */
export const dataNames = (directory: string): string[] =>
  DATA_NAMES.filter((name) => existsSync(join(directory, name)) || existsSync(archive(directory, name)));

const archive = (directory: string, name: string): string => join(directory, `${name}.tar.gz`);

export interface Unpacked {
  readonly path: string;
  remove(): void;
}

/** Unpacks a data directory of a fixture, so that its path can be passed to `baleen index`. If it is unpacked already, it is used as it
 * is. */
export async function unpack(directory: string, name: string): Promise<Unpacked> {
  const plain = join(directory, name);
  if (existsSync(plain)) return { path: plain, remove: () => undefined };
  const folder = await extractTo(temporaryFolder('fidelity'), archive(directory, name));
  return {
    path: folderWithDatabases(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export async function extractTo(folder: string, ...archives: string[]): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const file of archives) await extract({ file, cwd: folder });
  return folder;
}

/** Returns the folder itself, or the only folder in it, since some archives have a folder `data/` and some don't. */
function folderWithDatabases(folder: string): string {
  const entries = readdirSync(folder);
  if (entries.length !== 1 || entries[0]!.endsWith('.db')) return folder;
  return join(folder, entries[0]!);
}
