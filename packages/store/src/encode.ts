/** Blocks and state as COPY buffers. Threads that have nothing to do with a database import this alone: the drivers take longer to
 * load than all the rest. */
export { encodeBlocks, transferables } from './encode-blocks.ts';
export { StateEncoder } from './state-encoder.ts';
