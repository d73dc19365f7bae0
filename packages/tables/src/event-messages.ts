/** Which message of a tx emitted an event, where the chain says it or the order of the events proves it. */
import { type Event, shownText } from '@baleen/chain';

/** The event that `runMsgs` emits before those of a message. */
const opens = ({ type, attributes }: Event): boolean => type === 'message' && attributes[0]?.[0] === 'action';

/** SDK 0.50 and later add this attribute as the last one of each event of a message; before, a contract's own may have this name. */
function said({ attributes }: Event): number | null {
  const last = attributes.at(-1);
  if (last?.[0] !== 'msg_index') return null;
  const text = shownText(last[1]);
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Returns for each of a tx's events the index of the message that emitted it; null if no message did, or if it is not known.
 *
 * Events before the first opening one are of the ante handler. From SDK 0.46 on, whose opening events have more than the action, a post
 * handler may emit some after the last message's: of that message only the opening event is sure.
 *
 * @param messageCount  number of the tx's own messages; undefined if the tx can't be decoded */
export function messageIndexes(
  events: readonly Event[],
  messageCount: number | undefined,
): readonly (number | null)[] | undefined {
  const openings = events.filter(opens);
  if (openings.length === 0) return undefined;
  if (openings.every((event) => said(event) !== null)) return events.map(said);
  if (openings.length !== messageCount) return undefined;
  const hasPostHandler = openings.some(({ attributes }) => attributes.length > 1);
  let index = -1;
  return events.map((event) => {
    if (opens(event)) return ++index;
    return index === -1 || (hasPostHandler && index === messageCount - 1) ? null : index;
  });
}
