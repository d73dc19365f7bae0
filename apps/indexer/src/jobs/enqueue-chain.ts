/** Runs `baleen enqueue`: cuts what is missing of one chain into jobs and puts them into the queue. */
import { type BlockRange, intersection, type NodeRef } from '@baleen/chain';
import { type Enqueued, enqueue, type Queues } from '@baleen/jobs';
import { ChainSession } from '@baleen/pipeline';
import { type Headers, kindOf, parseSources } from '@baleen/source';
import type { Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import type { HeightsAsked } from '../cli/heights.ts';

export interface EnqueueOptions {
  /** Folders and RPC addresses, all of one chain. */
  readonly sources: readonly string[];
  /** Name of the source, which becomes part of the queue's name; undefined means the chain's id. */
  readonly name?: string | undefined;
  readonly asked?: HeightsAsked | undefined;
  readonly expectedChain?: string | undefined;
  readonly rangeSize: number;
  /** HTTP headers that are sent with every RPC request, value by name. */
  readonly header: Headers;
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
  { signal, say }: Context,
): Promise<EnqueuedChain> {
  const { expectedChain, trust, rangeSize } = options;
  const refs = parseSources(options.sources, options.header);
  using session = await ChainSession.open(refs, {
    ...{ store, expectedChain, trust, signal, command: 'enqueue' },
    warn: (line) => say(`warning: ${line}`),
  });
  const { chainId } = session;
  const wanted = session.rangeOf(options.asked);
  for (const opened of session.sources) await session.prepare(opened, wanted);
  const range = intersection(wanted, session.held)!;
  const source = options.name ?? chainId;
  const asked = { ...range, chainId, source, rangeSize, addresses: sharedAddresses(refs) };
  return { chainId, source, range, ...(await enqueue(asked, session, store, queues)) };
}

/** Returns the RPC addresses from which a worker on any host can read the chain. The list is empty if one of the sources is a folder or
 * has a password in its URL: then the user gives each worker its own sources. */
function sharedAddresses(refs: readonly NodeRef[]): readonly string[] {
  const shared = refs.map((ref) => kindOf(ref).sharedAddresses);
  return shared.some(({ length }) => length === 0) ? [] : shared.flat();
}
