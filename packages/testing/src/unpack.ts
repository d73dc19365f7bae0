/** A fixture's data directories, unpacked where they were packed. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { x as extract } from 'tar';
import { temporaryFolder } from './temporary-folder.ts';

const DATA_NAMES = ['data', 'data-killed'] as const;

/** Names of the data that a directory holds, packed or unpacked. */
export const dataNames = (directory: string): string[] =>
  DATA_NAMES.filter((name) => existsSync(join(directory, name)) || existsSync(archive(directory, name)));

const archive = (directory: string, name: string): string => join(directory, `${name}.tar.gz`);

export interface Unpacked {
  readonly path: string;
  remove(): void;
}

/** Unpacks the data of a fixture, for `baleen index` to be given its path. Data that is unpacked already
 * is used as it is. */
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

/** The folder itself, or the only one in it: archives differ in whether they hold `data/`. */
function folderWithDatabases(folder: string): string {
  const entries = readdirSync(folder);
  if (entries.length !== 1 || entries[0]!.endsWith('.db')) return folder;
  return join(folder, entries[0]!);
}
