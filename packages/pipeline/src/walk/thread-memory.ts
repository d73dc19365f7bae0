import type { ResourceLimits } from 'node:worker_threads';
import { isRpcAddress } from '@baleen/source';

/** The young generation of a thread that reads files: decoding makes garbage in every thread, and V8 lets it pile up. */
const OF_FILES_MB = 12;
/** JSON makes more garbage than bytes do: with 12 MB a sixth of a thread's time went into collecting. */
const OF_RPC_MB = 48;

/** Bounds of a thread's heap. Where V8's flag for them is set, the flag wins.
 *
 * @param paths  what the thread reads: what `openSource` takes */
export const threadMemory = (paths: readonly string[]): ResourceLimits => ({
  maxYoungGenerationSizeMb: paths.some(isRpcAddress) ? OF_RPC_MB : OF_FILES_MB,
});
