interface Held<Block> {
  readonly block: Block;
  readonly cost: number;
}

/** A cache of decoded blocks by number, each block with a number of its own. Drops the blocks that were used longest ago when all
 * together cost more than the limit. A dropped block that somebody still has a view of stays valid. */
export class BlockCache<Block> {
  /** Sum of the costs of the blocks in the cache, in bytes. */
  cost = 0;
  private readonly limit: number;
  private readonly held = new Map<number, Held<Block>>();

  constructor(limitBytes: number) {
    this.limit = limitBytes;
  }

  get(id: number): Block | undefined {
    const found = this.held.get(id);
    if (found === undefined) return undefined;
    // A Map keeps the order of insertion: the front is what was used longest ago.
    this.held.delete(id);
    this.held.set(id, found);
    return found.block;
  }

  /** Adds a block that `get` did not find. A block that alone costs more than the limit is not added. */
  add(id: number, block: Block, cost: number): void {
    if (cost > this.limit) return;
    this.held.set(id, { block, cost });
    this.cost += cost;
    for (const [oldest, { cost: freed }] of this.held) {
      if (this.cost <= this.limit) break;
      this.held.delete(oldest);
      this.cost -= freed;
    }
  }

  clear(): void {
    this.held.clear();
    this.cost = 0;
  }
}
