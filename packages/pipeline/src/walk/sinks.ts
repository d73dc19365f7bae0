import type { Block } from '@baleen/chain';
import type { EncodedBatch, TableName } from '@baleen/store';
import type { VerifiedBatch, VerifyOptions } from '../verify/verify-blocks.ts';

/** What a thread makes of each batch of blocks, by the name of the sink that it is started with. */
export interface SinkOutputs {
  /** The rows of all tables as finished COPY buffers. */
  readonly copy: EncodedBatch;
  /** What is wrong with the blocks and their stored rows. */
  readonly verify: VerifiedBatch;
}

/** What a sink has to know to be opened. */
export interface SinkOptions {
  /** Tables whose rows are made; undefined: all. */
  readonly copy: readonly TableName[] | undefined;
  readonly verify: VerifyOptions;
}

export type SinkName = keyof SinkOutputs;

interface Sunk<Output> {
  readonly output: Output;
  /** Buffers of the output that are handed over instead of copied. */
  readonly transfer: readonly ArrayBuffer[];
}

/** Turns blocks one after another into what leaves the thread. */
export type Sink<Output> = (blocks: readonly Block[]) => Sunk<Output> | Promise<Sunk<Output>>;

type Sinks = {
  readonly [Name in SinkName]: (options: SinkOptions[Name]) => Promise<Sink<SinkOutputs[Name]>>;
};

/** Loads a sink in the threads that need it. */
const SINKS: Sinks = {
  async copy(tables) {
    const { encodeBlocks, transferables } = await import('@baleen/store/encode');
    return (blocks) => {
      const output = encodeBlocks(blocks, tables);
      return { output, transfer: transferables(output) };
    };
  },
  async verify(options) {
    const { openVerifier } = await import('../verify/verify-blocks.ts');
    const verifier = await openVerifier(options);
    return async (blocks) => ({ output: await verifier.blocks(blocks), transfer: [] });
  },
};

/** @throws BaleenError what the sink needs can't be reached */
export const openSink = <Name extends SinkName>(
  name: Name,
  options: SinkOptions[Name],
): Promise<Sink<SinkOutputs[Name]>> => SINKS[name](options);
