import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { shownText, type TxContent } from '@baleen/chain';
import { encodeBech32, sha256, WireWriter } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import { columbus4 } from './columbus-4.ts';
import {
  addressOf,
  coinBytes,
  concat,
  execBytes,
  registered,
  secp256k1,
  sendBytes,
  signatureBytes,
  txBytes,
} from './encode.fixture.ts';
import { decodeStdTx as decodeWith } from './index.ts';
import { makeRegistry } from './registry.ts';
import { coins, field, signer } from './schema.ts';
import { message } from './sdk-0.39.ts';

const decodeStdTx = (raw: Uint8Array, prefix?: string, registry = columbus4) =>
  decodeWith(raw, prefix, registry);

const FIXTURES = new URL('../../../testing/fixtures/terra-columbus4-devnet/', import.meta.url);

/** Key of the devnet's terra1kda8tzj7zk8zpu4jl9esqj4pdqwz3t4tjmqwxg. */
const DEVNET_KEY = {
  type: 'tendermint/PubKeySecp256k1',
  value: 'A++be3OPKY5fFlOlyK3W9zkFOIFgy7AuljhOar4ocqSg',
};

interface Answer {
  readonly request: string;
  readonly response: unknown;
}
const linesOf = (file: string): string[] =>
  gunzipSync(readFileSync(new URL(file, FIXTURES)))
    .toString()
    .trim()
    .split('\n');

/** Bytes of every tx in the devnet's blocks, by hash. */
function devnetTxs(): ReadonlyMap<string, Uint8Array> {
  const txs = new Map<string, Uint8Array>();
  for (const line of linesOf('rpc.jsonl.gz')) {
    const { request, response } = JSON.parse(line) as Answer;
    if (!request.startsWith('/block?')) continue;
    const { result } = response as { result?: { block: { data: { txs: string[] | null } } } };
    for (const base64 of result?.block.data.txs ?? []) {
      const raw = Buffer.from(base64, 'base64');
      txs.set(Buffer.from(sha256(raw)).toString('hex').toUpperCase(), raw);
    }
  }
  return txs;
}

interface KeyJson {
  readonly type: string;
  readonly value: string | { readonly threshold: string; readonly pubkeys: readonly KeyJson[] };
}

/** Amino bytes of a public key from its JSON. */
function keyBytes({ type, value }: KeyJson): Uint8Array {
  if (typeof value === 'string')
    return registered(type, concat(Uint8Array.of(33), Buffer.from(value, 'base64')));
  const writer = new WireWriter().varint(1, BigInt(value.threshold));
  for (const key of value.pubkeys) writer.message(2, keyBytes(key));
  return registered(type, writer.finish());
}

/** The tx as REST shows it, put together again. */
const asRest = (content: TxContent): unknown => ({
  msg: content.messages
    .filter(({ path }) => path === '')
    .map(({ type, value }) => ({ type, value: JSON.parse(value ?? 'null') })),
  fee: {
    amount: content.feeCoins.map(({ denom, amount }) => ({ denom, amount: String(amount) })),
    gas: String(content.feeGas),
  },
  signatures: content.signatures.map(({ publicKey, signature }) => ({
    pub_key: JSON.parse(publicKey ?? 'null'),
    signature: Buffer.from(signature).toString('base64'),
  })),
  memo: shownText(content.memo),
});

