/** A block of txs, events and results whose bytes a chain may hold, though no wallet writes them. */
import { type Block, type Event, InvalidText, type Text } from '@baleen/chain';
import { decodeUtf8, sha256, WireWriter } from '@baleen/codec';
import { createTxDecoders } from '@baleen/decode';
import { buildBlock } from '@baleen/testing';

/** The application that wrote the txs. */
export const APPLICATION = { name: 'sdk-0.47', from: 1, reason: 'given by its name' } as const;
const PLACE = { chainId: 'nasty-1', era: 'tendermint-0.34', height: 1 } as const;
const decodeTx = createTxDecoders()(PLACE, { applications: [APPLICATION] });

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const any = (type: string, body: Uint8Array): Uint8Array =>
  new WireWriter().text(1, type).message(2, body).finish();
const bodyOf = (...messages: readonly Uint8Array[]): WireWriter => {
  const body = new WireWriter();
  for (const message of messages) body.message(1, message);
  return body;
};
const txOf = (body: WireWriter, authInfo = new WireWriter()): Uint8Array =>
  new WireWriter().message(1, body.finish()).message(2, authInfo.finish()).finish();
const send = new WireWriter().text(1, 'cosmos1from').text(2, 'cosmos1to');
const SEND = any('/cosmos.bank.v1beta1.MsgSend', send.finish());
const execute = (json: string): Uint8Array =>
  txOf(
    bodyOf(
      any('/cosmwasm.wasm.v1.MsgExecuteContract', new WireWriter().message(3, Buffer.from(json)).finish()),
    ),
  );
const signed = (signerInfo: Uint8Array): Uint8Array =>
  txOf(bodyOf(SEND), new WireWriter().message(1, signerInfo));

const multisig = (...keys: readonly Uint8Array[]): Uint8Array => {
  const writer = new WireWriter().rawVarint(0x08).rawVarint(1);
  for (const key of keys) writer.message(2, key);
  return any('/cosmos.crypto.multisig.LegacyAminoPubKey', writer.finish());
};
const KEY = any(
  '/cosmos.crypto.secp256k1.PubKey',
  new WireWriter().message(1, new Uint8Array(33).fill(2)).finish(),
);
const nestedKey = (depth: number): Uint8Array => (depth === 0 ? KEY : multisig(nestedKey(depth - 1), KEY));

