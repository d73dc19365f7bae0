import {
  type ApplicationChoice,
  BaleenError,
  type Block,
  type BlockRange,
  type NodeRef,
  type TxReading,
} from '@baleen/chain';
import { chooseApplications } from '@baleen/decode/applications';
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
  const reading = { now: readingOf(source.info) };
  return new DecodedSource(source, reading, await readerOf(source, reading, options));
}

/** Opens a source that grows and decodes its blocks.
 * @throws BaleenError  as `openLiveSource` */
export async function openLiveBlocks(ref: NodeRef, options: LiveOptions = {}): Promise<LiveBlockSource> {
  const source = await openLiveSource(ref, options);
  const reading = { now: readingOf(source.info) };
  return new LiveDecodedSource(source, reading, await readerOf(source, reading, options));
}

/** How the txs of a source are read now. */
interface Reading {
  now: TxReading;
}

const readingOf = (info: SourceInfo): TxReading => ({
  applications: info.applications ?? chooseApplications(info),
  descriptors: info.applicationSigns?.descriptors,
});

/** Reads blocks of one kind of source.
 * @param provesTop  whether the header above the range is asked for, too, since it proves the results of the highest block */
type ReadBlocks = (
  range: BlockRange,
  signal: AbortSignal | undefined,
  provesTop: boolean,
) => AsyncGenerator<ReadBlock>;

/** Loads the decoder of RPC only for it: its schemas take 20 MB in each thread. */
async function readerOf(
  source: Source,
  reading: Reading,
  { crossCheck = false }: SourceOptions,
): Promise<ReadBlocks> {
  if (source.yields === 'blocks') return readDecoded(source, reading);
  const { ProvedBlocks } = await import('../verify/proved-blocks.ts');
  const proved = new ProvedBlocks(source, reading, crossCheck);
  return (range, signal, provesTop) => proved.blocks(range, signal, provesTop);
}

class DecodedSource<Open extends Source> implements BlockSource {
  readonly ref: NodeRef;
  info: SourceInfo;
  protected readonly source: Open;
  private readonly reading: Reading;
  private readonly readBlocks: ReadBlocks;

  constructor(source: Open, reading: Reading, readBlocks: ReadBlocks) {
    this.source = source;
    this.reading = reading;
    this.readBlocks = readBlocks;
    this.ref = source.ref;
    this.info = source.info;
  }

  readBy(applications: readonly ApplicationChoice[], bech32Prefix?: string): void {
    this.info = { ...this.info, applications, bech32Prefix: this.info.bech32Prefix ?? bech32Prefix };
    this.reading.now = readingOf(this.info);
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