describe('decodeStdTx on the columbus-4 devnet', () => {
  const txs = devnetTxs();
  const contents = new Map([...txs].map(([hash, raw]) => [hash, decodeStdTx(raw, 'terra')]));
  const messages = [...contents.values()].flatMap((content) => content.messages);

  test('shows each of the 453 txs as REST does, key order and escapes included', () => {
    let compared = 0;
    for (const line of linesOf('lcd-txs.jsonl.gz')) {
      const { request, response } = JSON.parse(line) as Answer;
      const { tx } = response as { tx?: { value: unknown } };
      if (tx === undefined) continue;
      const content = contents.get(request.slice('/txs/'.length))!;
      expect(JSON.stringify(asRest(content)), request).toBe(JSON.stringify(tx.value));
      for (const { path, value } of content.messages) if (path === '') expect(line).toContain(value);
      compared++;
    }
    expect(compared).toBe(453);
    expect(txs.size).toBe(453);
  });

  test('flattens the authorised messages after their parents', () => {
    const nested = messages.filter(({ path }) => path !== '');
    expect(nested.map(({ path, type }) => `${path} ${type}`).toSorted()).toMatchInlineSnapshot(`
      [
        "0 bank/MsgSend",
        "0 bank/MsgSend",
        "0 bank/MsgSend",
        "0 bank/MsgSend",
        "0 bank/MsgSend",
        "0 bank/MsgSend",
        "0 bank/MsgSend",
        "0 bank/MsgSend",
        "0 market/MsgSwap",
        "0 market/MsgSwap",
        "1 market/MsgSwap",
        "1 market/MsgSwap",
      ]
    `);
    for (const { value } of nested)
      expect(messages.some((message) => message.path === '' && message.value!.includes(value!))).toBe(true);
  });

  test('understands every message', () => {
    for (const { value, fields } of messages)
      expect([value === undefined, fields]).toEqual([false, undefined]);
  });

  test('gives each signature the address of its public key', () => {
    for (const content of contents.values()) {
      expect(content.feePayer).toBe(content.signatures[0]?.signer);
      const alone = content.signatures.map(({ publicKey }) => {
        const sign = signatureBytes(keyBytes(JSON.parse(publicKey!)), Uint8Array.of(1));
        return decodeStdTx(txBytes([Uint8Array.of(1, 2, 3, 4)], [sign]), 'terra').signatures[0]?.signer;
      });
      expect(content.signatures.map(({ signer }) => signer)).toEqual(alone);
    }
  });

  test('keeps the bytes of the memo that is not UTF-8', () => {
    const { memo } = contents.get('4B177FC853570A6680ADFA050CA0ADB2303E7F28D1541DA93E48DBDCCBEEA425')!;
    expect(typeof memo === 'string' ? memo : Buffer.from(memo.bytes).toString('hex')).toMatchInlineSnapshot(
      `"626164fffe21"`,
    );
  });
});

describe('decodeStdTx on messages that are not understood', () => {
  const extra = concat(sendBytes(1), new WireWriter().text(4, 'new').finish());

  test('keeps an unknown prefix as type, and reads its fields without a schema', () => {
    const unknown = concat(Uint8Array.of(0xab, 1, 2, 3), new WireWriter().text(1, 'x').varint(2, 5).finish());
    const { messages, signatures, feePayer } = decodeStdTx(
      txBytes([unknown, sendBytes(1)], [signatureBytes(keyBytes(DEVNET_KEY), Uint8Array.of(1))]),
      'terra',
    );
    expect(messages[0]).toEqual({
      index: 0,
      path: '',
      type: 'AB010203',
      name: undefined,
      value: undefined,
      fields: '{"1":"x","2":5}',
      raw: unknown,
    });
    expect(messages[1]).toMatchObject({
      index: 1,
      type: 'bank/MsgSend',
      name: 'bank.MsgSend',
      fields: undefined,
    });
    expect(signatures[0]?.signer).toBe('terra1kda8tzj7zk8zpu4jl9esqj4pdqwz3t4tjmqwxg');
    expect(feePayer).toBe(signatures[0]?.signer);
  });

  test('keeps a known message with fields beyond its schema raw, but knows its signer', () => {
    const { messages, feePayer } = decodeStdTx(txBytes([extra]), 'terra');
    expect(messages[0]).toMatchObject({
      type: 'bank/MsgSend',
      name: 'bank.MsgSend',
      value: undefined,
      raw: extra,
    });
    expect(JSON.parse(messages[0]!.fields!)).toMatchObject({ 3: { 1: 'uluna', 2: '5' }, 4: 'new' });
    expect(feePayer).toBe(encodeBech32('terra', addressOf(1)));
  });

  test('keeps the parent of such a message raw too, and shows its other children', () => {
    const { messages } = decodeStdTx(txBytes([execBytes(3, extra, sendBytes(2)), sendBytes(1)]), 'terra');
    expect(messages.map(({ index, path, value }) => [index, path, value === undefined])).toEqual([
      [0, '', true],
      [0, '0', true],
      [0, '1', false],
      [1, '', false],
    ]);
  });

  test('keeps a proposal of unknown content raw', () => {
    const proposal = registered(
      'gov/MsgSubmitProposal',
      new WireWriter().message(1, Uint8Array.of(1, 2, 3, 4)).finish(),
    );
    expect(decodeStdTx(txBytes([proposal]), 'terra').messages[0]).toMatchObject({
      value: undefined,
      name: 'gov.MsgSubmitProposal',
    });
  });
});

