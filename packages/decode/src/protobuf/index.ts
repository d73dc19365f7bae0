import { readFileSync } from 'node:fs';
import type { TxContent } from '@baleen/chain';
import { MessageReader } from './message-reader.ts';
import { createMessageTypes } from './message-types.ts';
import { createPlans, type Plans } from './plan.ts';
import { decodeTx } from './tx.ts';

const DEFAULT_DESCRIPTORS = new URL('../../descriptors/terra-columbus5.binpb.gz', import.meta.url);
let columbus5: Plans | undefined;

/** Plans of the messages of columbus-5, compiled once. */
export const defaultPlans = (): Plans => (columbus5 ??= createPlans([readFileSync(DEFAULT_DESCRIPTORS)]));

/** Makes a decoder of protobuf txs (`cosmos.tx.v1beta1.TxRaw`, SDK 0.40 and later).
 *
 * Messages are read by their descriptors; nothing about a message is code, except who signs it and which messages hold
 * others. A message has `value` only when all of it is understood: a type without descriptor, an unknown field at any
 * depth, an `Any` of an unknown type inside, or a raw JSON that is none leave `value` undefined and `fields` set.
 *
 * @param options.descriptors  `FileDescriptorSet`s, gzipped or plain, the first wins; default: columbus-5's
 * @returns decodes a tx. `prefix` is that of account addresses; undefined: signers are known only from messages
 * @throws BaleenError  'data', `DECODE_PROTOBUF`: bytes that the chain's own decoder refuses, told with their place */
export function createProtobufTxDecoder(options?: {
  readonly descriptors?: readonly Uint8Array[];
}): (raw: Uint8Array, prefix: string | undefined) => TxContent {
  const plans = options?.descriptors ? createPlans(options.descriptors) : defaultPlans();
  const reader = new MessageReader(plans);
  const typeOf = createMessageTypes(plans);
  return (raw, prefix) => decodeTx(raw, { plans, reader, typeOf, prefix });
}
