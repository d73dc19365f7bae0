/** Computes Baleen's own digests of those parts of a block that no hash of the chain covers. With them `verify` can prove that the rows are
 * still what was indexed.
 *
 * A digest is the sha256 of a JSON text without white space: lists in the order below, bytes in base64, whole numbers of any size as text,
 * texts as the chain's JSON answers show them. A node's RPC shows U+FFFD for bytes that are not UTF-8. So these bytes have a digest of
 * their own, and the other digests are the same from files and over RPC. */
import {
  type Block,
  type BlockResults,
  type ConsensusParams,
  type Event,
  shownText,
  type Text,
  type TxResult,
} from '@baleen/chain';
import { sha256 } from '@baleen/codec';
import { base64 } from './place.ts';

/** Computes the digest of the consensus params, the powers in evidence, and the results without their events.
 *
 *     [params, [[power, total power], ...] of the evidence, [[code, codespace, gas wanted, gas used, log, info], ...] of the txs,
 *      [[key type, public key, power], ...] of the validator updates]
 *
 * The last two are null if the source does not have the block's results. */
export const factsDigest = ({ consensusParams, evidence, results }: Block): Uint8Array =>
  digest([
    consensusParams === undefined ? null : paramsList(consensusParams),
    evidence.map(({ power, totalPower }) => [digits(power), digits(totalPower)]),
    results === undefined ? null : results.txs.map(resultList),
    results === undefined ? null : results.validatorUpdates.map(updateList),
  ]);

/** Computes the digest of all events in their order: [begin block, [of each tx, ...], end block, finalize block], each a list of
 * [type, [[key, value], ...]]. Returns null if the source does not have the block's results. */
export const eventsDigest = ({ results }: Block): Uint8Array | null =>
  results === undefined
    ? null
    : digest([
        eventsList(results.beginEvents),
        results.txs.map(({ events }) => eventsList(events)),
        eventsList(results.endEvents),
        eventsList(results.finalizeEvents),
      ]);

/** Computes the digest of the bytes of all texts that are not UTF-8: [bytes, ...] in the order of the other two digests, those of events
 * last. Returns null if there are none, as usual. */
export function textsDigest({ results }: Block): Uint8Array | null {
  if (results === undefined) return null;
  const found: string[] = [];
  const look = (text: Text): void => {
    if (typeof text !== 'string') found.push(base64(text.bytes));
  };
  for (const { codespace, log, info } of results.txs) [codespace, log, info].forEach(look);
  for (const { type, attributes } of allEvents(results)) {
    look(type);
    for (const [key, value] of attributes) {
      look(key);
      look(value);
    }
  }
  return found.length === 0 ? null : digest(found);
}

const digest = (value: unknown): Uint8Array => sha256(JSON.stringify(value));

const digits = (value: bigint | undefined): string | null => (value === undefined ? null : String(value));

/** Lists all params except `block_time_iota_ms`, which nodes of 0.37 store but do not show over RPC. */
const paramsList = (params: ConsensusParams): unknown[] => [
  ...[params.blockMaxBytes, params.blockMaxGas].map(digits),
  ...[params.evidenceMaxAgeBlocks, params.evidenceMaxAgeNanos, params.evidenceMaxBytes].map(digits),
  params.validatorKeyTypes,
  ...[params.appVersion, params.voteExtensionsHeight, params.proposerTimeHeight].map(digits),
  ...[params.synchronyPrecisionNanos, params.synchronyDelayNanos].map(digits),
];

const resultList = ({ code, codespace, gasWanted, gasUsed, log, info }: TxResult): unknown[] => [
  code,
  shownText(codespace),
  String(gasWanted),
  String(gasUsed),
  shownText(log),
  shownText(info),
];

const updateList = ({ keyType, publicKey, power }: BlockResults['validatorUpdates'][number]): unknown[] => [
  keyType,
  base64(publicKey),
  String(power),
];

const eventsList = (events: readonly Event[]): unknown[] =>
  events.map(({ type, attributes }) => [
    shownText(type),
    attributes.every(isPlain)
      ? attributes
      : attributes.map(([key, value]) => [shownText(key), shownText(value)]),
  ]);

const isPlain = ([key, value]: Event['attributes'][number]): boolean =>
  typeof key === 'string' && typeof value === 'string';

function* allEvents({ beginEvents, txs, endEvents, finalizeEvents }: BlockResults): Generator<Event> {
  yield* beginEvents;
  for (const { events } of txs) yield* events;
  yield* endEvents;
  yield* finalizeEvents;
}
