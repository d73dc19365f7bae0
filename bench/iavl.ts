/** `node bench/iavl.ts [--leaves 1000000]`: walks of application states, each in a process of its own.
 *
 * Every node's hash is recomputed on the way, and the root's once more from the leaves upwards. Writes a section of docs/performance.md. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openState } from '@baleen/source';
import { fixtureData, temporaryFolder } from '@baleen/testing';
import { stateEntries, writeEntries } from '../packages/iavl/test/make-state.ts';
import { loadText, writeSection } from './sections.ts';

interface Walked {
  readonly leaves: number;
  /** Keys and values. */
  readonly bytes: number;
  readonly seconds: number;
  /** Of processor time, in user and system. */
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

/** As the command `baleen` sets them. */
const V8_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=30'];

const { values } = parseArgs({
  options: { leaves: { type: 'string', default: '1000000' }, walk: { type: 'string' } },
});
if (values.walk !== undefined) console.log(JSON.stringify(walk(values.walk)));
else await compare(Number(values.leaves));

async function compare(leaves: number): Promise<void> {
  const load = loadavg()[0] ?? 0;
  const rows = [
    row('terra-columbus4-devnet, 16 heights', fixtureData('terra-columbus4-devnet')),
    row('terra-columbus5-devnet, 25 heights', fixtureData('terra-columbus5-devnet')),
    row(`synthetic, ${leaves} leaves in one store`, await writeSynthetic(leaves)),
  ];
  writeSection(
    'Walking application state',
    `Written by \`npm run bench:iavl -- --leaves ${leaves}\` ${loadText(load)}.

Every leaf in order of its key, every node's hash recomputed, and the root's once more from the leaves upwards; files in the page cache.
Nodes lie in the order of their hashes, so that each leaf costs two lookups anywhere in the database. Memory does not grow with the tree.

| state | leaves | leaves/s | MB/s | processor, µs a leaf | peak RSS, MB |
|---|--:|--:|--:|--:|--:|
${rows.join('\n')}
`,
  );
}

function row(name: string, path: string): string {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...V8_FLAGS, import.meta.filename, '--walk', path],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`walk ${path}: ${stderr}`);
  const { leaves, bytes, seconds, cpuSeconds, peakRssBytes } = JSON.parse(stdout) as Walked;
  const cells = [
    name,
    leaves,
    Math.round(leaves / seconds),
    (bytes / seconds / 1e6).toFixed(2),
    ((cpuSeconds / leaves) * 1e6).toFixed(0),
    (peakRssBytes / 1e6).toFixed(0),
  ];
  console.error(`${name}: ${seconds.toFixed(1)} s`);
  return `| ${cells.join(' | ')} |`;
}

/** Every height that is kept. */
function walk(path: string): Walked {
  using newest = openState(path);
  const start = performance.now();
  const before = process.cpuUsage();
  let leaves = 0;
  let bytes = 0;
  for (const { from, to } of newest.keptHeights())
    for (let height = from; height <= to; height++) {
      using state = openState(path, { height });
      for (const { name, kind } of state.info.stores) {
        if (kind !== 'iavl') continue;
        const root = state.tree(name).recomputeRoot();
        leaves += root.leaves;
        bytes += root.bytes;
      }
    }
  const { user, system } = process.cpuUsage(before);
  return {
    leaves,
    bytes,
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

async function writeSynthetic(count: number): Promise<string> {
  const folder = temporaryFolder('bench-iavl');
  mkdirSync(join(folder, 'application.db'));
  const store = { name: 'bank', leaves: balances(count), count };
  await writeEntries(join(folder, 'application.db'), stateEntries(1, [store]));
  return folder;
}

/** Keys like those of balances, in order, and values of 64 bytes that do not compress. */
function* balances(count: number): Generator<readonly [Uint8Array, Uint8Array]> {
  for (let index = 0; index < count; index++) {
    const head = Buffer.alloc(9, 2);
    head.writeBigUInt64BE(BigInt(index), 1);
    const digest = createHash('sha512').update(head).digest();
    yield [Buffer.concat([head, digest.subarray(0, 20)]), digest];
  }
}
