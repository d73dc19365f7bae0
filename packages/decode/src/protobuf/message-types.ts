import { InvalidText, type Text } from '@baleen/chain';
import { decodeUtf8 } from '@baleen/codec';
import type { MessagePlan, Plans } from './plan.ts';
import { type SignerPath, signerPathsOf } from './signers.ts';

/** The facts about a message type that decoding needs, found by its type URL. */
export interface MessageType {
  /** The type URL: `/cosmos.bank.v1beta1.MsgSend`. */
  readonly type: Text;
  /** The name that is the same in all eras, `bank.MsgSend`; undefined for an empty type URL. */
  readonly name: string | undefined;
  /** How its fields are read; undefined if the type is not known. */
  readonly plan: MessagePlan | undefined;
  /** Number of the field whose `Any`s are messages themselves; undefined if there is none. */
  readonly nestedField: number | undefined;
  /** Number of the field with a packet for an interchain account, whose data are messages; undefined if there is none. */
  readonly packetField: number | undefined;
  /** The paths to its signers; undefined if neither the descriptor nor Baleen's table names them. */
  readonly signerPaths: readonly SignerPath[] | undefined;
}

/** The messages that contain other messages, each with the field that does. The contents of legacy gov proposals are no messages. */
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
/** Number of type URLs in the cache, a power of two. A chain has a few hundred types, but a tx may contain any text as a type. */
const SLOTS = 1024;

/** Returns a function that finds a type by the bytes of its URL. Recent types are cached, so that a lookup is a single comparison. */
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

/** The facts about a message for which there is no descriptor that fits. */
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

/** Returns the name of a type that is the same in all eras: the last segment of its package that is no version, a dot, and the message.
 * `/cosmos.bank.v1beta1.MsgSend` gives `bank.MsgSend`. A type without a package gives the message's name; an empty name gives undefined. */
export function uniformName(typeUrl: string): string | undefined {
  const segments = typeUrl.slice(typeUrl.lastIndexOf('/') + 1).split('.');
  const message = segments.pop()!;
  if (message === '') return undefined;
  const module = segments.findLast((segment) => segment !== '' && !VERSION.test(segment));
  return module === undefined ? message : `${module}.${message}`;
}
