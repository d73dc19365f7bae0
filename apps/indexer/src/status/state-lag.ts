import type { ChainStatus } from '@baleen/store';
import { grouped } from '../output/table.ts';

/** Says that the state in the database is older than its newest block, or that there is none: the views of now do not follow the
 * blocks. undefined: state and blocks end alike, or no block is there. */
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
