import type { BlockRange, RawLevelDbBlock, RawStoredBlock, TxReading } from '@baleen/chain';
import { createBlockDecoder } from '@baleen/decode';
import type { ReadBlock } from './block-source.ts';
import { createStopwatch } from './stages.ts';

/** Blocks that need no proof: their node, or Baleen itself, has verified them. */
export type TrustedBlock = RawLevelDbBlock | RawStoredBlock;

export interface TrustedSource {
  read(range: BlockRange, signal?: AbortSignal): AsyncGenerator<TrustedBlock>;
}

/** Decodes the blocks of a source as they come.
 * @param reading  how txs are read now; it may change between blocks */
export function readDecoded(
  source: TrustedSource,
  reading: { readonly now: TxReading },
): (range: BlockRange, signal?: AbortSignal) => AsyncGenerator<ReadBlock> {
  const decode = createBlockDecoder();
  return async function* (range, signal) {
    const lap = createStopwatch();
    for await (const raw of source.read(range, signal)) {
      const read = lap();
      const block = decode(raw, reading.now);
      const bytes = block.sizeBytes + resultBytes(raw);
      yield { block, bytes, areResultsProved: true, seconds: { read, decode: lap() } };
      lap();
    }
  };
}

const resultBytes = (raw: TrustedBlock): number =>
  raw.encoding === 'stored' ? raw.resultBytes : (raw.results?.length ?? 0);
