import { statSync } from 'node:fs';
import { join } from 'node:path';
import { formatOf } from './detect-format.ts';
import { listDirectory, pause } from './directory.ts';
import { ManifestReader } from './manifest.ts';
import { ReadMeter, ReadOnlyFile } from './read-only-file.ts';
import { isNeeded } from './view.ts';

/** The log that holds what its writer wrote last, as the manifest names it. */
export interface NewestLog {
  readonly name: string;
  /** undefined: it is not there, nor any later one, and did not come in a while. What it held is lost. */
  readonly bytes: number | undefined;
}

/** How often a log is looked for that the manifest names. Pebble names a new log a moment before it creates it, and whether a node writes
 * to a directory can't be told on every system. */
const MOST_LOOKS = 8;
const PAUSE_MS = 5;

/** Looks into a directory that, as far as can be told, nobody writes to.
 *
 * @param wait  called with milliseconds before a missing log is looked for again
 * @throws BaleenError  as `openLevelDb` */
export function newestLog(path: string, wait: (milliseconds: number) => void = pause): NewestLog {
  for (let looks = 1; ; looks++) {
    const found = lookForLog(path);
    if (found.bytes !== undefined || looks === MOST_LOOKS) return found;
    wait(looks * PAUSE_MS);
  }
}

function lookForLog(path: string): NewestLog {
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
