/** Recognises how a node's JSON writes the attributes of events: as base64 up to Tendermint 0.36, as plain text since 0.37.
 *
 * Told from the answers, since a version may be missing or wrong. Text that is no base64 proves text; base64 text is taken for
 * base64 when there is enough of it. */

export type AttributeForm = 'base64' | 'plain';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Keys and values that are looked at. */
const MOST_TEXTS = 64;
/** Fewer may be base64 by chance: `receiver` is. */
const LEAST_TEXTS = 8;

/** Finds out how an answer writes the attributes of events: in base64 or as plain text.
 * @param results  the result of `/block_results`
 * @returns undefined if too few attributes show it */
export function attributeFormIn(results: unknown): AttributeForm | undefined {
  let seen = 0;
  for (const text of textsIn(results)) {
    if (typeof text !== 'string' || text === '') continue;
    if (!BASE64.test(text)) return 'plain';
    if (++seen === MOST_TEXTS) break;
  }
  return seen < LEAST_TEXTS ? undefined : 'base64';
}

function* textsIn(results: unknown): Generator<unknown> {
  for (const event of eventsIn(results))
    for (const attribute of listIn(event, 'attributes')) {
      yield field(attribute, 'key');
      yield field(attribute, 'value');
    }
}

function* eventsIn(results: unknown): Generator<unknown> {
  for (const name of ['begin_block_events', 'end_block_events', 'finalize_block_events'])
    yield* listIn(results, name);
  for (const tx of listIn(results, 'txs_results')) yield* listIn(tx, 'events');
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = field(value, name);
  return Array.isArray(list) ? list : [];
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
