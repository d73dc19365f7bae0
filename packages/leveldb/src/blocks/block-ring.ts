/** The bytes of a block, `bytes[0, length)`, until the slot is taken for another one. */
export interface RingBlock {
  id: number;
  bytes: Uint8Array;
  length: number;
}

/** Blocks held: searches in the order of keys stay in one block of each level for a while. */
const SLOTS = 64;
/** A larger block is not held: all slots together are 4 MiB at most. */
const MAX_SLOT_BYTES = 64 * 1024;
const NO_BYTES = new Uint8Array(0);

/** The blocks searched last, as they are in the file but uncompressed, in buffers that are used again and again: decoding all
 * entries of a block for one of them, and the garbage of that, takes longer than all the rest. */
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

  /** Room of `length` bytes for a block that `get` did not know; the caller fills it. */
  take(length: number): RingBlock {
    const block = length > MAX_SLOT_BYTES ? this.large : this.oldest();
    if (block.bytes.length < length) block.bytes = new Uint8Array(roundedUp(length));
    block.length = length;
    return block;
  }

  /** Holds a block that was filled. */
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

/** To the next power of two, so that a buffer soon fits all blocks. */
const roundedUp = (length: number): number => 2 ** Math.ceil(Math.log2(Math.max(length, 4096)));
