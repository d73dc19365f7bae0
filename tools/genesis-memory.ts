/** Reads a genesis document of 1.5 GB (or as many MB as the argument says) and prints the most memory that took.
 *
 * Slow (about a minute) and needs that much space in the temporary folder; not part of the tests. Exit code 1 above 400 MB. */
import { closeSync, cpSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '@baleen/codec';
import { openSource } from '@baleen/source';
import { fixtureData, temporaryFolder } from '@baleen/testing';

const MOST_RSS_BYTES = 400e6;
const sizeBytes = Number(process.argv[2] ?? 1500) * 1e6;

const folder = temporaryFolder('genesis-memory');
cpSync(join(fixtureData('terra-columbus4-devnet'), 'blockstore.db'), join(folder, 'blockstore.db'), {
  recursive: true,
});
writeGenesis(join(folder, 'genesis.json'), sizeBytes);

using source = await openSource(folder);
const genesis = source.genesis()!;
let started = performance.now();
const summary = await genesis.summary();
report('summary', summary.bytes);
started = performance.now();
let bytes = 0;
for await (const chunk of genesis.chunks()) bytes += chunk.length;
report('chunks', bytes);
if (bytes !== summary.bytes) throw new Error(`expected ${summary.bytes} bytes, found ${bytes}`);
console.log(`sha256 ${toHex(summary.hash)}`);
rmSync(folder, { recursive: true });
process.exitCode = peakRssBytes() > MOST_RSS_BYTES ? 1 : 0;

function report(what: string, count: number): void {
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${what}: ${(sizeBytes / 1e6).toFixed(0)} MB, ${(count / 1e6).toFixed(0)} MB minified, ${seconds.toFixed(1)} s, peak RSS ${(peakRssBytes() / 1e6).toFixed(0)} MB`,
  );
}

function peakRssBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function writeGenesis(path: string, size: number): void {
  const fd = openSync(path, 'w');
  writeSync(fd, '{\n  "chain_id": "devnet-col4-a",\n  "app_state": {\n    "accounts": [\n');
  const account = `      {\n        "address": "no address",\n        "text": "a \\"quoted\\" \\\\ and \\u003cescaped\\u003e text",\n        "coins": [ { "denom": "uluna", "amount": "1000000" } ]\n      },\n`;
  const block = account.repeat(4000);
  for (let written = 0; written < size; written += block.length) writeSync(fd, block);
  writeSync(fd, '      {}\n    ]\n  }\n}\n');
  closeSync(fd);
}
