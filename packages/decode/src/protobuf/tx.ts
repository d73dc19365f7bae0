import { type Coin, shownText, type Text, type TxContent } from '@baleen/chain';
import { BYTES, VARINT, WireReader } from '@baleen/codec';
import { finished, misfit, placed } from './errors.ts';
import { type MessageScope, readMessages, type TypedMessage, type Vocabulary } from './messages.ts';
import type { FieldPlan, MessagePlan } from './plan.ts';
import { readInt } from './scalars.ts';
import { joinSignatures, readSignerInfo, type SignerInfo } from './signatures.ts';
import { readSigners } from './signers.ts';

export interface TxScope extends MessageScope {
  readonly prefix: string | undefined;
}

interface TxBody {
  readonly messages: readonly TypedMessage[];
  readonly memo: Text;
  readonly timeoutHeight: bigint;
  readonly extra: ExtraFields;
}

interface Fee {
  readonly coins: Coin[];
  readonly gas: bigint;
  readonly payer: string | undefined;
  readonly granter: string | undefined;
}

interface AuthInfo {
  readonly signerInfos: readonly SignerInfo[];
  readonly fee: Fee;
  readonly extra: ExtraFields;
}

const NO_BYTES = new Uint8Array();
/** Fields with this bit may be ignored by who does not know them (ADR-020; codec/unknownproto: bit11NonCritical). */
const NON_CRITICAL = 1 << 10;

/** Reads a `cosmos.tx.v1beta1.TxRaw {1 body bytes, 2 auth info bytes, 3 signatures}`. */
export function decodeTx(raw: Uint8Array, scope: TxScope): TxContent {
  try {
    const tx = readTxRaw(new WireReader(raw));
    const body = readBody(new WireReader(tx.body), scope);
    const { signerInfos, fee, extra } = within('auth_info', () =>
      readAuthInfo(new WireReader(tx.authInfo), scope),
    );
    const signers = lazily(() => uniqueSigners(body.messages, fee.payer, scope.prefix));
    const signatures = joinSignatures(signerInfos, tx.signatures, (index) => signers()?.[index]);
    return {
      messages: body.messages.map(({ message }) => message),
      memo: body.memo,
      feeCoins: fee.coins,
      feeGas: fee.gas,
      feeGranter: fee.granter,
      feePayer: fee.granter ?? fee.payer ?? signatures[0]?.signer ?? firstSigner(body.messages, scope.prefix),
      signatures,
      timeoutHeight: body.timeoutHeight,
      extra: printExtra([...body.extra, ...extra], scope),
    };
  } catch (error) {
    throw finished(placed(error, ''));
  }
}

function readTxRaw(reader: WireReader): {
  readonly body: Uint8Array;
  readonly authInfo: Uint8Array;
  readonly signatures: readonly Uint8Array[];
} {
  let body: Uint8Array = NO_BYTES;
  let authInfo: Uint8Array = NO_BYTES;
  const signatures: Uint8Array[] = [];
  return within('tx', () => {
    while (!reader.done) {
      const key = reader.key();
      if (key === ((1 << 3) | BYTES)) body = reader.bytes();
      else if (key === ((2 << 3) | BYTES)) authInfo = reader.bytes();
      else if (key === ((3 << 3) | BYTES)) signatures.push(reader.bytes());
      else throw misfit('body_bytes, auth_info_bytes and signatures', `field ${key >>> 3}`);
    }
    return { body, authInfo, signatures };
  });
}

function readBody(reader: WireReader, scope: TxScope): TxBody {
  const messages: TypedMessage[] = [];
  let memo: Text = '';
  let timeoutHeight = 0n;
  const extra: ExtraField[] = [];
  let count = 0;
  while (!reader.done) {
    const start = reader.pos;
    const key = within('body', () => reader.key());
    if (key === ((1 << 3) | BYTES)) readMessages(bodyMessage(reader), count++, scope, messages);
    else if (key === ((2 << 3) | BYTES)) memo = within('body.memo', () => reader.text());
    else if (key === ((3 << 3) | VARINT))
      timeoutHeight = within('body.timeout_height', () => reader.uint64());
    else within('body', () => extra.push(...readExtra('TxBody', start, key, reader, scope)));
  }
  return { messages, memo, timeoutHeight, extra };
}

const bodyMessage = (reader: WireReader): WireReader => within('body.messages', () => reader.message());

function readAuthInfo(reader: WireReader, scope: TxScope): AuthInfo {
  const signerInfos: SignerInfo[] = [];
  const extra: ExtraField[] = [];
  let fee: Fee = { coins: [], gas: 0n, payer: undefined, granter: undefined };
  while (!reader.done) {
    const start = reader.pos;
    const key = reader.key();
    if (key === ((1 << 3) | BYTES))
      signerInfos.push(
        within(`.signer_infos[${signerInfos.length}]`, () =>
          readSignerInfo(reader.message(), scope.vocabularies[0]!().reader, scope.prefix),
        ),
      );
    else if (key === ((2 << 3) | BYTES)) fee = within('.fee', () => readFee(reader.message(), fee));
    else extra.push(...readExtra('AuthInfo', start, key, reader, scope));
  }
  return { signerInfos, fee, extra };
}

