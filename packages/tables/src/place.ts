import { type Block, GO_ZERO_SECONDS, type GoTime, isGoZeroTime } from '@baleen/chain';
import { encodeBech32 } from '@baleen/codec';
import { bounded, optional, required } from './table.ts';

/** Longest chain id in bytes. Tendermint refuses a header with a longer one (types/params.go: MaxChainIDLen), and so does
 * `prepareChain`. */
export const MAX_CHAIN_ID_BYTES = 50;
/** Length of a hash and of a consensus address in bytes (crypto.AddressSize). Tendermint refuses a header with longer ones. */
export const HASH_BYTES = 32;
export const CONSENSUS_ADDRESS_BYTES = 20;
/** Longest bech32 text in bytes: it has a prefix of 83 characters and an address of 255 bytes (cosmos-sdk types/address.go: MaxAddrLen). */
export const MAX_BECH32_BYTES = 512;
const MAX_ADDRESS_BYTES = 255;

export const chainId = bounded(
  MAX_CHAIN_ID_BYTES,
  required('text', 'hash', "The chain's id, as its blocks say it."),
);

/** The first columns of every table of facts. */
export const place = {
  chain_id: chainId,
  height: required('int8', 'hash', 'Height of the block.'),
  time: optional('timestamptz', 'hash', "The block's time, cut to microseconds. NULL: Go's zero time."),
  time_ns: optional(
    'int4',
    'hash',
    "Nanoseconds within the second of the block's time. NULL: Go's zero time.",
  ),
} as const;

/** The first columns of every table whose rows are facts of a tx. */
export const txPlace = {
  ...place,
  tx_index: required('int4', 'hash', 'Position of the tx in its block, from 0.'),
} as const;

export interface Place {
  readonly chain_id: string;
  readonly height: number;
  readonly time: GoTime | null;
  readonly time_ns: number | null;
}

export const placeOf = (block: Block): Place => ({
  chain_id: block.chainId,
  height: block.height,
  ...timeCells(block.header.time),
});

/** Converts a time to the cells of `time` and `time_ns`. Both are NULL for Go's zero time. */
export function timeCells(time: GoTime | undefined): Pick<Place, 'time' | 'time_ns'> {
  if (time === undefined || isGoZeroTime(time)) return { time: null, time_ns: null };
  return { time, time_ns: time.nanos };
}

/** Converts the cells of `time` and `time_ns` back to the time: the inverse of `timeCells`. */
export const timeOf = (time: GoTime | null, nanos: number | null): GoTime => ({
  seconds: time?.seconds ?? GO_ZERO_SECONDS,
  nanos: nanos ?? 0,
});

/** Encodes a consensus address as bech32, `terravalcons1...`. Returns null if the chain's prefix is not known, or if the address is empty
 * or too long. */
export const consensusAddress = (block: Block, address: Uint8Array): string | null =>
  block.bech32Prefix === undefined || address.length === 0 || address.length > MAX_ADDRESS_BYTES
    ? null
    : encodeBech32(`${block.bech32Prefix}valcons`, address);

/** Converts bytes to a string with one character per byte, to be used as a key. */
export const keyOf = (bytes: Uint8Array): string =>
  Buffer.prototype.latin1Slice.call(bytes as Buffer, 0, bytes.length);

export const base64 = (bytes: Uint8Array): string =>
  Buffer.prototype.base64Slice.call(bytes as Buffer, 0, bytes.length);
