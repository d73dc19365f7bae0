import { InvalidText, type Text } from '@baleen/chain';
import { decodeUtf8 } from '@baleen/codec';
import type { MessagePlan, Plans } from './plan.ts';
import { type SignerPath, signerPathsOf } from './signers.ts';

/** Facts about a message type, found by its type URL. */
export interface MessageType {
  /** As the chain calls it: `/cosmos.bank.v1beta1.MsgSend`. */
  readonly type: Text;
  /** Uniform: `bank.MsgSend`. */
  readonly name: string | undefined;
  /** undefined: unknown type. */
  readonly plan: MessagePlan | undefined;
  /** Number of the field of `Any`s that are messages themselves. */
  readonly nestedField: number | undefined;
  /** Number of the field with a packet for an interchain account, whose data are messages. */
  readonly packetField: number | undefined;
  /** undefined: nobody told who signs it. */
  readonly signerPaths: readonly SignerPath[] | undefined;
}

/** Messages that hold messages, and the field that does. Legacy gov contents are not messages. */
export const NESTED_MESSAGES: Readonly<Record<string, string>> = {
  'cosmos.authz.v1beta1.MsgExec': 'msgs',
  'cosmos.gov.v1.MsgSubmitProposal': 'messages',
  'cosmos.group.v1.MsgSubmitProposal': 'messages',
};

/** Messages that send other messages to an interchain account, and the field with the packet. The host chain executes them. */
const PACKETS: Readonly<Record<string, string>> = {
  'ibc.applications.interchain_accounts.controller.v1.MsgSendTx': 'packet_data',
};

const VERSION = /^v[0-9]+((alpha|beta)[0-9]+)?$/;
/** Type URLs remembered at a time, a power of two: a chain has some hundred, and a tx may hold any nonsense. */
const SLOTS = 1024;

/** Types by the bytes of their URL. Remembers recent ones, so that a message's type costs a comparison. */
export function createMessageTypes(plans: Plans): (url: Uint8Array) => MessageType {
  const recent: ({ readonly url: Uint8Array; readonly type: MessageType } | undefined)[] = new Array(
    SLOTS,
  ).fill(undefined);
  return (url) => {
    let slot = url.length;
    for (let index = 1; index <= 8; index++)
      slot = (slot * 31 + (url[url.length - index] ?? 0)) & (SLOTS - 1);
    const known = recent[slot];
    if (known !== undefined && Buffer.compare(known.url, url) === 0) return known.type;
    const type = typeOf(url, plans);
    recent[slot] = { url: url.slice(), type };
    return type;
  };
}

/** Of a message without a descriptor that fits. */
export const NO_FIELDS = { nestedField: undefined, packetField: undefined, signerPaths: undefined };

function typeOf(url: Uint8Array, plans: Plans): MessageType {
  const type = decodeUtf8(url);
  if (type instanceof InvalidText) return { type, name: undefined, plan: undefined, ...NO_FIELDS };
  const plan = type.startsWith('/') ? plans.find(type.slice(1)) : undefined;
  const numberOf = (field: string | undefined): number | undefined =>
    plan?.fields.find(({ name }) => name === field)?.number;
  return {
    type,
    name: uniformName(type),
    plan,
    nestedField: plan && numberOf(NESTED_MESSAGES[plan.name]),
    packetField: plan && numberOf(PACKETS[plan.name]),
    signerPaths: plan === undefined ? undefined : signerPathsOf(plan, plans),
  };
}

/** The last package segment that is not a version, a dot, the message: `/cosmos.bank.v1beta1.MsgSend` is
 * `bank.MsgSend`. Without a package the message alone; undefined for an empty name. */
export function uniformName(typeUrl: string): string | undefined {
  const segments = typeUrl.slice(typeUrl.lastIndexOf('/') + 1).split('.');
  const message = segments.pop()!;
  if (message === '') return undefined;
  const module = segments.findLast((segment) => segment !== '' && !VERSION.test(segment));
  return module === undefined ? message : `${module}.${message}`;
}