/** `Fee {1 amount, 2 gas limit, 3 payer, 4 granter}`. One that occurs again is merged into the first.
 * @param before  what occurred before */
function readFee(reader: WireReader, before: Fee): Fee {
  const coins = before.coins;
  let { gas, payer = '', granter = '' } = before;
  while (!reader.done) {
    const key = reader.key();
    if (key === ((1 << 3) | BYTES))
      coins.push(within(`.amount[${coins.length}]`, () => readCoin(reader.message())));
    else if (key === ((2 << 3) | VARINT)) gas = reader.uint64();
    else if (key === ((3 << 3) | BYTES)) payer = shownText(reader.text());
    else if (key === ((4 << 3) | BYTES)) granter = shownText(reader.text());
    else throw misfit('amount, gas_limit, payer and granter', `field ${key >>> 3}`);
  }
  return { coins, gas, payer: payer || undefined, granter: granter || undefined };
}

function readCoin(reader: WireReader): Coin {
  let denom: Text = '';
  let amount = 0n;
  while (!reader.done) {
    const key = reader.key();
    if (key === ((1 << 3) | BYTES)) denom = reader.text();
    else if (key === ((2 << 3) | BYTES)) amount = within('.amount', () => BigInt(readInt(reader)));
    else throw misfit('denom and amount', `field ${key >>> 3}`);
  }
  return { denom, amount };
}

type Holder = 'TxBody' | 'AuthInfo';

/** A field of a tx's body or auth info that only descriptors tell of. */
interface ExtraField {
  readonly holder: Holder;
  readonly name: string;
  readonly number: number;
  /** Key and value. */
  readonly bytes: Uint8Array;
}
type ExtraFields = readonly ExtraField[];

/** Reads a field that the descriptors know (extension options, the tip of 0.46), or skips one that may be ignored; the chain
 * refuses every other. */
function readExtra(
  holder: Holder,
  start: number,
  key: number,
  reader: WireReader,
  { vocabularies }: TxScope,
): ExtraFields {
  const number = key >>> 3;
  const ignorable = holder === 'TxBody' && (number & NON_CRITICAL) !== 0;
  let field: FieldPlan | undefined;
  for (const vocabulary of vocabularies) field ??= planOf(holder, vocabulary())?.byNumber.get(number);
  if (field === undefined && !ignorable) throw misfit(`a field of ${holder}`, `field ${number}`);
  if (field !== undefined && field.wire !== (key & 7))
    throw misfit(`wire type ${field.wire} in field ${number}`, `${key & 7}`);
  reader.skip(key);
  if (field === undefined) return [];
  return [{ holder, name: field.name, number, bytes: reader.buffer.subarray(start, reader.pos) }];
}

const planOf = (holder: Holder, { plans }: Vocabulary): MessagePlan | undefined =>
  plans.find(`cosmos.tx.v1beta1.${holder}`);

/** JSON object of the extra fields. undefined: there are none, or one is not understood; the raw tx has them. */
function printExtra(extra: ExtraFields, scope: TxScope): string | undefined {
  if (extra.length === 0) return undefined;
  const members: Record<string, unknown> = {};
  for (const [holder, fields] of Map.groupBy(extra, (field) => field.holder)) {
    const printed = printHolder(holder, fields, scope);
    if (printed === undefined) return undefined;
    for (const { name } of fields) members[name] = printed[name];
  }
  return JSON.stringify(members);
}

function printHolder(
  holder: Holder,
  fields: ExtraFields,
  { vocabularies }: TxScope,
): Readonly<Record<string, unknown>> | undefined {
  for (const vocabulary of vocabularies) {
    const { reader } = vocabulary();
    const plan = planOf(holder, vocabulary());
    if (plan === undefined || !fields.every(({ number }) => plan.byNumber.has(number))) continue;
    const json = reader.print(plan, Buffer.concat(fields.map(({ bytes }) => bytes)));
    if (json !== undefined) return JSON.parse(json) as Readonly<Record<string, unknown>>;
  }
  return undefined;
}

/** Who must sign, in order: the signers of all messages, each once, then the fee's payer (x/auth/tx/builder.go:
 * GetSigners). undefined when one message doesn't tell, because later positions depend on it. */
function uniqueSigners(
  messages: readonly TypedMessage[],
  payer: string | undefined,
  prefix: string | undefined,
): readonly string[] | undefined {
  const signers = new Set<string>();
  for (const message of messages) {
    if (message.message.path !== '') continue;
    const own = signersOf(message, prefix);
    if (own === undefined) return undefined;
    for (const signer of own) signers.add(signer);
  }
  if (payer !== undefined) signers.add(payer);
  return [...signers];
}

const firstSigner = (messages: readonly TypedMessage[], prefix: string | undefined): string | undefined =>
  messages[0] && signersOf(messages[0], prefix)?.[0];

function signersOf(
  { message, type }: TypedMessage,
  prefix: string | undefined,
): readonly string[] | undefined {
  return type.signerPaths && readSigners(message.raw, type.signerPaths, prefix);
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw placed(error, place);
  }
}
