import type { Event, EventPhase } from '@baleen/chain';
import { messageIndexes } from '../event-messages.ts';
import { type Place, place, placeOf } from '../place.ts';
import { attributeCells, heldText, rawText } from '../postgres-text.ts';
import { leaves } from '../storage.ts';
import { defineTable, optional, type RowOf, required } from '../table.ts';

const columns = {
  ...place,
  event_index: required(
    'int4',
    'digest',
    'Position in the block, in order of execution: what the block emitted before its txs, then txs in order, then what it emitted after them. From 0.',
  ),
  phase: required('text', 'digest', 'begin_block, tx, end_block or finalize_block.'),
  tx_index: optional('int4', 'digest', 'The tx that emitted it. NULL: the block itself.'),
  phase_index: required('int4', 'digest', 'Position among the events of its tx, or of its phase. From 0.'),
  type: required('text', 'digest', 'Type of the event, as the chain says it.'),
  type_raw: optional('bytea', 'digest', 'Exact bytes of type, only where Postgres cannot hold them.'),
  attributes: required(
    'jsonb',
    'digest',
    '[["key","value"],...] in order, with repeats; an empty or absent one is "".',
  ),
  attributes_raw: optional(
    'bytea',
    'digest',
    'Exact attributes as protobuf (repeated field 2 {key 1, value 2}), only where Postgres cannot hold them.',
  ),
  msg_index: optional(
    'int4',
    'redecode',
    'The message that emitted it, from 0: as the chain says (SDK 0.50), or as the order of the events proves (an event message with an action opens those of each message). NULL: the block or the ante handler emitted it, or nothing tells.',
  ),
} as const;

type EventRow = RowOf<typeof columns>;

export const events = defineTable({
  name: 'events',
  doc: 'One row is an event. Key: chain_id, height, event_index. No rows where the source has no results.',
  storage: leaves({ key: ['event_index'], factor: 1 }),
  needs: 'results',
  version: 2,
  views: ['events', 'event_attributes'],
  columns,
  rows(block) {
    const rows: EventRow[] = [];
    const { results } = block;
    if (results === undefined) return rows;
    const place = placeOf(block);
    const { finalizeEvents } = results;
    const split = firstAfterTxs(finalizeEvents);
    append(rows, place, 'begin_block', null, results.beginEvents);
    append(rows, place, 'finalize_block', null, finalizeEvents.slice(0, split));
    for (const [index, tx] of results.txs.entries()) {
      const messages = block.txs[index]?.content?.messages.filter(({ path }) => path === '');
      append(rows, place, 'tx', index, tx.events, 0, messageIndexes(tx.events, messages?.length));
    }
    append(rows, place, 'end_block', null, results.endEvents);
    append(rows, place, 'finalize_block', null, finalizeEvents.slice(split), split);
    return rows;
  },
});

/** Returns the index of the first event that was emitted after the txs. FinalizeBlock returns all events of a block in one list. The
 * application marks those from before the txs by the attribute `mode`, which it adds last (cosmos-sdk baseapp/abci.go at v0.50.9). If no
 * event is marked, all count as emitted after the txs. */
const firstAfterTxs = (events: readonly Event[]): number =>
  events.findLastIndex(({ attributes }) => {
    const last = attributes.at(-1);
    return last?.[0] === 'mode' && last[1] === 'BeginBlock';
  }) + 1;

/** Appends the rows of some events. It avoids intermediate arrays, since `events` is the largest table by far. */
function append(
  rows: EventRow[],
  place: Place,
  phase: EventPhase,
  tx: number | null,
  events: readonly Event[],
  firstIndex = 0,
  messages?: readonly (number | null)[],
): void {
  for (let index = 0; index < events.length; index++) {
    const event = events[index]!;
    const { attributes, attributes_raw } = attributeCells(event.attributes);
    rows.push({
      chain_id: place.chain_id,
      height: place.height,
      time: place.time,
      time_ns: place.time_ns,
      event_index: rows.length,
      phase,
      tx_index: tx,
      phase_index: firstIndex + index,
      type: heldText(event.type),
      type_raw: rawText(event.type),
      attributes,
      attributes_raw,
      msg_index: messages?.[index] ?? null,
    });
  }
}
