/** A `/block_results` answer of any version. */
import type { BlockResults, Event, Text, TxResult, ValidatorUpdate } from '@baleen/chain';
import { decodeUtf8 } from '@baleen/codec';
import { fromBase64, malformed, parseAnswer, toBigInt, toInteger } from './scalars.ts';
import {
  blockResultsSchema,
  oldBlockResultsSchema,
  type RpcBlockResults,
  type RpcEvent,
  type RpcTxResult,
  type RpcValidatorUpdate,
} from './schemas.ts';

/** Bytes of an attribute as text, or the text itself. */
type DecodeText = (text: string | null | undefined) => Text;

/** A text of JSON, with U+FFFD for half a surrogate pair, as Go reads it: no node writes one, and Postgres takes none. */
const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed());

const decodePlain: DecodeText = (text) => wellFormed(text ?? '');

/** Keys, names of modules, denoms and addresses come again and again, and are most of what base64 is decoded for. At most a
 * megabyte. */
const MOST_REMEMBERED = 4_096;
const LONGEST_REMEMBERED = 64;
const remembered = new Map<string, Text>();

const decodeBase64: DecodeText = (text) => {
  if (!text) return '';
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const decoded = decodeUtf8(fromBase64(text));
  if (text.length > LONGEST_REMEMBERED) return decoded;
  if (remembered.size === MOST_REMEMBERED) remembered.clear();
  remembered.set(text, decoded);
  return decoded;
};

export function decodeResultsAnswer(
  json: unknown,
  attributes: 'base64' | 'plain',
  hashResults: (results: readonly TxResult[]) => Uint8Array,
): { height: number; results: BlockResults } {
  if (isOldForm(json)) return decodeOldResults(json, attributes, hashResults);
  const answer = parseAnswer(blockResultsSchema, '/block_results', json);
  const decodeText = decoderOf(attributes);
  const txs = (answer.txs_results ?? []).map((each) => decodeTxResult(each, decodeText));
  const results = {
    ...decodeBlockEvents(answer, decodeText),
    txs,
    validatorUpdates: (answer.validator_updates ?? []).map(decodeUpdate),
    hash: hashResults(txs),
  };
  return { height: toInteger(answer.height), results };
}

type BlockEvents = Pick<BlockResults, 'beginEvents' | 'endEvents' | 'finalizeEvents'>;

/** What a node of 0.38 or later adds as last attribute to the events of results that an earlier version of it stored
 * (cometbft state/store.go `responseFinalizeBlockFromLegacy` at v0.38.25). Such results have no app hash. */
const LEGACY_MODES = { beginEvents: 'BeginBlock', endEvents: 'EndBlock' } as const;

function decodeBlockEvents(answer: RpcBlockResults, decodeText: DecodeText): BlockEvents {
  const events = {
    beginEvents: decodeEvents(answer.begin_block_events, decodeText),
    endEvents: decodeEvents(answer.end_block_events, decodeText),
    finalizeEvents: decodeEvents(answer.finalize_block_events, decodeText),
  };
  const isLegacy = !answer.app_hash && events.finalizeEvents.length > 0;
  if (!isLegacy) return events;
  const ofMode = (mode: string): Event[] =>
    events.finalizeEvents
      .filter(({ attributes }) => isMode(attributes.at(-1), mode))
      .map(({ type, attributes }) => ({ type, attributes: attributes.slice(0, -1) }));
  return {
    beginEvents: ofMode(LEGACY_MODES.beginEvents),
    endEvents: ofMode(LEGACY_MODES.endEvents),
    finalizeEvents: events.finalizeEvents.filter(
      ({ attributes }) => !Object.values(LEGACY_MODES).some((mode) => isMode(attributes.at(-1), mode)),
    ),
  };
}

const isMode = (attribute: Event['attributes'][number] | undefined, mode: string): boolean =>
  attribute?.[0] === 'mode' && attribute[1] === mode;

const decoderOf = (attributes: 'base64' | 'plain'): DecodeText =>
  attributes === 'base64' ? decodeBase64 : decodePlain;

/** 0.31 and 0.32 have all results in one field. */
const isOldForm = (json: unknown): boolean => typeof json === 'object' && json !== null && 'results' in json;

function decodeOldResults(
  json: unknown,
  attributes: 'base64' | 'plain',
  hashResults: (results: readonly TxResult[]) => Uint8Array,
): { height: number; results: BlockResults } {
  const { height, results } = parseAnswer(oldBlockResultsSchema, '/block_results', json);
  const decodeText = decoderOf(attributes);
  const [txResults, end, begin] =
    'DeliverTx' in results
      ? [results.DeliverTx, results.EndBlock, results.BeginBlock]
      : [results.deliver_tx, results.end_block, results.begin_block];
  const txs = (txResults ?? []).map((each) => decodeTxResult(each, decodeText));
  return {
    height: toInteger(height),
    results: {
      beginEvents: eventsOf(begin, decodeText),
      txs,
      endEvents: eventsOf(end, decodeText),
      finalizeEvents: [],
      validatorUpdates: (end?.validator_updates ?? []).map(decodeUpdate),
      hash: hashResults(txs),
    },
  };
}

/** Events, or the tags of 0.31 as one event without a type. */
function eventsOf(
  holder: { readonly events?: RpcTxResult['events']; readonly tags?: RpcTxResult['tags'] } | null | undefined,
  decodeText: DecodeText,
): Event[] {
  if (!holder?.tags?.length) return decodeEvents(holder?.events, decodeText);
  return decodeEvents([{ type: '', attributes: holder.tags }], decodeText);
}

function decodeTxResult(result: RpcTxResult, decodeText: DecodeText): TxResult {
  return {
    code: toInteger(result.code),
    data: fromBase64(result.data),
    log: wellFormed(result.log ?? ''),
    info: wellFormed(result.info ?? ''),
    gasWanted: toBigInt(result.gas_wanted ?? result.gasWanted),
    gasUsed: toBigInt(result.gas_used ?? result.gasUsed),
    codespace: wellFormed(result.codespace ?? ''),
    events: eventsOf(result, decodeText),
  };
}

function decodeEvents(events: RpcBlockResults['begin_block_events'], decodeText: DecodeText): Event[] {
  return (events ?? []).map((event: RpcEvent) => ({
    type: wellFormed(event.type ?? ''),
    attributes: (event.attributes ?? []).map(
      ({ key, value }) => [decodeText(key), decodeText(value)] as const,
    ),
  }));
}

/** `{type, data}` up to 0.33, a protobuf oneof since, type and bytes beside each other in 1.x. */
function decodeUpdate({ pub_key, pub_key_type, pub_key_bytes, power }: RpcValidatorUpdate): ValidatorUpdate {
  if (pub_key === undefined) {
    if (pub_key_type === undefined)
      throw malformed('/block_results: validator_updates: expected a public key');
    return { keyType: pub_key_type, publicKey: fromBase64(pub_key_bytes), power: toBigInt(power) };
  }
  if ('data' in pub_key)
    return { keyType: pub_key.type ?? '', publicKey: fromBase64(pub_key.data), power: toBigInt(power) };
  const [keyType, key] = Object.entries(pub_key.Sum.value)[0] ?? [];
  if (keyType === undefined) throw malformed('/block_results: validator_updates: expected a public key');
  return { keyType, publicKey: fromBase64(key), power: toBigInt(power) };
}
