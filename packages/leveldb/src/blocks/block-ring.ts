/** An uncompressed block, `bytes[0, length)`. A later block will overwrite its buffer. */
export interface RingBlock {
  id: number;
  bytes: Uint8Array;
  length: number;
}

/** Number of blocks kept. Lookups in key order use one block of each level for a while. */
const SLOTS = 64;
/** A block above this size is not kept, so that all slots together take at most 4 MiB. */
const MAX_SLOT_BYTES = 64 * 1024;
/** The size of each buffer is a multiple of this. */
const STEP_BYTES = 4096;
const NO_BYTES = new Uint8Array(0);

/** A cache of the blocks that were searched last, uncompressed but not decoded. A lookup needs one entry of a block. Decoding all entries,
 * and collecting the garbage of that, would take longer than the rest of the lookup. Buffers are used again. */
export class BlockRing {
  private readonly slots = new Map<number, RingBlock>();
  private readonly large: RingBlock = { id: -1, bytes: NO_BYTES, length: 0 };

  get(id: number): RingBlock | undefined {
    const found = this.slots.get(id);
    if (found === undefined) return undefined;
    this.slots.delete(id);
    this.slots.set(id, found);
    return found;
  }

  /** Returns a buffer of at least `length` bytes for a block that `get` did not find. The caller fills it. */
  take(length: number): RingBlock {
    const block = length > MAX_SLOT_BYTES ? this.large : this.oldest();
    if (block.bytes.length < length) block.bytes = new Uint8Array(roundedUp(length));
    block.length = length;
    return block;
  }

  /** Keeps a block whose buffer the caller has filled. */
  keep(id: number, block: RingBlock): void {
    block.id = id;
    if (block !== this.large) this.slots.set(id, block);
  }

  clear(): void {
    this.slots.clear();
    this.large.bytes = NO_BYTES;
  }

  private oldest(): RingBlock {
    if (this.slots.size < SLOTS) return { id: -1, bytes: NO_BYTES, length: 0 };
    const [id, block] = this.slots.entries().next().value!;
    this.slots.delete(id);
    return block;
  }
}

/** Rounds the length of a buffer up, so that it soon is large enough for any block and need not be allocated again. */
const roundedUp = (length: number): number => Math.ceil(length / STEP_BYTES) * STEP_BYTES;
