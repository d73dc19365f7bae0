import { shownText } from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import { at, type Json, parseJson, text } from '../json.ts';
import type { Kind, Recorded, Scope, Shown } from '../kind.ts';
import { columnText, eventsOf } from '../normal.ts';
import { answers, type Recording } from '../recording.ts';
import { recordedTxs } from './txs.ts';

interface EventRow {
  readonly key: string;
  readonly type: string;
  readonly type_raw: Buffer | null;
  readonly attributes: string;
  readonly attributes_raw: Buffer | null;
}

/** Attributes as a node shows them: pairs of texts. */
function attributesOf({ attributes, attributes_raw }: EventRow): Json {
  return attributes_raw === null ? parseJson(attributes) : rawAttributes(attributes_raw);
}

/** Repeated protobuf field 2 {key 1, value 2}. */
function rawAttributes(raw: Buffer): Json {
  const pairs: Json[] = [];
  for (const reader = new WireReader(raw); !reader.done; ) {
    reader.key();
    const pair = ['', ''];
    for (const inner = reader.message(); !inner.done; )
      pair[(inner.key() >> 3) - 1] = shownText(inner.text());
    pairs.push(pair);
  }
  return pairs;
}

/** Groups events by the rows that `key` names, in the block's order; a key without an event has an empty list. */
async function shownEvents(
  { database, chainId }: Scope,
  key: string,
  filter: string,
  keys: readonly string[],
): Promise<Shown[]> {
  const { rows } = await database.query<EventRow>(
    `select ${key} as key, type, type_raw, attributes::text, attributes_raw
     from baleen.events where chain_id = $1 and ${filter} order by height, event_index`,
    [chainId],
  );
  const events = new Map<string, Json[]>(keys.map((name) => [name, []]));
  for (const row of rows) {
    const event = { type: columnText(row.type, row.type_raw), attributes: attributesOf(row) };
    const ofKey = events.get(row.key);
    if (ofKey === undefined) events.set(row.key, [event]);
    else ofKey.push(event);
  }
  return [...events].map(([name, value]) => ({ key: name, recordedAs: name, value }));
}

async function keysOf({ database, chainId }: Scope, query: string): Promise<string[]> {
  const { rows } = await database.query<{ key: string }>(query, [chainId]);
  return rows.map(({ key }) => key);
}

/** Events of every tx, with their attributes in order. */
export const txEvents: Kind = {
  name: 'tx events',
  recorded: (recording) => {
    const all = new Map<string, Recorded>();
    for (const { height, index, result } of recordedTxs(recording))
      all.set(`${height}/${index}`, {
        height: Number(height),
        value: eventsOf(at(result, 'events') ?? [], recording.base64Events),
      });
    return all;
  },
  shown: async (scope) =>
    shownEvents(
      scope,
      `height || '/' || tx_index`,
      `phase = 'tx'`,
      await keysOf(scope, `select height || '/' || tx_index as key from baleen.txs where chain_id = $1`),
    ),
  last: ({ resultsTo }) => resultsTo,
};

const PHASES = ['begin_block', 'end_block', 'finalize_block'] as const;

function recordedBlockEvents({ rpc, base64Events }: Recording): Map<string, Recorded> {
  const all = new Map<string, Recorded>();
  for (const { body } of answers(rpc, '/block_results')) {
    const height = text(at(body, 'height'))!;
    for (const phase of PHASES) {
      const name = `${phase}_events`;
      const events = at(body, name) ?? at(body, 'results', phase, 'events');
      if (events !== undefined)
        all.set(`${height} ${phase}`, { height: Number(height), value: eventsOf(events, base64Events) });
    }
  }
  return all;
}

/** Events of begin block and end block, with their attributes in order; a phase without events is an answer too. */
export const blockEvents: Kind = {
  name: 'block events',
  recorded: recordedBlockEvents,
  shown: async (scope, recording) => {
    const recorded = [...recordedBlockEvents(recording)];
    const asked = recorded.filter(([, { height }]) => height <= scope.resultsTo).map(([key]) => key);
    return shownEvents(scope, `height || ' ' || phase`, `phase <> 'tx'`, asked);
  },
  last: ({ resultsTo }) => resultsTo,
};
