import { newestLog } from '@baleen/leveldb';
import type { NodeFiles } from './locate.ts';

/** Finds what the databases of a stopped node have lost of what the node wrote last.
 *
 * A LevelDB opens without an error when its newest log is gone or was emptied. Two facts tell: the manifest names that log, and the heights
 * of the two databases are at most one block apart, as a node saves a block before it executes it.
 *
 * @param newest  height of the newest block that the block store names
 * @param stateHeight  height of the state in state.db; undefined if it has none
 * @returns a sentence for each loss */
export function findLosses(
  { blockStore, state }: NodeFiles,
  newest: number,
  stateHeight: number | undefined,
): string[] {
  const losses: string[] = [];
  const tell = (path: string, what: string): void => {
    losses.push(`${what}: what the node wrote last to ${path} is lost; index another copy of the node`);
  };
  const gone = (path: string): string | undefined => {
    const { name, bytes } = newestLog(path);
    if (bytes === undefined) return `its log ${name} is not there`;
    return bytes === 0 ? `its log ${name} is empty` : undefined;
  };
  const blocksGone = gone(blockStore);
  if (stateHeight !== undefined && stateHeight > newest)
    tell(blockStore, `blocks end at ${newest}, state.db is at ${stateHeight}${because(blocksGone)}`);
  else if (blocksGone?.endsWith('not there'))
    tell(blockStore, `blocks end at ${newest}${because(blocksGone)}`);
  if (state === undefined) return losses;
  const stateGone = gone(state);
  const isBehind = stateHeight === undefined || stateHeight < newest - 1;
  if (stateGone !== undefined && (isBehind || stateGone.endsWith('not there')))
    tell(state, `state.db is at ${stateHeight ?? 'no height'}, blocks end at ${newest}${because(stateGone)}`);
  return losses;
}

const because = (reason: string | undefined): string => (reason === undefined ? '' : `, ${reason}`);
