export type { ContentRun, EncodedBatch } from './batch.ts';
export { encodeBlocks, transferables } from './encode-blocks.ts';
export { encodeRows } from './encode-rows.ts';
export { openStore } from './open-store.ts';
export type * from './store.ts';
