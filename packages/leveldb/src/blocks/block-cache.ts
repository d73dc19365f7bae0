interface Held<Block> {
  readonly block: Block;
  readonly cost: number;
}

/** Decoded blocks by a number that is theirs alone; forgets those used longest ago once they cost more than the limit.
 *
 * Forgetting is all that happens: whoever still holds a view of a block keeps its bytes alive. */
export class BlockCache<Block> {
  /** Bytes held now. */
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

  /** Holds a block that `get` did not know. One that alone costs more than the limit is not held. */
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
