import type { Block } from '@baleen/chain';

/** A table with a partition per chain and below it one per run of heights, as it is too large for one index. */
export interface Leaves {
  readonly kind: 'leaves';
  /** How many times more heights a leaf has than one of `events`, the largest table. Few leaves are better: a tx hash without its
   * chain must plan every leaf of txs, and 300 cost 23 ms, 48 cost 2 ms (PostgreSQL 15). */
  readonly factor: number;
  readonly heightsBelow: HeightsBelow;
  readonly key: KeyAtHeight;
}

/** One table for all chains, without partitions. Its rows stand at heights. */
export interface Flat {
  readonly kind: 'flat';
  readonly heightsBelow: HeightsBelow;
  readonly key: KeyAtHeight;
}

/** Columns of the unique key behind chain_id and height. None: one row per height. */
type KeyAtHeight = readonly string[];

/** Rows of block h stand at h, or one below: a commit comes with the next block. */
type HeightsBelow = 0 | 1;

/** A table whose rows are identified by their content. Many blocks bring the same row; it is stored once and belongs to no height. */
export interface Content {
  readonly kind: 'content';
  /** Columns of the unique key. */
  readonly key: readonly string[];
  /** A column that may be NULL in the first row of a key. A later row in which it is not NULL fills in the NULL columns. undefined: rows
   * of one key are always equal. */
  readonly filledBy?: string;
  /** The table that says at which heights each content was in force; undefined: there is none. */
  readonly runs?: Runs;
}

/** A table of ranges of heights with equal content: (chain_id, from_height, to_height, hash). */
export interface Runs {
  readonly table: string;
  /** Column of the hash. */
  readonly column: string;
  /** Hash of the content that is in force at the block; undefined: the source does not have it. */
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

/** The part of a block that a table's rows are made of. Without it a source has no rows of the table at that height. */
export type Needs = 'blocks' | 'results' | 'validators' | 'params';

export const hasNeeded = (block: Block, needs: Needs): boolean =>
  needs === 'blocks' ||
  (needs === 'results' && block.results !== undefined) ||
  (needs === 'validators' && block.validatorSet !== undefined) ||
  (needs === 'params' && block.consensusParams !== undefined);
