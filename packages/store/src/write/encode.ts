/** Encodes blocks and state as COPY buffers. Worker threads import only this entry point, since database drivers take longer to load
 * than all the rest. */

export { StateEncoder } from '../state/state-encoder.ts';
export { encodeBlocks, transferables } from './encode-blocks.ts';
