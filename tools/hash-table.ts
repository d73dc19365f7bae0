/** Recomputes every hash of the recorded directories and writes docs/hashes.md: `node tools/hash-table.ts`. */
import { existsSync, globSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Block, RawBlock } from '@baleen/chain';
import { checkHashes, createBlockDecoder, type HashCheck, type HashName } from '@baleen/decode';
import { compareAppHashes, openSource } from '@baleen/source';
import { fixtureData, unpackRecording } from '@baleen/testing';

const ROOT = join(import.meta.dirname, '..');

export interface HashCount {
  readonly checked: number;
  readonly agreed: number;
}
export type HashCounts = Partial<Record<HashName | 'app', HashCount>>;

/** Directories with databases in this repository, by the names that the table shows. */
export const FIXTURES: readonly (readonly [name: string, path: string])[] = [
  ['terra-columbus4-devnet', fixtureData('terra-columbus4-devnet')],
  ['terra-columbus5-devnet', fixtureData('terra-columbus5-devnet')],
];

/** Recordings outside of it: name and archives. */
export const RECORDINGS: readonly (readonly [name: string, archives: readonly string[]])[] = [
  ['terra-columbus3-devnet', ['data']],
  ['terra-columbus3-devnet', ['data-killed']],
  ['leveldb-testblockchain-tm033', ['data']],
  ['leveldb-evmos-tm034', ['blockstore', 'state']],
  ['leveldb-tmnodes-2023', ['example']],
  ['leveldb-tmnodes-2023', ['node0']],
  ['leveldb-irishub-comet038', ['network-test-1']],
  ['leveldb-irishub-comet038', ['test-1']],
  ['terra-classic3-devnet', ['data']],
  ['terra-classic3-devnet', ['data-killed']],
  ['terra-phoenix-devnet', ['data']],
  ['terra-phoenix-devnet', ['data-killed']],
  ['wasmd-sdk047-devnet', ['data']],
  ['wasmd-sdk047-devnet', ['data-killed']],
  ['sdk050-comet038-devnet', ['data']],
  ['sdk050-comet038-devnet', ['data-killed']],
  ['wasmd-sdk053-devnet', ['data']],
  ['wasmd-sdk053-devnet', ['data-killed']],
  ['wasmd-sdk053-devnet', ['data-pebble']],
  ['wasmd-sdk053-devnet', ['data-pebble-killed']],
];

/** How many hashes of each kind a directory's blocks agree with. */
export async function countHashes(path: string): Promise<HashCounts> {
  const counts: Partial<Record<HashName, { checked: number; agreed: number }>> = {};
  const count = (checks: readonly HashCheck[]): void => {
    for (const { name, agrees } of checks) {
      const each = (counts[name] ??= { checked: 0, agreed: 0 });
      each.checked++;
      if (agrees) each.agreed++;
    }
  };
  const decode = createBlockDecoder();
  let previous: Block | undefined;
  let current: { readonly raw: RawBlock; readonly block: Block } | undefined;
  for await (const raw of readAll(path)) {
    const next = { raw, block: decode(raw) };
    if (current !== undefined) count(checkHashes(current.block, current.raw, { previous, next: next.block }));
    previous = current?.block;
    current = next;
  }
  if (current !== undefined) count(checkHashes(current.block, current.raw, { previous }));
  return counts;
}

/** The same of app hashes, made from what the application committed; undefined: there is no application.db. */
export function countAppHashes(path: string): HashCounts | undefined {
  if (!existsSync(join(path, 'application.db'))) return undefined;
  const counts = { checked: 0, agreed: 0 };
  for (const { computed, known } of compareAppHashes(path)) {
    if (known === undefined) continue;
    counts.checked++;
    if (Buffer.compare(computed, known) === 0) counts.agreed++;
  }
  return { app: counts };
}

/** The table as docs/hashes.md shows it: a line per hash of a directory. */
export function formatTable(name: string, counts: HashCounts): string {
  const lines = Object.entries(counts).map(
    ([hash, { checked, agreed }]) => `| ${name} | ${hash} | ${checked} | ${agreed} |`,
  );
  return lines.join('\n');
}

async function* readAll(path: string): AsyncIterable<RawBlock> {
  const source = await openSource({ kind: 'leveldb', path });
  yield* source.read({ from: source.info.base, to: source.info.head });
}

/** A recording's name, with that of its archive where it has several. */
export const shownName = (name: string, archives: readonly string[]): string =>
  archives[0] === 'data' || archives.length > 1 ? name : `${name}, ${archives[0]}`;

async function main(): Promise<void> {
  const tables: string[] = [];
  const addTable = async (name: string, path: string): Promise<void> => {
    tables.push(formatTable(name, { ...(await countHashes(path)), ...countAppHashes(path) }));
  };
  for (const [name, path] of FIXTURES) await addTable(name, path);
  for (const [name, archives] of RECORDINGS) {
    const unpacked = unpackRecording(name, ...archives);
    if (unpacked === undefined) continue;
    const holder = globSync('**/blockstore.db', { cwd: unpacked })[0]!;
    await addTable(shownName(name, archives), dirname(join(unpacked, holder)));
  }
  const text = `# Hashes

Every hash that a header signs, recomputed from what was decoded. Written by \`node tools/hash-table.ts\`.
\`next_validators\` and \`last_block_id\` need the block beside, so they are one fewer. \`app\` is the hash of the application's
state after a block, recomputed from application.db, and compared with the next header, for the newest block with the node's state.
\`baleen verify\` recomputes the same hashes, but for \`app\`, from the SQL rows alone; \`npm run verify-recordings\` does so for each
of these directories and over RPC (2026-11-30: 30 of 30 proved, 10,718 signatures of commits among them).

| directory | hash | heights checked | agreed |
|---|---|---|---|
${tables.join('\n')}
`;
  writeFileSync(join(ROOT, 'docs/hashes.md'), text);
}

if (process.argv[1] === import.meta.filename) await main();
