import { BaleenError, type Coin, type Text, type TxContent } from '@baleen/chain';
import { BYTES, toHex, VARINT, WireReader } from '@baleen/codec';
import { keepRaw, readInterface, readMessage } from './read-value.ts';
import type { Registry } from './registry.ts';
import { readInteger } from './scalars.ts';
import { aminoError, newScope, type Scope, within, withPath } from './scope.ts';
import { type RawSignature, readSignatures } from './signatures.ts';

/** Decodes the bytes of an amino tx, a registered StdTx behind its length.
 *
 *     tx        uv(length) · prefix(core/StdTx) · StdTx
 *     StdTx     1 msgs (repeated interface)  2 fee  3 signatures (repeated)  4 memo
 *     fee       1 amount (repeated coin)  2 gas
 *     signature 1 public key (interface)  2 signature
 *
 * Messages that the chain's REST could print have `value`, equal to it. Those of an unknown prefix, with fields beyond
 * the schema, or that hold something unknown, have `fields` instead; a nested one does not lose its siblings.
 *
 * @param prefix    bech32 prefix of accounts; undefined: the registry's own
 * @param registry  the types that the chain's application registered
 * @param keepsMisfits  whether a message stays raw whose bytes do not fit its registered type, instead of an error
 * @throws BaleenError `DECODE_AMINO` when a node could not decode the tx either, or when it has fields that no StdTx has
 *   (cosmos-sdk v0.39.3, x/auth/types/stdtx.go) */
export function decodeStdTx(
  raw: Uint8Array,
  prefix: string | undefined,
  registry: Registry,
  keepsMisfits = false,
): TxContent {
  const scope = newScope(registry, prefix ?? registry.bech32Prefix, keepsMisfits);
  return withPath(scope, () => {
    const reader = openTx(raw, scope);
    const parts = readParts(reader, scope);
    const signatures = readSignatures(parts.signatures, scope);
    return {
      messages: scope.messages,
      memo: parts.memo,
      feeCoins: parts.fee.coins,
      feeGas: parts.fee.gas,
      feeGranter: undefined,
      feePayer: signatures.payer,
      signatures: signatures.all,
      timeoutHeight: undefined,
    };
  });
}

/** The prefix of a tx's registered name, upper-case hex; shorter where the bytes are. */
export function txPrefixOf(raw: Uint8Array): string {
  const reader = new WireReader(raw);
  reader.uint();
  return toHex(raw.subarray(reader.pos, reader.pos + 4)).toUpperCase();
}

/** A reader over the fields of the StdTx. */
function openTx(raw: Uint8Array, scope: Scope): WireReader {
  const outer = new WireReader(raw);
  const body = outer.message();
  if (!outer.done) throw aminoError(scope, `${body.end} bytes as its length says`, String(raw.length));
  const { name, prefix } = scope.registry.tx;
  const found = toHex(raw.subarray(body.pos, Math.min(body.pos + 4, body.end)));
  if (found.toUpperCase() !== prefix)
    throw aminoError(scope, `prefix ${prefix} of ${name}`, found.toUpperCase());
  body.pos += 4;
  return body;
}

interface Fee {
  readonly coins: readonly Coin[];
  readonly gas: bigint;
}

function readParts(
  reader: WireReader,
  scope: Scope,
): { readonly fee: Fee; readonly memo: Text; readonly signatures: readonly RawSignature[] } {
  let fee: Fee = { coins: [], gas: 0n };
  let memo: Text = '';
  const signatures: RawSignature[] = [];
  eachField(reader, scope, [1, 3], (key) => {
    if (key === ((1 << 3) | BYTES)) readOwnMessage(reader.bytes(), scope);
    else if (key === ((2 << 3) | BYTES)) fee = within(scope, 'fee', () => readFee(reader.message(), scope));
    else if (key === ((3 << 3) | BYTES)) {
      const segment = `signature ${signatures.length}`;
      signatures.push(within(scope, segment, () => readSignature(reader.message(), scope)));
    } else if (key === ((4 << 3) | BYTES)) memo = reader.text();
    else throw unexpectedField(scope, key);
  });
  return { fee, memo, signatures };
}

function readOwnMessage(bytes: Uint8Array, scope: Scope): void {
  const before = scope.messages.at(-1);
  scope.index = before === undefined ? 0 : before.index + 1;
  scope.understood = true;
  within(scope, `msg ${scope.index}`, () =>
    scope.keepsMisfits ? readOrKeep(bytes, scope) : readMessage(bytes, scope),
  );
}

/** Reads a message of the tx; one that does not fit its type is kept raw, without those nested in it. */
function readOrKeep(bytes: Uint8Array, scope: Scope): void {
  const { depth } = scope;
  const [messages, segments] = [scope.messages.length, scope.path.length];
  try {
    readMessage(bytes, scope);
  } catch (error) {
    if (!(error instanceof BaleenError)) throw error;
    scope.messages.length = messages;
    scope.path.length = segments;
    Object.assign(scope, { depth, messagePath: '', hasMisfit: true });
    keepRaw(bytes, scope);
  }
}

function readFee(reader: WireReader, scope: Scope): Fee {
  const coins: Coin[] = [];
  let gas = 0n;
  eachField(reader, scope, [1], (key) => {
    if (key === ((1 << 3) | BYTES)) {
      coins.push(within(scope, `.amount[${coins.length}]`, () => readCoin(reader.message(), scope)));
    } else if (key === ((2 << 3) | VARINT)) gas = reader.uint64();
    else throw unexpectedField(scope, key);
  });
  return { coins, gas };
}

function readCoin(reader: WireReader, scope: Scope): Coin {
  let denom: Text = '';
  let amount = 0n;
  eachField(reader, scope, [], (key) => {
    if (key === ((1 << 3) | BYTES)) denom = reader.text();
    else if (key === ((2 << 3) | BYTES)) {
      amount = within(scope, '.amount', () => BigInt(readInteger(reader, scope)));
    } else throw unexpectedField(scope, key);
  });
  return { denom, amount };
}

function readSignature(reader: WireReader, scope: Scope): RawSignature {
  let key: Uint8Array | undefined;
  let signature: Uint8Array = new Uint8Array();
  eachField(reader, scope, [], (fieldKey) => {
    if (fieldKey === ((1 << 3) | BYTES)) key = reader.bytes();
    else if (fieldKey === ((2 << 3) | BYTES)) signature = reader.bytes();
    else throw unexpectedField(scope, fieldKey);
  });
  scope.understood = true;
  const found = key;
  if (found === undefined || found.length === 0) return { key: undefined, keyJson: undefined, signature };
  const keyJson = within(scope, '.pub_key', () => readInterface(found, 'key', scope));
  if (!scope.understood)
    throw aminoError(scope, 'a registered public key', 'an unknown or too deeply nested one');
  return { key: found, keyJson, signature };
}

/** Calls `read` with each field's key. Numbers ascend; those in `repeated` may come again. */
function eachField(
  reader: WireReader,
  scope: Scope,
  repeated: readonly number[],
  read: (key: number) => void,
): void {
  let last = 0;
  while (!reader.done) {
    const key = reader.key();
    const number = key >>> 3;
    if (number < last || (number === last && !repeated.includes(number))) {
      throw aminoError(scope, 'ascending field numbers', `${number} after ${last}`);
    }
    last = number;
    read(key);
  }
}

const unexpectedField = (scope: Scope, key: number): Error =>
  aminoError(scope, 'a field of its type', `field ${key >>> 3} of wire type ${key & 7}`);
