import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { operatorError } from '../errors.ts';
import { checkBackend } from '../leveldb/locate.ts';

/** Paths of a node's application state and of the databases that prove it. */
export interface StateFiles {
  readonly application: string;
  /** Path of blockstore.db; undefined if it does not exist. Without it and state.db nothing proves the state. */
  readonly blockStore: string | undefined;
  readonly state: string | undefined;
}

/** Finds the application's database.
 *
 * @param source  a node's home, its data folder, a folder that holds application.db, application.db or a database beside it;
 *   `leveldb:` may stand before it
 * @throws BaleenError  `STATE_NOT_FOUND`, `SOURCE_BACKEND_UNSUPPORTED`, `SOURCE_CORRUPT` */
export function locateState(source: string): StateFiles {
  const path = resolve(source.replace(/^leveldb:(\/\/)?/, ''));
  const folders = [path, join(path, 'data'), ...(basename(path).endsWith('.db') ? [dirname(path)] : [])];
  const data = folders.find((folder) => existsSync(join(folder, 'application.db')));
  if (data === undefined) checkMemiavl(path, folders);
  if (data === undefined)
    throw operatorError(
      'STATE_NOT_FOUND',
      `open state of ${path}: expected a node's home, its data folder or a folder that holds application.db, found none there`,
    );
  const database = (name: string): string | undefined => {
    const file = join(data, name);
    if (!existsSync(file)) return undefined;
    checkBackend(file);
    return file;
  };
  return {
    application: database('application.db')!,
    blockStore: database('blockstore.db'),
    state: database('state.db'),
  };
}

/** Applications with memiavl keep their state beside where application.db would be. */
function checkMemiavl(path: string, folders: readonly string[]): void {
  for (const folder of folders)
    for (const name of ['memiavl.db', 'committer.db'])
      if (existsSync(join(folder, name)))
        throw operatorError(
          'SOURCE_BACKEND_UNSUPPORTED',
          `open state of ${path}: expected application.db with goleveldb or pebbledb, found ${name} (memiavl); read the state of a node that keeps it in application.db`,
        );
}
