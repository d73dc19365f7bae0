import { shownText } from '@baleen/chain';
import type { WireReader } from '@baleen/codec';
import {
  BYTES,
  decodeTimestamp,
  encodeBech32,
  formatGoTime,
  goJsonString,
  toBase64,
  toHex,
  VARINT,
} from '@baleen/codec';
import { goInteger } from '../go-integer.ts';
import type { ScalarKind } from './schema.ts';
import { aminoError, type Scope } from './scope.ts';

/** How a kind of scalar is read: its wire type, the JSON of an absent field, and a function that reads a value and returns its JSON. */
interface Scalar {
  readonly wire: number;
  readonly absent: string;
  readonly read: (reader: WireReader, scope: Scope) => string;
}

/** Names of the vote options of the module gov by number. Other numbers are printed as "" (sdk x/gov/types/vote.go, v0.39.3). */
const VOTE_OPTIONS = ['', 'Yes', 'Abstain', 'No', 'NoWithVeto'];
/** Names of a proposal's status by number (x/gov/types/proposal.go, v0.39.3). */
const PROPOSAL_STATUSES = ['', 'DepositPeriod', 'VotingPeriod', 'Passed', 'Rejected', 'Failed'];
/** Names of a proposal's kind by number. Later versions have a type of content for each kind instead (x/gov/proposals.go, v0.34.0). */
const PROPOSAL_KINDS = ['', 'Text', 'ParameterChange', 'SoftwareUpgrade'];
const DECIMAL_PLACES = 18;

export const SCALARS: Readonly<Record<ScalarKind, Scalar>> = {
  text: { wire: BYTES, absent: '""', read: (reader) => goJsonString(reader.text()) },
  int64: { wire: VARINT, absent: '"0"', read: (reader) => `"${reader.int64()}"` },
  uint64: { wire: VARINT, absent: '"0"', read: (reader) => `"${reader.uint64()}"` },
  number: { wire: VARINT, absent: '0', read: readNumber },
  bool: { wire: VARINT, absent: 'false', read: readBool },
  'vote-option': {
    wire: VARINT,
    absent: '""',
    read: (reader, scope) => readName(reader, scope, VOTE_OPTIONS),
  },
  'proposal-status': {
    wire: VARINT,
    absent: '""',
    read: (reader, scope) => readName(reader, scope, PROPOSAL_STATUSES),
  },
  'proposal-kind': {
    wire: VARINT,
    absent: '""',
    read: (reader, scope) => readName(reader, scope, PROPOSAL_KINDS),
  },
  base64: { wire: BYTES, absent: '""', read: (reader) => `"${toBase64(reader.bytes())}"` },
  hex: { wire: BYTES, absent: '""', read: (reader) => `"${toHex(reader.bytes())}"` },
  integer: { wire: BYTES, absent: '"0"', read: (reader, scope) => `"${readInteger(reader, scope)}"` },
  decimal: { wire: BYTES, absent: '"0"', read: readDecimal },
  account: { wire: BYTES, absent: '""', read: (reader, scope) => address(scope, '', reader.bytes()) },
  operator: { wire: BYTES, absent: '""', read: (reader, scope) => address(scope, 'valoper', reader.bytes()) },
  consensus: {
    wire: BYTES,
    absent: '""',
    read: (reader, scope) => address(scope, 'valcons', reader.bytes()),
  },
  'consensus-key': {
    wire: BYTES,
    absent: 'null',
    read: (reader, scope) => address(scope, 'valconspub', reader.bytes()),
  },
  time: {
    wire: BYTES,
    absent: '"1970-01-01T00:00:00Z"',
    read: (reader) => `"${formatGoTime(decodeTimestamp(reader.message()))}"`,
  },
};

/** Reads an sdk.Int and returns its decimal digits. It is stored as text, which Go parses as an integer literal: `0x10` is 16. The SDK
 * allows at most 255 bits. */
export function readInteger(reader: WireReader, scope: Scope): string {
  const text = readDigits(reader, scope);
  if (text.length > 76 && bitLength(text) > 255) throw aminoError(scope, 'at most 255 bits', shorten(text));
  return text;
}

/** Reads an sdk.Dec, stored as the digits of an integer in units of 10^-18, and returns its JSON with 18 decimals. */
function readDecimal(reader: WireReader, scope: Scope): string {
  const text = readDigits(reader, scope);
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.slice(sign.length).padStart(DECIMAL_PLACES + 1, '0');
  const point = digits.length - DECIMAL_PLACES;
  return `"${sign}${digits.slice(0, point)}.${digits.slice(point)}"`;
}

function readDigits(reader: WireReader, scope: Scope): string {
  const text = shownText(reader.text());
  const integer = goInteger(text);
  if (integer === undefined) throw aminoError(scope, 'an integer', JSON.stringify(shorten(text)));
  return integer;
}

/** Returns the length of an integer in bits. Anything longer than 255 bits counts as 256, so that a text of a million digits is not
 * converted. */
function bitLength(text: string): number {
  const digits = text.replace('-', '');
  return digits.length > 77 ? 256 : BigInt(digits).toString(2).length;
}

function readBool(reader: WireReader, scope: Scope): string {
  const value = reader.uint64();
  if (value > 1n) throw aminoError(scope, '0 or 1', String(value));
  return value === 1n ? 'true' : 'false';
}

function readNumber(reader: WireReader, scope: Scope): string {
  const value = reader.uint64();
  if (value > 0xffff_ffffn) throw aminoError(scope, 'at most 32 bits', String(value));
  return String(value);
}

function readName(reader: WireReader, scope: Scope, names: readonly string[]): string {
  const value = reader.uint64();
  if (value > 255n) throw aminoError(scope, 'a byte', String(value));
  return `"${names[Number(value)] ?? ''}"`;
}

function address(scope: Scope, suffix: string, bytes: Uint8Array): string {
  if (bytes.length === 0) return '""';
  if (scope.prefix === undefined) {
    scope.understood = false;
    return '""';
  }
  return `"${encodeBech32(`${scope.prefix}${suffix}`, bytes)}"`;
}

const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}...` : text);
