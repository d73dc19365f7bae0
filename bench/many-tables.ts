/** `npm run bench:tables -- [TABLES]`: opens a generated goleveldb directory of many tables and tells what that takes. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type LevelDb, openLevelDb, openLiveLevelDb } from '@baleen/leveldb';
import { temporaryFolder } from '@baleen/testing';
import { ENTRIES, tableKey, writeManyTables } from '../packages/leveldb/test/make-tables.ts';

const LOOKUPS = 20_000;

function descriptorsIn(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(`${path}/`);
    } catch {
      // The listing's own descriptor.
      return false;
    }
  }).length;
}

const megabytes = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20);
const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(2);

function measure(name: string, path: string, count: number, open: (path: string) => LevelDb): void {
  const before = megabytes();
  const start = performance.now();
  using db = open(path);
  const opened = `${seconds(start)} s, ${descriptorsIn(path)} descriptors, ${megabytes()} MiB`;
  const lookups = performance.now();
  for (let at = 0; at < LOOKUPS; at++)
    if (db.get(tableKey((at * 7919) % count, at % ENTRIES)) === undefined)
      throw new Error('a key is missing');
  const looked = `${seconds(lookups)} s, ${descriptorsIn(path)} descriptors, ${megabytes()} MiB`;
  const walk = performance.now();
  let entries = 0;
  for (const _ of db.entries()) entries++;
  if (entries !== count * ENTRIES) throw new Error(`expected ${count * ENTRIES} entries, found ${entries}`);
  const walked = `${seconds(walk)} s, ${descriptorsIn(path)} descriptors, ${megabytes()} MiB`;
  console.log(
    `${name}: ${before} MiB before; open ${opened}; ${LOOKUPS} lookups ${looked}; walk of all ${walked}`,
  );
}

const OPENERS: Readonly<Record<string, (path: string) => LevelDb>> = {
  'as it is': openLevelDb,
  followed: openLiveLevelDb,
};

const [tables = '200000', name, written] = process.argv.slice(2);
const count = Number(tables);
if (name !== undefined && written !== undefined) {
  measure(name, written, count, OPENERS[name]!);
} else {
  const path = join(temporaryFolder('many-tables'), 'blockstore.db');
  const start = performance.now();
  writeManyTables(path, count);
  console.log(`${count} tables written in ${seconds(start)} s`);
  // Each in a process of its own, whose memory is its alone.
  for (const opener of Object.keys(OPENERS))
    execFileSync(process.execPath, [import.meta.filename, tables, opener, path], { stdio: 'inherit' });
}
