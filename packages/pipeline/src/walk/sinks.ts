import type { Block } from '@baleen/chain';
import type { EncodedBatch } from '@baleen/store';

/** What a thread makes of each batch of blocks, by the name of the sink that it is started with. */
export interface SinkOutputs {
  /** The rows of all tables as finished COPY buffers. */
  readonly copy: EncodedBatch;
}

export type SinkName = keyof SinkOutputs;

/** Turns blocks one after another into what leaves the thread. */
export type Sink<Output> = (blocks: readonly Block[]) => {
  readonly output: Output;
  /** Buffers of the output that are handed over instead of copied. */
  readonly transfer: readonly ArrayBuffer[];
};

type Sinks = { readonly [Name in SinkName]: () => Promise<Sink<SinkOutputs[Name]>> };

/** Loads a sink in the threads that need it. */
const SINKS: Sinks = {
  async copy() {
    const { encodeBlocks, transferables } = await import('@baleen/store/encode');
    return (blocks) => {
      const output = encodeBlocks(blocks);
      return { output, transfer: transferables(output) };
    };
  },
};

export const openSink = (name: SinkName): Promise<Sink<SinkOutputs[SinkName]>> => SINKS[name]();
