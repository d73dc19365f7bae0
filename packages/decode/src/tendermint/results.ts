/** Decodes the ABCI results of a block. Amino (0.31 to 0.33) and protobuf (0.34) only differ in the public keys of validator updates.
 * Tendermint 0.31 had tags instead of events. */
import {
  type BlockResults,
  type Event,
  shownText,
  type Text,
  type TxResult,
  type ValidatorUpdate,
} from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import { hasField, skipUnknown } from './field.ts';
import { NO_BYTES } from './header.ts';
import type { PublicKey } from './public-key.ts';

type DecodePublicKey = (reader: WireReader) => PublicKey;
type Attribute = readonly [key: Text, value: Text];
/** Reads an event, or the tag that 0.31 has in its place, and adds it to `events`. */
type AddEvent = (events: Event[], reader: WireReader) => void;

interface EndBlock {
  readonly events: readonly Event[];
  readonly validatorUpdates: readonly ValidatorUpdate[];
}

const NOTHING: EndBlock = { events: [], validatorUpdates: [] };

/** Decodes a stored ABCIResponses of Tendermint 0.31 to 0.37. `hashResults` computes the hash that the next header contains. `add` reads
 * an event, or the tag that 0.31 has in its place. */
export function decodeResults(
  raw: Uint8Array,
  decodePublicKey: DecodePublicKey,
  hashResults: (results: readonly TxResult[]) => Uint8Array,
  add: AddEvent = addEvent,
): BlockResults {
  const reader = new WireReader(raw);
  const txs: TxResult[] = [];
  let end = NOTHING;
  let beginEvents: readonly Event[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) txs.push(decodeTxResult(reader.message(), add));
    else if (key === 0x12) end = decodeEndBlock(reader.message(), decodePublicKey, add);
    else if (key === 0x1a) beginEvents = decodeBeginBlock(reader.message(), add);
    else skipUnknown(reader, key, 3);
  }
  const { events: endEvents, validatorUpdates } = end;
  return { beginEvents, txs, endEvents, finalizeEvents: [], validatorUpdates, hash: hashResults(txs) };
}

/** Decodes what CometBFT 0.38 and later store: their own ResponseFinalizeBlock, or the ABCIResponses that an earlier version of the
 * node left under the same key. Only the former has an app hash, and never without one.
 *
 *     events f1, tx_results f2, validator_updates f3, consensus_param_updates f4, app_hash f5
 *
 * (cometbft proto/tendermint/abci/types.proto and state/store.go at v0.38.25) */
export function decodeFinalizeBlock(
  raw: Uint8Array,
  decodePublicKey: DecodePublicKey,
  hashResults: (results: readonly TxResult[]) => Uint8Array,
): BlockResults {
  if (!hasField(raw, APP_HASH)) return decodeResults(raw, decodePublicKey, hashResults);
  const reader = new WireReader(raw);
  const finalizeEvents: Event[] = [];
  const txs: TxResult[] = [];
  const validatorUpdates: ValidatorUpdate[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) addEvent(finalizeEvents, reader);
    else if (key === 0x12) txs.push(decodeTxResult(reader.message(), addEvent));
    else if (key === 0x1a) validatorUpdates.push(decodeValidatorUpdate(reader.message(), decodePublicKey));
    else if (key === 0x22 || key === 0x2a) reader.skip(key);
    else skipUnknown(reader, key, 5);
  }
  return { beginEvents: [], txs, endEvents: [], finalizeEvents, validatorUpdates, hash: hashResults(txs) };
}

/** ResponseFinalizeBlock.app_hash */
const APP_HASH = 5;

function decodeTxResult(reader: WireReader, add: AddEvent): TxResult {
  let code = 0;
  let data = NO_BYTES;
  let log: Text = '';
  let info: Text = '';
  let gasWanted = 0n;
  let gasUsed = 0n;
  let codespace: Text = '';
  const events: Event[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x3a) add(events, reader);
    else if (key === 0x08) code = reader.uint();
    else if (key === 0x12) data = reader.bytes();
    else if (key === 0x1a) log = reader.text();
    else if (key === 0x22) info = reader.text();
    else if (key === 0x28) gasWanted = reader.int64();
    else if (key === 0x30) gasUsed = reader.int64();
    else if (key === 0x42) codespace = reader.text();
    else skipUnknown(reader, key, 8);
  }
  return { code, data, log, info, gasWanted, gasUsed, codespace, events };
}

function decodeBeginBlock(reader: WireReader, add: AddEvent): Event[] {
  const events: Event[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) add(events, reader);
    else skipUnknown(reader, key, 1);
  }
  return events;
}

/** Decodes the results of a block's end. Updates of the consensus params are skipped, since the params in force are read by themselves. */
function decodeEndBlock(reader: WireReader, decodePublicKey: DecodePublicKey, add: AddEvent): EndBlock {
  const events: Event[] = [];
  const validatorUpdates: ValidatorUpdate[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x1a) add(events, reader);
    else if (key === 0x0a) validatorUpdates.push(decodeValidatorUpdate(reader.message(), decodePublicKey));
    else if (key === 0x12) reader.skip(key);
    else skipUnknown(reader, key, 3);
  }
  return { events, validatorUpdates };
}

/** Decodes a change of a validator's power. CometBFT 1.x has the key's bytes and type in fields 3 and 4 instead of the key in field 1. */
function decodeValidatorUpdate(reader: WireReader, decodePublicKey: DecodePublicKey): ValidatorUpdate {
  let publicKey: PublicKey = { keyType: '', publicKey: NO_BYTES };
  let power = 0n;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) publicKey = decodePublicKey(reader.message());
    else if (key === 0x10) power = reader.int64();
    else if (key === 0x1a) publicKey = { ...publicKey, publicKey: reader.bytes() };
    else if (key === 0x22) publicKey = { ...publicKey, keyType: shownText(reader.text()) };
    else skipUnknown(reader, key, 4);
  }
  return { ...publicKey, power };
}

export const addEvent: AddEvent = (events, reader) => void events.push(decodeEvent(reader));

function decodeEvent(outer: WireReader): Event {
  const reader = outer.message();
  let type: Text = '';
  const attributes: Attribute[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x12) attributes.push(decodeAttribute(reader.message()));
    else if (key === 0x0a) type = reader.text();
    else skipUnknown(reader, key, 2);
  }
  return { type, attributes };
}

/** Decodes the key and value of an event's attribute. The index flag (field 3 since 0.34) is skipped: it depends on the node's
 * configuration. */
export function decodeAttribute(reader: WireReader): Attribute {
  let name: Text = '';
  let value: Text = '';
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) name = reader.text();
    else if (key === 0x12) value = reader.text();
    else if (key === 0x18) reader.skip(key);
    else skipUnknown(reader, key, 3);
  }
  return [name, value];
}
