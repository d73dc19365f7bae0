import type { ChainStatus } from '@baleen/store';
import { grouped } from '../output/table.ts';

/** Returns a line that says that the application state in the database is missing or older than the newest block, so that the views of
 * the current state lag behind. Returns undefined if the state is that of the newest block, or if there are no blocks. */
export function stateLag({
  state,
  headHeight,
}: Pick<ChainStatus, 'state' | 'headHeight'>): string | undefined {
  if (headHeight === undefined) return undefined;
  if (state === undefined)
    return 'no state of the application is here; baleen state FOLDER reads it from application.db';
  if (state.height >= headHeight) return undefined;
  const behind = grouped(headHeight - state.height);
  return `the state is the one after block ${grouped(state.height)}, ${behind} before the newest; baleen state FOLDER takes a newer one`;
}
