import { readdirSync } from 'node:fs';
import { readCurrent } from '../directory.ts';

/** Name of the manifest in force: what the newest marker says, in a directory that has one (cockroachdb/pebble
 * vfs/atomicfs/marker.go: `marker.manifest.<iteration>.<name>`), else what CURRENT says. */
export function manifestName(path: string): string {
  let newest: { readonly iteration: number; readonly name: string } | undefined;
  for (const name of readdirSync(path)) {
    const marker = /^marker\.manifest\.(\d+)\.(MANIFEST-\d+)$/.exec(name);
    if (marker === null) continue;
    const iteration = Number(marker[1]);
    if (newest === undefined || iteration > newest.iteration) newest = { iteration, name: marker[2]! };
  }
  return newest?.name ?? readCurrent(path);
}
