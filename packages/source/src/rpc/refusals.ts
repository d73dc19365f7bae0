/** What a node means when it says no. */

/** It doesn't have it: pruned, discarded, or not yet executed. */
const NOT_THERE =
  /could not find|not persisting|no (results|validator)|not available|must be less than or equal|discard/i;

/** Whether the reason is another one than that the node does not have it. */
export const isThere = (data: string): boolean => !NOT_THERE.test(data);

export const isPruned = (data: string): boolean => /lowest height|is not available/i.test(data);

/** Of `height 20 is not available, lowest height is 30`. */
export function lowestHeight(data: string): number | undefined {
  const height = /lowest height is (\d+)/i.exec(data)?.[1];
  return height === undefined ? undefined : Number(height);
}
