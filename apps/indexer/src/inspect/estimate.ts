/** Guesses the size and time that a source will take in Postgres from a few blocks, encoded as the walk encodes them. */
import { availableParallelism } from 'node:os';
import { type BlockSource, sampleBlocks } from '@baleen/pipeline';
import { encodeBlocks } from '@baleen/store/encode';

export interface Estimate {
  /** Bytes of tables and indexes together. */
  readonly postgresBytes: number;
  readonly seconds: number;
}

/** Bytes on disk per byte of COPY data, indexes included: measured 1.1 where txs are large, 1.8 where they are small. */
const DISK_PER_COPY_BYTE = 1.3;
const MOST_WORKERS = 4;

/** Returns the estimate; undefined if none of the sampled blocks could be read. */
export async function estimate(source: BlockSource): Promise<Estimate | undefined> {
  const { base, head } = source.info;
  const startedAt = performance.now();
  let copyBytes = 0;
  let blocks = 0;
  for await (const block of sampleBlocks(source, { from: base, to: head })) {
    copyBytes += encodeBlocks([block]).bytes;
    blocks++;
  }
  if (blocks === 0) return undefined;
  const elapsedMs = performance.now() - startedAt;
  const share = (head - base + 1) / blocks;
  // Postgres takes one core.
  const workers = Math.max(1, Math.min(MOST_WORKERS, availableParallelism() - 1));
  return {
    postgresBytes: Math.round(copyBytes * share * DISK_PER_COPY_BYTE),
    seconds: Math.ceil((elapsedMs * share) / 1000 / workers),
  };
}
