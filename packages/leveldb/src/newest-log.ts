import { statSync } from 'node:fs';
import { join } from 'node:path';
import { formatOf } from './detect-format.ts';
import { listDirectory } from './directory.ts';
import { ManifestReader } from './manifest.ts';
import { ReadMeter, ReadOnlyFile } from './read-only-file.ts';
import { isNeeded } from './view.ts';

/** The log that holds what its writer wrote last, as the manifest names it. */
export interface NewestLog {
  readonly name: string;
  /** undefined: it is not there, nor any later one. What it held is lost, as a writer creates a log before it names it. */
  readonly bytes: number | undefined;
}

/** Looks into a directory that nobody writes to.
 *
 * @throws BaleenError  as `openLevelDb` */
export function newestLog(path: string): NewestLog {
  const format = formatOf(path);
  const manifest = new ReadOnlyFile(join(path, format.manifestName(path)), new ReadMeter());
  try {
    const version = new ManifestReader(manifest, format).read();
    const needed = listDirectory(path).logs.filter(({ number }) => isNeeded(number, version));
    const bytes = needed.reduce((sum, { name }) => sum + statSync(join(path, name)).size, 0);
    return {
      name: `${String(version.logNumber).padStart(6, '0')}.log`,
      bytes: needed.length === 0 ? undefined : bytes,
    };
  } finally {
    manifest.close();
  }
}
