/** Indexes a chain with a genesis document of 1.5 GB (or as many MB as the argument says), and tells the most memory that took: once with
 * account addresses in it, as chains have them, once without any.
 *
 *     npm run genesis-memory [-- MB] [--database URL]
 *
 * The blocks are those of the columbus-5 devnet without its state.db, which holds its own small genesis and would be refused
 * beside another. Slow (about two minutes); needs three times that much space in the temporary folder. Exit code 1 above 400 MB. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, cpSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BALEEN, fixtureData, openServer, temporaryFolder, withClient, withDatabase } from '@baleen/testing';
import type { Client } from 'pg';
import { watchUse } from '../bench/memory.ts';

const MOST_RSS_BYTES = 400e6;
const FIXTURE = 'terra-columbus5-devnet';
const CHAIN_ID = 'baleen-col5-a';

const { values, positionals } = parseArgs({
  options: { database: { type: 'string' } },
  allowPositionals: true,
});
const sizeBytes = Number(positionals[0] ?? 1500) * 1e6;

/** What the document says where an account's address stands. Without a single address the chain's prefix is looked for to the end. */
const ADDRESSES = {
  'with account addresses': 'terra1qurswpc8qurswpc8qurswpc8qurswpc84ha6zp',
  'without any': 'none',
};

const folder = temporaryFolder('genesis-memory');
const server = await openServer(values.database);
try {
  cpSync(join(fixtureData(FIXTURE), 'blockstore.db'), join(folder, 'blockstore.db'), { recursive: true });
  for (const [kind, address] of Object.entries(ADDRESSES)) {
    writeGenesis(join(folder, 'genesis.json'), sizeBytes, address);
    await withDatabase(server.url, (url) => measure(kind, url));
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}

async function measure(kind: string, url: string): Promise<void> {
  const started = performance.now();
  const rssBytes = await peakOfIndex(url);
  const seconds = (performance.now() - started) / 1000;
  const stored = await withClient(url, storedGenesis);
  if (stored.hash !== stored.expectedHash)
    throw new Error(`genesis in the database: expected sha256 ${stored.expectedHash}, found ${stored.hash}`);
  console.log(
    `genesis of ${mb(sizeBytes)} MB ${kind}: ${mb(stored.bytes)} MB without white space in ${stored.chunks} rows, sha256 as in chains; ` +
      `baleen index ${seconds.toFixed(1)} s, peak RSS ${mb(rssBytes)} MB (at most ${mb(MOST_RSS_BYTES)})`,
  );
  if (rssBytes > MOST_RSS_BYTES) process.exitCode = 1;
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

async function peakOfIndex(url: string): Promise<number> {
  const child = spawn(process.execPath, [BALEEN, 'index', folder, '--database', url, '--quiet'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const memory = watchUse(child.pid!);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const peak = memory.stop().peakBytes;
  if (code !== 0) throw new Error(`baleen index ${folder}: ended with exit code ${code}`);
  return peak;
}

async function storedGenesis(
  client: Client,
): Promise<{ bytes: number; chunks: number; hash: string; expectedHash: string }> {
  const { rows } = await client.query<{ hash: string }>(
    'select genesis_hash as hash from baleen.chains where chain_id = $1',
    [CHAIN_ID],
  );
  const hash = createHash('sha256');
  let bytes = 0;
  for (let chunks = 0; ; chunks++) {
    const chunk = await client.query<{ bytes: Buffer }>(
      'select bytes from baleen_store.genesis_chunks where chain_id = $1 and chunk_index = $2',
      [CHAIN_ID, chunks],
    );
    const [row] = chunk.rows;
    if (row === undefined) return { bytes, chunks, hash: hash.digest('hex'), expectedHash: rows[0]!.hash };
    hash.update(row.bytes);
    bytes += row.bytes.length;
  }
}

function writeGenesis(path: string, size: number, address: string): void {
  const fd = openSync(path, 'w');
  writeSync(fd, `{\n  "chain_id": "${CHAIN_ID}",\n  "app_state": {\n    "accounts": [\n`);
  const account = `      {\n        "address": "${address}",\n        "text": "a \\"quoted\\" \\\\ and \\u003cescaped\\u003e text",\n        "coins": [ { "denom": "uluna", "amount": "1000000" } ]\n      },\n`;
  const block = account.repeat(4000);
  for (let written = 0; written < size; written += block.length) writeSync(fd, block);
  writeSync(fd, '      {}\n    ]\n  }\n}\n');
  closeSync(fd);
}