describe('decodeStdTx on nested messages', () => {
  test('numbers them all the way down', () => {
    const tx = txBytes([sendBytes(1), execBytes(2, sendBytes(3), execBytes(4, sendBytes(5)))]);
    const { messages } = decodeStdTx(tx, 'terra');
    expect(messages.map(({ index, path, type }) => `${index} ${path} ${type}`)).toEqual([
      '0  bank/MsgSend',
      '1  msgauth/MsgExecAuthorized',
      '1 0 bank/MsgSend',
      '1 1 msgauth/MsgExecAuthorized',
      '1 1.0 bank/MsgSend',
    ]);
  });

  test('takes no signers from them', () => {
    const { signatures } = decodeStdTx(
      txBytes([execBytes(2, sendBytes(3)), sendBytes(2), sendBytes(1)], [concat(), concat(), concat()]),
      'terra',
    );
    expect(signatures.map(({ signer }) => signer)).toEqual([
      encodeBech32('terra', addressOf(2)),
      encodeBech32('terra', addressOf(1)),
      undefined,
    ]);
  });

  test('stops at 16 levels and keeps what is deeper raw', () => {
    let nested = sendBytes(1);
    for (let level = 0; level < 40; level++) nested = execBytes(2, nested);
    const { messages } = decodeStdTx(txBytes([nested]), 'terra');
    expect(messages).toHaveLength(17);
    expect(messages.every(({ value, fields }) => value === undefined && fields !== undefined)).toBe(true);
  });
});

describe('decodeStdTx with another registry', () => {
  const send = new WireWriter().bytes(1, addressOf(1)).message(3, coinBytes('uatom', '5')).finish();
  const registrations = [
    {
      ...message(
        'cosmos-sdk/MsgSend',
        signer('from', 'account'),
        field('to', 'account'),
        field('amount', coins),
      ),
      successor: 'bank.MsgSend',
    },
  ];

  test('reads the names of that registry', () => {
    const registry = makeRegistry('core/StdTx', 'cosmos', registrations);
    const { messages } = decodeStdTx(txBytes([registered('cosmos-sdk/MsgSend', send)]), undefined, registry);
    const from = encodeBech32('cosmos', addressOf(1));
    expect(messages[0]).toMatchObject({
      type: 'cosmos-sdk/MsgSend',
      name: 'bank.MsgSend',
      value: `{"from":"${from}","to":"","amount":[{"denom":"uatom","amount":"5"}]}`,
    });
  });

  test('leaves addresses raw when nothing tells their prefix', () => {
    const registry = makeRegistry('core/StdTx', undefined, registrations);
    const content = decodeStdTx(
      txBytes([registered('cosmos-sdk/MsgSend', send)], [concat()]),
      undefined,
      registry,
    );
    expect(content.messages[0]).toMatchObject({ name: 'bank.MsgSend', value: undefined });
    expect([content.feePayer, content.signatures[0]?.signer]).toEqual([undefined, undefined]);
  });
});

describe('decodeStdTx on a multisig', () => {
  const key = registered(
    'tendermint/PubKeyMultisigThreshold',
    new WireWriter()
      .varint(1, 2)
      .message(2, secp256k1(1))
      .message(2, secp256k1(2))
      .message(2, secp256k1(3))
      .finish(),
  );
  const bits = new WireWriter().varint(1, 3).bytes(2, Uint8Array.of(0b1010_0000)).finish();

  test('tells which member signed what', () => {
    const signature = new WireWriter()
      .message(1, bits)
      .bytes(2, Uint8Array.of(7))
      .bytes(2, Uint8Array.of(8))
      .finish();
    const [found] = decodeStdTx(
      txBytes([sendBytes(1)], [signatureBytes(key, signature)]),
      'terra',
    ).signatures;
    expect(found?.members).toEqual([
      { keyIndex: 0, signMode: 'SIGN_MODE_LEGACY_AMINO_JSON', signature: Uint8Array.of(7) },
      { keyIndex: 2, signMode: 'SIGN_MODE_LEGACY_AMINO_JSON', signature: Uint8Array.of(8) },
    ]);
    expect(found?.signMode).toBeUndefined();
    expect(found?.signature).toEqual(signature);
    expect(JSON.parse(found!.publicKey!)).toMatchObject({
      value: { threshold: '2', pubkeys: { length: 3 } },
    });
  });

  test.each<[string, Uint8Array]>([
    ['fewer signatures than bits', new WireWriter().message(1, bits).bytes(2, Uint8Array.of(7)).finish()],
    ['bytes that are no multisignature', Uint8Array.of(0xff, 0xff)],
  ])('keeps %s as they are', (_, signature) => {
    const [found] = decodeStdTx(
      txBytes([sendBytes(1)], [signatureBytes(key, signature)]),
      'terra',
    ).signatures;
    expect(found).toMatchObject({ members: undefined, signMode: 'SIGN_MODE_LEGACY_AMINO_JSON', signature });
  });
});