export const TXS: Readonly<Record<string, Uint8Array>> = {
  'a tx of no bytes': new Uint8Array(),
  'one byte': bytes('00'),
  'bytes behind a tx': new Uint8Array(Buffer.concat([txOf(bodyOf(SEND)), bytes('ffffff')])),
  'a varint of eleven bytes': bytes('80808080808080808080800a'),
  'a key that is written longer than it needs': bytes('8a808000021200'),
  'a group': bytes('0b0c'),
  'field 0': bytes('0200'),
  'a type of 3,000 bytes': txOf(bodyOf(any(`/${'x'.repeat(3_000)}.Msg`, new Uint8Array()))),
  'a type that is no text': txOf(
    bodyOf(new WireWriter().message(1, bytes('2fff00fe')).message(2, bytes('0801')).finish()),
  ),
  'a message without a type': txOf(bodyOf(new Uint8Array())),
  'an unknown field in a known message': txOf(
    bodyOf(any('/cosmos.bank.v1beta1.MsgSend', new WireWriter().text(1, 'a').text(77, 'b').finish())),
  ),
  'an unknown Any within a known message': txOf(
    bodyOf(
      any(
        '/cosmos.authz.v1beta1.MsgExec',
        new WireWriter().message(2, any('/no.such.v1.Msg', bytes('0801'))).finish(),
      ),
    ),
  ),
  'an unknown critical field of the body': txOf(bodyOf(SEND).text(9, 'x')),
  'an extension option that nobody knows': txOf(
    bodyOf(SEND).message(1023, any('/no.such.Option', bytes('0801'))),
  ),
  'a memo of NUL and bytes that are no text': txOf(bodyOf(SEND).message(2, bytes('00ff00'))),
  'a memo of 100,000 bytes': txOf(bodyOf(SEND).text(2, 'm'.repeat(100_000))),
  'amounts below zero, of 70 digits, with zeros in front': txOf(
    bodyOf(SEND),
    new WireWriter().message(
      2,
      new WireWriter()
        .message(1, new WireWriter().text(1, 'a').text(2, '-5').finish())
        .message(1, new WireWriter().text(1, 'b').text(2, '9'.repeat(70)).finish())
        .message(1, new WireWriter().text(1, 'c').text(2, '007').finish())
        .finish(),
    ),
  ),
  'an amount that is no number': txOf(
    bodyOf(SEND),
    new WireWriter().message(
      2,
      new WireWriter().message(1, new WireWriter().text(2, '1e9').finish()).finish(),
    ),
  ),
  'a denom of NUL': txOf(
    bodyOf(SEND),
    new WireWriter().message(
      2,
      new WireWriter().message(1, new WireWriter().text(1, '\0').text(2, '1').finish()).finish(),
    ),
  ),
  'a multisig of multisigs': signed(new WireWriter().message(1, nestedKey(3)).finish()),
  'a multisig of multisigs, 200 deep': signed(new WireWriter().message(1, nestedKey(200)).finish()),
  'a key that nobody knows': signed(
    new WireWriter().message(1, any('/no.such.PubKey', bytes('ff'))).finish(),
  ),
  'JSON with NUL, a lone surrogate and a key that occurs twice': execute(
    '{"a":"\\u0000","b":"\\ud800","a":1}',
  ),
  'JSON with a number that numeric cannot hold': execute('{"a":1e200000,"b":-0.0,"c":1E-20000}'),
  'JSON 20,000 lists deep': execute('['.repeat(20_000) + ']'.repeat(20_000)),
  'JSON that is none': execute('{"a":'),
};

export const EVENTS: readonly Event[] = [
  { type: '', attributes: [] },
  { type: 'x', attributes: [['', '']] },
  { type: 'x'.repeat(5_000), attributes: [['k'.repeat(5_000), 'v'.repeat(100_000)]] },
  {
    type: invalid('ff'),
    attributes: [
      [invalid('00fe'), invalid('c0')],
      ['k', '\0'],
    ],
  },
  {
    type: 'wasm',
    attributes: [
      ['k', '1'],
      ['k', '1'],
      ['k', '2'],
    ],
  },
  {
    type: 'message',
    attributes: [
      ['action', 'x'],
      ['msg_index', '99999999999'],
    ],
  },
  {
    type: 'tx',
    attributes: [
      ['fee', 'not a coin'],
      ['fee_payer', ''],
    ],
  },
  {
    type: 'transfer',
    attributes: [
      ['amount', ',,5,-1x'],
      ['sender', 'x'],
    ],
  },
];

function invalid(hex: string): Text {
  const text = decodeUtf8(bytes(hex));
  if (!(text instanceof InvalidText)) throw new TypeError('expected bytes that are no text');
  return text;
}

/** A block of these txs, each with all of these events and results of the largest and smallest numbers. */
export function nastyBlock(): Block {
  const block = buildBlock(1, { chainId: 'nasty-1', txsPerBlock: 0 });
  const results = Object.keys(TXS).map((_, index) => ({
    code: index % 2 === 0 ? 4_294_967_295 : 0,
    data: new Uint8Array(0),
    log: invalid('ff00'),
    info: '\0',
    codespace: 'c'.repeat(2_000),
    gasWanted: -(2n ** 63n),
    gasUsed: 2n ** 63n - 1n,
    events: EVENTS,
  }));
  return {
    ...block,
    results: { ...block.results!, txs: results, beginEvents: EVENTS, endEvents: EVENTS },
    txs: Object.values(TXS).map((raw, index) => {
      const base = { index, hash: sha256(raw), raw, result: results[index] };
      try {
        return { ...base, content: decodeTx(raw, 'terra'), decodeError: undefined };
      } catch (error) {
        return { ...base, content: undefined, decodeError: (error as Error).message };
      }
    }),
  };
}
