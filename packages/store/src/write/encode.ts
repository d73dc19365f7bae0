/** Blocks and state as COPY buffers. Threads that have nothing to do with a database import this alone: the drivers take longer to
 * load than all the rest. */

export { StateEncoder } from '../state/state-encoder.ts';
export { encodeBlocks, transferables } from './encode-blocks.ts';
