import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Backend, detectBackend } from '@baleen/leveldb';
import { ARCHIVE_ENDINGS, isArchive } from '../archive/unpack-archive.ts';
import { dataError, operatorError } from '../errors.ts';
import { addressMeant } from '../rpc/endpoint-address.ts';

/** Paths of a node's databases and genesis files. */
export interface NodeFiles {
  /** Folder that holds blockstore.db. */
  readonly data: string;
  readonly blockStore: string;
  /** Path of state.db; undefined if there is none. */
  readonly state: string | undefined;
  /** Names of all databases in `data`, sorted: `blockstore.db`. */
  readonly databases: readonly string[];
  /** genesis.json files, the node's own (`config/`) first. */
  readonly genesisFiles: readonly string[];
}

/** Finds the databases of a node.
 *
 * @param source  a node's home, its data folder, a folder that holds blockstore.db, blockstore.db itself; `leveldb:` may
 *   stand before it
 * @throws BaleenError  `SOURCE_NOT_FOUND`, `SOURCE_BACKEND_UNSUPPORTED` */
export function locateNode(source: string): NodeFiles {
  if (/^(?!leveldb:)\w+:\/\//.test(source)) throw otherKind(source);
  const path = resolve(source.replace(/^leveldb:(\/\/)?/, ''));
  const data = [path, join(path, 'data'), dirname(path)].find(
    (folder, index) =>
      (index < 2 || basename(path) === 'blockstore.db') && existsSync(join(folder, 'blockstore.db')),
  );
  if (data === undefined && isArchive(path))
    throw operatorError(
      'SOURCE_ARCHIVE_UNSUPPORTED',
      `open source ${path}: expected a folder, found an archive; index it with baleen index, or unpack it and name the folder`,
    );
  if (data === undefined) throw notFound(source, path);
  const databases = readdirSync(data)
    .filter((name) => name.endsWith('.db'))
    .sort();
  for (const name of ['blockstore.db', 'state.db'])
    if (databases.includes(name)) checkBackend(join(data, name));
  return {
    data,
    blockStore: join(data, 'blockstore.db'),
    state: databases.includes('state.db') ? join(data, 'state.db') : undefined,
    databases,
    genesisFiles: [
      join(data, '../config/genesis.json'),
      join(data, 'config/genesis.json'),
      join(data, 'genesis.json'),
    ].filter((file) => existsSync(file)),
  };
}

/** Sum of the sizes of a database's files, in bytes. */
export function databaseBytes(path: string): number {
  let bytes = 0;
  for (const name of readdirSync(path))
    bytes += statSync(join(path, name), { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}

function otherKind(source: string): Error {
  const meant = addressMeant(source);
  return operatorError(
    'SOURCE_KIND_UNSUPPORTED',
    `open source ${hidden(source)}: expected a path, leveldb:PATH or the RPC's http://host:26657, found a URL of another kind` +
      (meant === undefined ? '' : `; did you mean ${meant}?`),
  );
}

function notFound(source: string, path: string): Error {
  const meant = existsSync(path) ? undefined : addressMeant(source);
  if (meant !== undefined)
    return operatorError(
      'SOURCE_NOT_FOUND',
      `open source ${hidden(source)}: expected a folder or an address that begins with http:// or https://, found neither; did you mean ${meant}?`,
    );
  if (statSync(path, { throwIfNoEntry: false })?.isFile())
    return operatorError(
      'SOURCE_NOT_FOUND',
      `open source ${path}: expected a node's folder or a snapshot archive, whose name ends in ${ARCHIVE_ENDINGS}, found a file with another name; ` +
        'if it is such an archive, rename it',
    );
  const found = existsSync(path) ? `neither it nor ${join(path, 'data')}` : 'no such path';
  return operatorError(
    'SOURCE_NOT_FOUND',
    `open source ${path}: expected a node's home, its data folder or a folder that holds blockstore.db, found ${found}`,
  );
}

/** Hides a login or key in a text that the user typed as a source. */
const hidden = (source: string): string => source.replace(/[^/@]*@/, '').replace(/=[^&]*/g, '=***');

/** What to do with a database of a backend that is not read. */
const NEXT_STEPS: Readonly<Record<Exclude<Backend, 'goleveldb' | 'pebbledb'>, string>> = {
  rocksdb: "index the node's RPC, or a copy of the node with goleveldb or pebbledb",
  badgerdb: "index the node's RPC, or a copy of the node with goleveldb or pebbledb",
  boltdb: "index the node's RPC, or a copy of the node with goleveldb or pebbledb",
  memiavl: 'read the state of a node that keeps it in application.db with goleveldb or pebbledb',
};

/** @throws BaleenError `SOURCE_BACKEND_UNSUPPORTED`, `SOURCE_CORRUPT` */
export function checkBackend(path: string): void {
  const backend = detectBackend(path);
  if (backend === 'goleveldb' || backend === 'pebbledb') return;
  if (backend === undefined)
    throw dataError('SOURCE_CORRUPT', `open ${path}: expected a goleveldb directory, found a file`);
  throw operatorError(
    'SOURCE_BACKEND_UNSUPPORTED',
    `open ${path}: expected the database backend goleveldb, cleveldb or pebbledb, found ${backend}; ${NEXT_STEPS[backend]}`,
  );
}
