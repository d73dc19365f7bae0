/** Runs `baleen state`: writes the state of a source into the database, without blocks. */
import { ChainSession, type StateReport } from '@baleen/pipeline';
import { kindOf, parseSources } from '@baleen/source';
import type { Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import { bringForward } from '../database.ts';
import { checkState, type TakeStateOptions, takeState } from './take-state.ts';

export interface WriteStateOptions extends TakeStateOptions {
  /** Sources of one chain; the first folder that has a state is read. */
  readonly sources: readonly string[];
  readonly store: Store;
  readonly expectedChain?: string | undefined;
  readonly trust: boolean;
}

export async function writeState(options: WriteStateOptions, context: Context): Promise<StateReport> {
  const { store, height } = options;
  const { signal } = context;
  const refs = parseSources(options.sources);
  checkState(refs.find((ref) => kindOf(ref).keepsState) ?? refs[0]!, height);
  using session = await ChainSession.open(refs, {
    ...options,
    command: 'state',
    signal,
    warn: (line) => context.say(`warning: ${line}`),
  });
  const source = session.stateSource ?? session.sources[0];
  await bringForward(store, context.say);
  await session.prepare(source, undefined);
  return takeState(session, source, options, context);
}
