/** The state of a source alone into one database: what `baleen state` does. */
import type { StateReport } from '@baleen/pipeline';
import { isRpcAddress } from '@baleen/source';
import type { Context } from '../cli/context.ts';
import { bringForward } from '../database.ts';
import { describeChain } from '../index/index-chain.ts';
import { openSources } from '../index/opened-sources.ts';
import { checkState, type TakeStateOptions, takeState, withState } from './take-state.ts';

export interface WriteStateOptions extends TakeStateOptions {
  /** Of one chain; the first folder that has a state is read. */
  readonly sources: readonly string[];
  readonly expectedChain?: string | undefined;
  readonly trust: boolean;
}

export async function writeState(options: WriteStateOptions, context: Context): Promise<StateReport> {
  const { store, height, sources } = options;
  checkState(sources.find((each) => !isRpcAddress(each)) ?? sources[0]!, height);
  const opened = await openSources({ ...options, command: 'state' });
  try {
    const source = withState(opened) ?? opened[0].source;
    await bringForward(store, context.say);
    await store.prepareChain(await describeChain(source, undefined, options, context));
    return await takeState(source, options, context);
  } finally {
    for (const { source } of opened) source.close();
  }
}
