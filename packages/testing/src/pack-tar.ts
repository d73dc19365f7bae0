import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import { temporaryFolder } from './temporary-folder.ts';

/** A tar of entries of a folder, which is what snapshot archives hold; none: of all. */
export function packTar(folder: string, names: readonly string[] = readdirSync(folder)): Buffer {
  const file = join(temporaryFolder('tar'), 'packed.tar');
  create({ file, cwd: folder, sync: true }, [...names]);
  return readFileSync(file);
}