describe('decodeStdTx shows zero values as Go does', () => {
  test.each<[string, Uint8Array, string]>([
    ['bank/MsgSend', concat(), '{"from_address":"","to_address":"","amount":[]}'],
    ['bank/MsgMultiSend', concat(), '{"inputs":null,"outputs":null}'],
    ['gov/MsgVote', concat(), '{"proposal_id":"0","voter":"","option":""}'],
    ['gov/MsgSubmitProposal', concat(), '{"content":null,"initial_deposit":[],"proposer":""}'],
    ['market/MsgSwap', concat(), '{"trader":"","offer_coin":{"denom":"","amount":"0"},"ask_denom":""}'],
    ['wasm/MsgStoreCode', concat(), '{"sender":"","wasm_byte_code":""}'],
    [
      'evidence/MsgSubmitEvidence',
      new WireWriter().message(1, registered('evidence/Equivocation', concat())).finish(),
      '{"evidence":{"type":"evidence/Equivocation","value":{"height":"0","time":"1970-01-01T00:00:00Z","power":"0","consensus_address":""}},"submitter":""}',
    ],
    [
      'gov/MsgSubmitProposal',
      new WireWriter()
        .message(
          1,
          registered(
            'upgrade/SoftwareUpgradeProposal',
            new WireWriter()
              .message(
                3,
                new WireWriter()
                  .text(1, 'v2')
                  .message(2, new WireWriter().varint(1, -62135596800).finish())
                  .varint(3, 9)
                  .finish(),
              )
              .finish(),
          ),
        )
        .finish(),
      '{"content":{"type":"upgrade/SoftwareUpgradeProposal","value":{"title":"","description":"","plan":{"name":"v2","height":"9"}}},"initial_deposit":[],"proposer":""}',
    ],
    [
      'oracle/MsgExchangeRateVote',
      new WireWriter().text(1, '-1').finish(),
      '{"exchange_rate":"-0.000000000000000001","salt":"","denom":"","feeder":"","validator":""}',
    ],
  ])('%s', (type, body, json) => {
    expect(decodeStdTx(txBytes([registered(type, body)]), 'terra').messages[0]?.value).toBe(json);
  });
});

describe('decodeStdTx refuses what a node could not decode', () => {
  const send = (body: WireWriter): Uint8Array => txBytes([registered('bank/MsgSend', body.finish())]);
  const twoCoins = new WireWriter().message(3, coinBytes('uluna', '1')).message(3, coinBytes('uusd', '1e6'));
  test.each<[string, Uint8Array]>([
    ['no bytes', concat()],
    ['another tx type', concat(Uint8Array.of(4), Buffer.from('282816A9', 'hex'))],
    ['bytes after the tx', concat(txBytes([sendBytes(1)]), Uint8Array.of(0))],
    ['a shorter tx than its length', txBytes([sendBytes(1)]).subarray(0, 20)],
    ['an amount that is no number', send(twoCoins)],
    ['an amount of 256 bits', send(new WireWriter().message(3, coinBytes('uluna', String(2n ** 255n))))],
    ['a wrong wire type', send(new WireWriter().varint(1, 5))],
    ['fields out of order', send(new WireWriter().bytes(2, addressOf(1)).bytes(1, addressOf(2)))],
    ['a cut coin', send(new WireWriter().message(3, Uint8Array.of(0x0a, 9, 1)))],
    [
      'a message that is no authorisation',
      txBytes([
        registered('msgauth/MsgGrantAuthorization', new WireWriter().message(3, sendBytes(1)).finish()),
      ]),
    ],
    ['a message without a prefix', txBytes([Uint8Array.of(1)])],
    [
      'a vote option beyond a byte',
      txBytes([registered('gov/MsgVote', new WireWriter().varint(3, 256).finish())]),
    ],
    [
      'a bool of 2',
      txBytes([registered('wasm/MsgInstantiateContract', new WireWriter().varint(5, 2).finish())]),
    ],
    ['a tx field that no StdTx has', txBytes([sendBytes(1)], [], new WireWriter().varint(5, 1).finish())],
    ['two memos', txBytes([sendBytes(1)], [], new WireWriter().text(4, 'a').text(4, 'b').finish())],
    [
      'an unknown public key',
      txBytes([sendBytes(1)], [signatureBytes(Uint8Array.of(1, 2, 3, 4, 0), concat())]),
    ],
    [
      'a short public key',
      txBytes(
        [sendBytes(1)],
        [signatureBytes(registered('tendermint/PubKeySecp256k1', Uint8Array.of(1, 1)), concat())],
      ),
    ],
    [
      'a time beyond year 9999',
      txBytes([
        registered(
          'evidence/MsgSubmitEvidence',
          new WireWriter()
            .message(
              1,
              registered(
                'evidence/Equivocation',
                new WireWriter().message(2, new WireWriter().varint(1, 253402300800).finish()).finish(),
              ),
            )
            .finish(),
        ),
      ]),
    ],
  ])('%s', (_, raw) => {
    expect(() => decodeStdTx(raw, 'terra')).toThrowErrorMatchingSnapshot();
  });
});
