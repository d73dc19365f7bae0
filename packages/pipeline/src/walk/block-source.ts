import type { ApplicationChoice, Block, BlockRange } from '@baleen/chain';
import type { Heads, OpenSource } from '@baleen/source';

/** A block of a source, with its size and the time that it took to read. */
export interface ReadBlock {
  readonly block: Block;
  /** Size of the block and its results in the encoding of the source, in bytes. */
  readonly bytes: number;
  /** True if the next header's hash proves the results, or if they come from the node's own files. */
  readonly areResultsProved: boolean;
  readonly seconds: ReadSeconds;
}

export interface ReadSeconds {
  /** Seconds that were spent waiting for files, or for answers of a node. */
  readonly read: number;
  /** Seconds that were spent decoding the block, and computing its hashes if the source needs proof. */
  readonly decode: number;
}

/** What a walk needs of a source. */
export interface WalkSource extends Pick<OpenSource, 'health' | 'close'> {
  /** Yields the blocks of a range in order of height. They are decoded, and proved by their hashes if this kind of source needs it.
   * @throws BaleenError of the source or the decoder, with the height of the block that could not be read */
  blocks(range: BlockRange, signal?: AbortSignal): AsyncGenerator<ReadBlock>;
}

/** An open source of a node's blocks. */
export interface BlockSource extends OpenSource, WalkSource {
  /** Reads a single block; undefined if the source does not have it. Its results are not proved, since the next header is not read.
   * @throws BaleenError of the source or the decoder */
  blockAt(height: number): Promise<Block | undefined>;
  /** From now on decodes txs by these applications, whatever the source says about its application.
   * @param bech32Prefix  of account addresses; threads that are started from now on use it if the source does not tell one */
  readBy(applications: readonly ApplicationChoice[], bech32Prefix?: string): void;
}

export interface LiveBlockSource extends BlockSource, Heads {}

/** Returns the heights whose blocks the source had when it was opened. */
export const heldBy = ({ info }: Pick<BlockSource, 'info'>): BlockRange => ({
  from: info.base,
  to: info.head,
});
