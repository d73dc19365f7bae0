/** Sources of one chain into the queue: what `enqueue` does. */
import type { BlockRange } from '@baleen/chain';
import { type Enqueued, enqueue, type Queues } from '@baleen/jobs';
import { isRpcAddress } from '@baleen/source';
import type { Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import type { HeightsAsked } from '../cli/heights.ts';
import { describeChain, rangeAsked } from '../index/index-chain.ts';
import { type OpenedSource, openSources } from '../index/opened-sources.ts';

export interface EnqueueOptions {
  /** Of one chain. */
  readonly sources: readonly string[];
  /** undefined: the chain's id. */
  readonly name?: string | undefined;
  readonly asked?: HeightsAsked | undefined;
  readonly expectedChain?: string | undefined;
  readonly rangeSize: number;
  readonly trust: boolean;
}

export interface EnqueuedChain extends Enqueued {
  readonly chainId: string;
  readonly source: string;
  readonly range: BlockRange;
}

export async function enqueueChain(
  options: EnqueueOptions,
  store: Store,
  queues: Queues,
  context: Context,
): Promise<EnqueuedChain> {
  const opened = await openSources(options);
  try {
    const { chainId } = opened[0].source.info;
    const wanted = rangeAsked(opened, options);
    for (const { source } of opened)
      await store.prepareChain(await describeChain(source, wanted, { store, trust: options.trust }, context));
    const range = held(wanted, opened);
    const source = options.name ?? chainId;
    const { rangeSize } = options;
    const asked = { ...range, chainId, source, rangeSize, addresses: sharedAddresses(options.sources) };
    return { chainId, source, range, ...(await enqueue(asked, opened, store, queues)) };
  } finally {
    for (const { source } of opened) source.close();
  }
}

/** The part that some source has. */
const held = (wanted: BlockRange, opened: readonly OpenedSource[]): BlockRange => ({
  from: Math.max(wanted.from, Math.min(...opened.map(({ source }) => source.info.base))),
  to: Math.min(wanted.to, Math.max(...opened.map(({ source }) => source.info.head))),
});

/** What any host can reach, and anybody may read: a folder is of one machine, a password of those who were told it. */
const sharedAddresses = (sources: readonly string[]): readonly string[] =>
  sources.every((each) => isRpcAddress(each) && URL.parse(each)?.username === '') ? sources : [];
