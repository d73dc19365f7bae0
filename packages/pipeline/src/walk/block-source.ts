import type { ApplicationChoice, Block, BlockRange } from '@baleen/chain';
import type { Heads, OpenSource } from '@baleen/source';

/** A block of a source, and what it cost to read. */
export interface ReadBlock {
  readonly block: Block;
  /** Raw bytes of the block and its results, as the source holds them. */
  readonly bytes: number;
  /** Whether the results are those that the header above names, or the node's own files hold. */
  readonly areResultsProved: boolean;
  readonly seconds: ReadSeconds;
}

export interface ReadSeconds {
  /** Seconds spent waiting for the source: for files, or for answers of a node. */
  readonly read: number;
  /** Seconds spent decoding the block, and recomputing its hashes where the source needs proof. */
  readonly decode: number;
}

/** A source as a walk sees it. */
export interface WalkSource extends Pick<OpenSource, 'health' | 'close'> {
  /** Blocks in order of height: decoded, and proved by their hashes where the kind of source needs it.
   * @throws BaleenError of the source and the decoder, with the height of the block that could not be had */
  blocks(range: BlockRange, signal?: AbortSignal): AsyncGenerator<ReadBlock>;
}

/** An open source of a node's blocks. */
export interface BlockSource extends OpenSource, WalkSource {
  /** One block by itself, whose results no header above proves.
   * @throws BaleenError of the source and the decoder */
  blockAt(height: number): Promise<Block | undefined>;
  /** Reads the txs of all further blocks by these applications, whatever the source tells of them. */
  readBy(applications: readonly ApplicationChoice[]): void;
}

export interface LiveBlockSource extends BlockSource, Heads {}

/** Heights whose block the source held when it was opened. */
export const heldBy = ({ info }: Pick<BlockSource, 'info'>): BlockRange => ({
  from: info.base,
  to: info.head,
});
