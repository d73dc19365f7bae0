/** What a node means when it says no. */

/** Matches the refusals by which a node says that it does not have something: it was pruned, discarded, or not executed yet. */
const NOT_THERE =
  /could not find|not persisting|no (results|validator)|not available|must be less than or equal|discard/i;

/** Whether the reason is that this node does not have what was asked for; all else is trouble of the node or of the gateway. */
export const isNotThere = (data: string): boolean => NOT_THERE.test(data);

export const isPruned = (data: string): boolean => /lowest height|is not available/i.test(data);
