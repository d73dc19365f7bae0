import { readFileSync } from 'node:fs';
import type { TxContent } from '@baleen/chain';
import { MessageReader } from './message-reader.ts';
import { createMessageTypes } from './message-types.ts';
import type { Vocabulary } from './messages.ts';
import { createPlans, type Plans } from './plan.ts';
import { decodeTx } from './tx.ts';

const compiled = new Map<string, Plans>();

/** Plans of the messages in these files of `descriptors/`, compiled once. Of a type that several files have the first counts.
 *
 * @param more  sets that a user gives; they come before the files */
export function plansOf(names: readonly string[], more: readonly Uint8Array[] = []): Plans {
  if (more.length > 0) return createPlans([...more, ...names.map(readDescriptors)]);
  const key = names.join(' ');
  let plans = compiled.get(key);
  if (plans === undefined) compiled.set(key, (plans = createPlans(names.map(readDescriptors))));
  return plans;
}

/** A file of `descriptors/`, gzipped. */
export const readDescriptors = (name: string): Uint8Array =>
  readFileSync(new URL(`../../descriptors/${name}.binpb.gz`, import.meta.url));

/** Makes a decoder of protobuf txs (`cosmos.tx.v1beta1.TxRaw`, SDK 0.40 and later).
 *
 * Messages are read by their descriptors; nothing about a message is code, except who signs it and which messages hold
 * others. A message has `value` only when all of it is understood: a type without descriptor, an unknown field at any
 * depth, an `Any` of an unknown type inside, or a raw JSON that is none leave `value` undefined and `fields` set.
 *
 * @param alternatives  plans, compiled when first needed: later ones are tried for messages that earlier ones do not understand
 * @param keepsMisfits  whether a message stays raw whose bytes do not fit its descriptor, instead of an error
 * @returns decodes a tx. `prefix` is that of account addresses; undefined: signers are known only from messages
 * @throws BaleenError  'data', `DECODE_PROTOBUF`: bytes that the chain's own decoder refuses, told with their place */
export function createProtobufTxDecoder(
  alternatives: readonly (() => Plans)[],
  keepsMisfits = false,
): (raw: Uint8Array, prefix: string | undefined) => TxContent {
  const vocabularies = alternatives.map((plansOf) => lazily(() => createVocabulary(plansOf())));
  return (raw, prefix) => decodeTx(raw, { vocabularies, keepsMisfits, prefix });
}

function createVocabulary(plans: Plans): Vocabulary {
  return { plans, reader: new MessageReader(plans), typeOf: createMessageTypes(plans) };
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
