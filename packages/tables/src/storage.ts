import type { Block } from '@baleen/chain';

/** A table with a partition per chain and below it one per run of heights, as it is too large for one index. */
export interface Leaves {
  readonly kind: 'leaves';
  /** How many times more heights a leaf has than one of `events`, the largest table. Few leaves are better: a tx hash without its
   * chain must plan every leaf of txs, and 300 cost 23 ms, 48 cost 2 ms (PostgreSQL 15). */
  readonly factor: number;
  readonly heightsBelow: HeightsBelow;
}

/** One table for all chains, with its own key, whose rows stand at heights. */
export interface Flat {
  readonly kind: 'flat';
  readonly heightsBelow: HeightsBelow;
}

/** Rows of block h stand at h, or one below: a commit comes with the next block. */
type HeightsBelow = 0 | 1;

/** Rows are named by their content: the same one comes again with other blocks, is kept once, and belongs to no height. */
export interface Content {
  readonly kind: 'content';
  /** Columns of the unique key. */
  readonly key: readonly string[];
  /** A column that a first row may lack. A later row with the same key that has it fills in what is NULL. undefined: rows with one
   * key are equal. */
  readonly filledBy?: string;
  /** Where the heights stand at which a content was in force; undefined: nobody asks. */
  readonly runs?: Runs;
}

/** A table of (chain_id, from_height, to_height, hash). */
export interface Runs {
  readonly table: string;
  /** Column of the hash. */
  readonly column: string;
  /** Of the content that is in force at the block; undefined: the source does not have it. */
  readonly hashOf: (block: Block) => Uint8Array | undefined;
}

export type Storage = Leaves | Flat | Content;

export const leaves = (definition: {
  readonly factor: number;
  readonly heightsBelow?: HeightsBelow;
}): Leaves => ({
  kind: 'leaves',
  heightsBelow: 0,
  ...definition,
});

export const flat = (definition: { readonly heightsBelow?: HeightsBelow } = {}): Flat => ({
  kind: 'flat',
  heightsBelow: 0,
  ...definition,
});

export const content = (definition: Omit<Content, 'kind'>): Content => ({ kind: 'content', ...definition });

/** The part of a block that a table's rows are made of. Without it a source has no rows of the table at that height. */
export type Needs = 'blocks' | 'results' | 'validators' | 'params';

export const hasNeeded = (block: Block, needs: Needs): boolean =>
  needs === 'blocks' ||
  (needs === 'results' && block.results !== undefined) ||
  (needs === 'validators' && block.validatorSet !== undefined) ||
  (needs === 'params' && block.consensusParams !== undefined);
