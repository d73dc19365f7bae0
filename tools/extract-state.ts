/** `node tools/extract-state.ts FROM TO HEIGHT...`: a smaller application.db for the fixtures, as a node that pruned would have it.
 *
 * Entries are copied as they are: every commit info, and of the named heights each store's root and the nodes below it. Left
 * out are other heights, orphans, the fast index and the list of heights to prune. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeNode, openMultistore } from '@baleen/iavl';
import { type LevelDb, openLevelDb } from '@baleen/leveldb';
import { writeLevelDb } from '@baleen/testing';

const [from, to, ...heights] = process.argv.slice(2);
if (from === undefined || to === undefined || heights.length === 0)
  throw new TypeError('node tools/extract-state.ts FROM/application.db TO/application.db HEIGHT...');

using db = openLevelDb(from);
const entries = new Map<string, Uint8Array>();
for (const [key, value] of db.entries({ gte: Buffer.from('s/'), lt: Buffer.from('s/k') }))
  copy(Buffer.from(key), value);
copy(Buffer.from('s/latest'), db.get(Buffer.from('s/latest'))!);
for (const height of heights) copyVersion(db, Number(height));
await writeLevelDb(
  to,
  Array.from(entries, ([key, value]) => [key, value] as const),
);
// Files that the writing library leaves behind.
for (const name of ['LOG', 'LOG.old', 'LOCK']) rmSync(join(to, name), { force: true });
console.log(`${entries.size} entries in ${to}`);

function copyVersion(db: LevelDb, height: number): void {
  for (const { name, version, kind } of openMultistore(db).stores(height)) {
    if (kind !== 'iavl') continue;
    const versionBytes = Buffer.alloc(8);
    versionBytes.writeBigUInt64BE(BigInt(version));
    const key = Buffer.concat([Buffer.from(`s/k:${name}/r`), versionBytes]);
    const root = db.get(key)!;
    copy(key, root);
    if (root.length > 0) copyNodes(db, name, root);
  }
}

function copyNodes(db: LevelDb, store: string, root: Uint8Array): void {
  const open = [root];
  for (let hash = open.pop(); hash !== undefined; hash = open.pop()) {
    const key = Buffer.concat([Buffer.from(`s/k:${store}/n`), hash]);
    if (entries.has(key.toString('latin1'))) continue;
    const bytes = db.get(key)!;
    copy(key, bytes);
    const node = decodeNode(bytes.slice());
    if (node.kind === 'inner') open.push(node.left, node.right);
  }
}

function copy(key: Buffer, value: Uint8Array): void {
  entries.set(key.toString('latin1'), value.slice());
}
