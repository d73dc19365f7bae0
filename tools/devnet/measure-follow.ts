/** npm run measure-follow -- [--blocks 2000] [--rate 20] [--rounds 3]
 *
 * What following a live LevelDB directory costs and how soon it sees a block: goleveldb writes (needs Go), with a node's buffers.
 * Prints milliseconds from a write's acknowledgement to the source's head, and the writer's throughput alone and followed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openLiveLevelDb } from '@baleen/leveldb';
import { openLiveSource, sourceAt } from '@baleen/source';
import { fixtureData } from '@baleen/testing';
import { buildWriter, readBlocks, startWriter } from './start-writer.ts';

const NODE_BUFFERS = { 'write-buffer': 4 << 20, 'table-size': 2 << 20, filler: 0 };
const POLL_MS = 20;

const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    follow: { type: 'string' },
  },
});
if (values.follow !== undefined) await followAsProcess(values.follow);
else await measure();

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-measure-'));
  try {
    const program = buildWriter(folder);
    await measureDelay(program, join(folder, 'delay'), Number(values.rate));
    for (let round = 1; round <= Number(values.rounds); round++)
      for (const isFollowed of round % 2 === 1 ? [false, true] : [true, false])
        await measureThroughput(program, join(folder, `${round}-${isFollowed}`), isFollowed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Blocks of a recorded chain at a steady rate, followed by this process. */
async function measureDelay(program: string, folder: string, rate: number): Promise<void> {
  const last = 306;
  const from = fixtureData('terra-columbus5-devnet');
  const writer = await startWriter(program, folder, { ...NODE_BUFFERS, from, rate });
  using source = await openLiveSource(sourceAt(folder));
  const seen = new Map<number, number>();
  let known = source.info.resultsHead ?? 0;
  for await (const head of source.heads(AbortSignal.timeout(600_000))) {
    for (; known < (head.resultsHeight ?? 0); known++) seen.set(known + 1, head.seenAt);
    if (known === last) break;
  }
  await writer.ended;
  const delays = readBlocks(folder)
    .filter(({ height }) => seen.has(height))
    .map(({ height, at }) => Math.max(0, seen.get(height)! - at))
    .sort((left, right) => left - right);
  const quantile = (share: number): string => delays[Math.floor((delays.length - 1) * share)]!.toFixed(1);
  const { bytes } = source.health()[0]!;
  console.log(
    `from write to head, ${delays.length} blocks at ${rate}/s: median ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, most ${quantile(1)} ms; ${(bytes / delays.length / 1000).toFixed(0)} kB read a block`,
  );
}

/** Made-up blocks as fast as they can be written, alone or followed by another process. */
async function measureThroughput(program: string, folder: string, isFollowed: boolean): Promise<void> {
  const options = { ...NODE_BUFFERS, rate: 0, blocks: values.blocks, filler: 16 << 10 };
  const writer = await startWriter(program, folder, options);
  const follower = isFollowed
    ? spawn(process.execPath, [fileURLToPath(import.meta.url), '--follow', join(folder, 'blockstore.db')], {
        stdio: ['ignore', 'inherit', 'inherit'],
      })
    : undefined;
  const { said } = await writer.ended;
  console.log(`writer ${isFollowed ? 'followed' : 'alone   '}: ${said.trim()}`);
  follower?.kill('SIGTERM');
  if (follower !== undefined) await once(follower, 'exit');
}

/** Refreshes and reads the newest block's values until it is ended. */
async function followAsProcess(path: string): Promise<void> {
  using db = openLiveLevelDb(path);
  const text = (key: string): string => Buffer.from(db.get(Buffer.from(key)) ?? '').toString();
  let isEnding = false;
  process.once('SIGTERM', () => (isEnding = true));
  let [refreshes, changes] = [0, 0];
  const before = process.cpuUsage();
  while (!isEnding) {
    refreshes++;
    if (db.refresh()) {
      changes++;
      const height = text('blockStore');
      for (const key of [`H:${height}`, `P:${height}:0`, `P:${height}:1`]) db.get(Buffer.from(key));
    }
    await sleep(POLL_MS);
  }
  const { user, system } = process.cpuUsage(before);
  console.log(
    `  follower: ${refreshes} looks, ${changes} of them new, at height ${text('blockStore')}; ${((user + system) / 1e6).toFixed(2)} s of one core, ${(db.bytesRead / 1e6).toFixed(1)} MB read, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
  );
}
