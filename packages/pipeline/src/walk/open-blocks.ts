import { BaleenError, type Block, type BlockRange, type NodeRef } from '@baleen/chain';
import {
  type EndpointHealth,
  type GenesisSource,
  type Head,
  type LiveOptions,
  type LiveSource,
  openLiveSource,
  openSource,
  type Source,
  type SourceInfo,
  type SourceOptions,
} from '@baleen/source';
import type { BlockSource, LiveBlockSource, ReadBlock } from './block-source.ts';
import { readDecoded } from './read-decoded.ts';

/** Opens a source and decodes its blocks.
 * @throws BaleenError  as `openSource` */
export async function openBlocks(ref: NodeRef, options: SourceOptions = {}): Promise<BlockSource> {
  const source = await openSource(ref, options);
  return new DecodedSource(source, await readerOf(source, options));
}

/** Opens a source that grows and decodes its blocks.
 * @throws BaleenError  as `openLiveSource` */
export async function openLiveBlocks(ref: NodeRef, options: LiveOptions = {}): Promise<LiveBlockSource> {
  const source = await openLiveSource(ref, options);
  return new LiveDecodedSource(source, await readerOf(source, options));
}

/** Reads blocks of one kind of source.
 * @param provesTop  whether the header above the range is asked for, too, since it proves the results of the highest block */
type ReadBlocks = (
  range: BlockRange,
  signal: AbortSignal | undefined,
  provesTop: boolean,
) => AsyncGenerator<ReadBlock>;

/** Loads the decoder of RPC only for it: its schemas take 20 MB in each thread. */
async function readerOf(source: Source, { crossCheck = false }: SourceOptions): Promise<ReadBlocks> {
  if (source.yields === 'blocks') return readDecoded(source);
  const { ProvedBlocks } = await import('../verify/proved-blocks.ts');
  const proved = new ProvedBlocks(source, crossCheck);
  return (range, signal, provesTop) => proved.blocks(range, signal, provesTop);
}

class DecodedSource<Open extends Source> implements BlockSource {
  readonly ref: NodeRef;
  readonly info: SourceInfo;
  protected readonly source: Open;
  private readonly readBlocks: ReadBlocks;

  constructor(source: Open, readBlocks: ReadBlocks) {
    this.source = source;
    this.readBlocks = readBlocks;
    this.ref = source.ref;
    this.info = source.info;
  }

  async *blocks(range: BlockRange, signal?: AbortSignal): AsyncGenerator<ReadBlock> {
    let next = range.from;
    try {
      for await (const each of this.readBlocks(range, signal, true)) {
        yield each;
        next = each.block.height + 1;
      }
    } catch (error) {
      throw signal?.aborted ? error : atHeight(error, next);
    }
  }

  async blockAt(height: number): Promise<Block | undefined> {
    for await (const { block } of this.readBlocks({ from: height, to: height }, undefined, false))
      return block;
    return undefined;
  }

  genesis(): GenesisSource | undefined {
    return this.source.genesis();
  }

  health(): readonly EndpointHealth[] {
    return this.source.health();
  }

  close(): void {
    this.source.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

class LiveDecodedSource extends DecodedSource<LiveSource> implements LiveBlockSource {
  heads(signal: AbortSignal): AsyncIterable<Head> {
    return this.source.heads(signal);
  }
}

/** Adds the height of the block that was being read to an error of kind `data` that has none. */
function atHeight(error: unknown, height: number): unknown {
  if (!(error instanceof BaleenError) || error.kind !== 'data' || error.height !== undefined) return error;
  return new BaleenError(error.kind, error.code, error.message, { cause: error, height });
}
