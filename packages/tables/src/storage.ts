import type { Block } from '@baleen/chain';

/** A table that is too large for one index. It has a partition per chain, and that one a partition (leaf) per range of heights. */
export interface Leaves {
  readonly kind: 'leaves';
  /** A leaf has this many times the heights of a leaf of `events`, the largest table. Few leaves are better: a query for a tx hash without
   * its chain must plan all leaves of txs, which takes 23 ms for 300 leaves and 2 ms for 48 (PostgreSQL 15). */
  readonly factor: number;
  readonly heightsBelow: HeightsBelow;
  readonly key: KeyAtHeight;
}

/** A table for all chains, without partitions. Each of its rows has a height. */
export interface Flat {
  readonly kind: 'flat';
  readonly heightsBelow: HeightsBelow;
  readonly key: KeyAtHeight;
}

/** The columns of the unique key after chain_id and height. The list is empty if the table has one row per height. */
type KeyAtHeight = readonly string[];

/** How much lower than the block's height is the height of its rows: 0, or 1 for a commit, which is part of the next block. */
type HeightsBelow = 0 | 1;

/** A table whose rows are identified by their content. If many blocks have the same row, it is stored once, and it has no height. */
export interface Content {
  readonly kind: 'content';
  /** The columns of the unique key. */
  readonly key: readonly string[];
  /** A column that may be NULL in the first row of a key. A later row in which it is not NULL then fills in the NULL columns. undefined if
   * the rows of a key are always equal. */
  readonly filledBy?: string;
  /** The table that records at which heights each row was in force; undefined if there is no such table. */
  readonly runs?: Runs;
}

/** A table of ranges of heights with equal content: (chain_id, from_height, to_height, hash). */
export interface Runs {
  readonly table: string;
  /** Name of the column with the hash of the content. */
  readonly column: string;
  /** Returns the hash of the content that is in force at a block; undefined if the source does not have it. */
  readonly hashOf: (block: Block) => Uint8Array | undefined;
}

export type Storage = Leaves | Flat | Content;

export const leaves = (definition: {
  readonly factor: number;
  readonly key: KeyAtHeight;
  readonly heightsBelow?: HeightsBelow;
}): Leaves => ({
  kind: 'leaves',
  heightsBelow: 0,
  ...definition,
});

export const flat = (definition: {
  readonly key: KeyAtHeight;
  readonly heightsBelow?: HeightsBelow;
}): Flat => ({
  kind: 'flat',
  heightsBelow: 0,
  ...definition,
});

export const content = (definition: Omit<Content, 'kind'>): Content => ({ kind: 'content', ...definition });

/** The part of a block from which a table's rows are made. If a source does not have it, there are no rows of the table at that height. */
export type Needs = 'blocks' | 'results' | 'validators' | 'params';

export const hasNeeded = (block: Block, needs: Needs): boolean =>
  needs === 'blocks' ||
  (needs === 'results' && block.results !== undefined) ||
  (needs === 'validators' && block.validatorSet !== undefined) ||
  (needs === 'params' && block.consensusParams !== undefined);
