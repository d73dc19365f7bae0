import { InvalidText } from '@baleen/chain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createProtobufTxDecoder, plansOf } from './index.ts';
import { createMessageTypes, NESTED_MESSAGES, uniformName } from './message-types.ts';
import { SIGNER_FIELDS } from './signers.ts';
import { any, coin, encode, encodeTx } from './tx.fixture.ts';

type Fields = Parameters<typeof encode>;

const decode = createProtobufTxDecoder([() => plansOf(['terra-columbus5'])]);
const SEND = '/cosmos.bank.v1beta1.MsgSend';
const EXECUTE = '/terra.wasm.v1beta1.MsgExecuteContract';
const shown = (type: string, raw: Uint8Array): unknown => {
  const { value, fields } = decode(encodeTx([any(type, raw)]), 'terra').messages[0]!;
  expect(value === undefined).toBe(fields !== undefined);
  return value === undefined ? undefined : JSON.parse(value);
};
const messageOf = (...failure: Fields): string => {
  try {
    decode(encodeTx([any(SEND, encode(...failure))]), 'terra');
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

describe('a message', () => {
  test('that is empty shows every field', () => {
    expect(shown(SEND, encode())).toEqual({ from_address: '', to_address: '', amount: [] });
    expect(shown('/cosmos.authz.v1beta1.MsgGrant', encode())).toEqual({
      granter: '',
      grantee: '',
      grant: { authorization: null, expiration: '0001-01-01T00:00:00Z' },
    });
    expect(shown('/cosmos.staking.v1beta1.MsgEditValidator', encode())).toMatchObject({
      commission_rate: null,
      min_self_delegation: null,
    });
  });

  test('of an unknown type keeps its schemaless reading and its bytes', () => {
    const raw = encode([1, 'hello'], [2, 7]);
    expect(decode(encodeTx([any('/ethermint.evm.v1.MsgEthereumTx', raw)]), 'evmos').messages).toEqual([
      {
        index: 0,
        path: '',
        type: '/ethermint.evm.v1.MsgEthereumTx',
        name: 'evm.MsgEthereumTx',
        value: undefined,
        fields: '{"1":"hello","2":7}',
        raw,
      },
    ]);
  });

  test('with an unknown field, at any depth, is not understood rather than shown without it', () => {
    expect(shown(SEND, encode([1, 'terra1x'], [9, 1]))).toBeUndefined();
    expect(shown(SEND, encode([3, encode([1, 'uluna'], [7, 'more'])]))).toBeUndefined();
    const authorization = any('/unknown.v1.Thing', encode());
    expect(shown('/cosmos.authz.v1beta1.MsgGrant', encode([3, encode([1, authorization])]))).toBeUndefined();
  });

  test('shows raw JSON without white space, HTML escaped as Go does', () => {
    const raw = encode([3, ' { "a b" : [ 1, "<\\" \u2028>" ] }']);
    const { value } = decode(encodeTx([any(EXECUTE, raw)]), 'terra').messages[0]!;
    expect(value).toBe(
      '{"sender":"","contract":"","execute_msg":{"a b":[1,"\\u003c\\" \\u2028\\u003e"]},"coins":[]}',
    );
    expect(shown(EXECUTE, encode([3, 'no json']))).toBeUndefined();
    expect(shown(EXECUTE, encode())).toMatchObject({ execute_msg: null });
  });

  test.each([
    ['5', '5'],
    ['+5', '5'],
    ['-0', '0'],
    ['', '0'],
    ['0x1F', '31'],
    ['017', '15'],
    ['1_000', '1000'],
    ['9'.repeat(77), '9'.repeat(77)],
  ])('reads an Int of %j as Go does', (text, amount) => {
    expect(shown(SEND, encode([3, coin('uluna', text)]))).toMatchObject({
      amount: [{ denom: 'uluna', amount }],
    });
  });

  test.each([
    ['1500000000000000000', '1.500000000000000000'],
    ['-1', '-0.000000000000000001'],
    ['0', '0.000000000000000000'],
  ])('shows a Dec of scaled digits %s as %s', (digits, weight) => {
    expect(
      shown('/cosmos.gov.v1beta1.MsgVoteWeighted', encode([3, encode([1, 1], [2, digits])])),
    ).toMatchObject({ options: [{ option: 'VOTE_OPTION_YES', weight }] });
  });

  test.each([
    [0, 0, '1970-01-01T00:00:00Z'],
    [1, 500_000_000, '1970-01-01T00:00:01.500Z'],
    [1, 120_000, '1970-01-01T00:00:01.000120Z'],
    [-1, 1, '1969-12-31T23:59:59.000000001Z'],
  ])('shows a time of %d s and %d ns as %s', (seconds, nanos, expiration) => {
    const grant = encode([3, encode([2, encode([1, seconds], [2, nanos])])]);
    expect(shown('/cosmos.authz.v1beta1.MsgGrant', grant)).toMatchObject({ grant: { expiration } });
  });

  test('shows an enum without a name as its number', () => {
    expect(shown('/cosmos.gov.v1beta1.MsgVote', encode([3, 9]))).toMatchObject({ option: 9 });
  });

  test('that repeats a single field: the last scalar wins, messages are merged', () => {
    expect(shown(SEND, encode([1, 'a'], [1, 'b']))).toMatchObject({ from_address: 'b' });
    const twice = encode([2, coin('uluna', '1')], [2, encode([2, '2'])]);
    expect(shown('/terra.market.v1beta1.MsgSwap', twice)).toMatchObject({
      offer_coin: { denom: 'uluna', amount: '2' },
    });
  });

  test('reads any 64-bit number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (id) => {
        expect(shown('/cosmos.gov.v1beta1.MsgVote', encode([1, id]))).toMatchObject({
          proposal_id: String(id),
        });
      }),
    );
  });

  test('shows any text and any coins as they are', () => {
    const coins = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.bigInt({ min: 0n, max: 2n ** 255n })));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), coins, (from, list) => {
        const raw = encode([1, from], ...list.map(([denom, n]) => [3, coin(denom, String(n))] as const));
        expect(shown(SEND, raw)).toEqual({
          from_address: from,
          to_address: '',
          amount: list.map(([denom, amount]) => ({ denom, amount: String(amount) })),
        });
      }),
    );
  });
});

describe('messages inside messages', () => {
  const exec = (...inner: Uint8Array[]): Uint8Array =>
    any('/cosmos.authz.v1beta1.MsgExec', encode(...inner.map((one) => [2, one] as const)));
  const send = any(SEND, encode([1, 'a']));

  test('follow their parent, with dotted paths', () => {
    const { messages } = decode(encodeTx([exec(send, exec(send)), send]), 'terra');
    expect(messages.map(({ index, path, name }) => [index, path, name])).toEqual([
      [0, '', 'authz.MsgExec'],
      [0, '0', 'bank.MsgSend'],
      [0, '1', 'authz.MsgExec'],
      [0, '1.0', 'bank.MsgSend'],
      [1, '', 'bank.MsgSend'],
    ]);
  });

  test('of unknown types are kept, and their parent is not understood', () => {
    const { messages } = decode(encodeTx([exec(any('/x.v1.Y', encode([1, 'z'])))]), 'terra');
    expect(messages.map(({ value, fields, name }) => [name, value, fields])).toEqual([
      ['authz.MsgExec', undefined, '{"2":{"1":"/x.v1.Y","2":{"1":"z"}}}'],
      ['x.Y', undefined, '{"1":"z"}'],
    ]);
  });

  test('are told by themselves down to 32; deeper ones stay in the bytes of those around them', () => {
    const nested = (depth: number): Uint8Array => (depth === 0 ? send : exec(nested(depth - 1)));
    const { messages } = decode(encodeTx([nested(40), send]), 'terra');
    expect(messages.map(({ path }) => path.split('.').length).slice(0, 34)).toEqual([
      1,
      ...Array.from({ length: 32 }, (_, depth) => depth + 1),
      1,
    ]);
    expect(messages.every(({ value }) => value !== undefined)).toBe(true);
    const [deepest] = decode(encodeTx([nested(2_000)]), 'terra').messages;
    expect(deepest).toMatchObject({ value: undefined, fields: expect.stringContaining('base64') });
  });
});

const EMPTY_SEND = any(SEND, encode());

describe('a message whose bytes do not fit its descriptor', () => {
  const bytes = encodeTx([any('/cosmos.bank.v1beta1.MsgSend', encode([1, 7])), EMPTY_SEND]);

  test('is refused with its tx, as the chain does', () => {
    expect(() => decode(bytes, 'terra')).toThrow('msg 0 /cosmos.bank.v1beta1.MsgSend.from_address');
  });

  test('stays raw where nobody knows the application, and all else of the tx is there', () => {
    const lenient = createProtobufTxDecoder([() => plansOf(['terra-columbus5'])], true);
    expect(
      lenient(bytes, 'terra').messages.map(({ name, value, fields }) => [name, value !== undefined, fields]),
    ).toEqual([
      ['bank.MsgSend', false, '{"1":7}'],
      ['bank.MsgSend', true, undefined],
    ]);
  });
});

describe('a field that occurs again and again', () => {
  test('is read in one pass, as the one that Go merges: 50,000 coins of one MsgDelegate', () => {
    const amounts = Array.from({ length: 50_000 }, () => [3, encode()] as const);
    const delegate = encode([1, 'a'], ...amounts, [3, coin('u', '1')], [3, encode([1, 'uluna'])]);
    const [message] = decode(
      encodeTx([any('/cosmos.staking.v1beta1.MsgDelegate', delegate)]),
      'terra',
    ).messages;
    expect(JSON.parse(message!.value!)).toEqual({
      delegator_address: 'a',
      validator_address: '',
      amount: { denom: 'uluna', amount: '1' },
    });
  });

  test('a fee has the coins of all, and the last gas', () => {
    const fee = (denom: string, gas: number) => encode([1, coin(denom, '1')], [2, gas]);
    const { feeCoins, feeGas } = decode(
      encodeTx([EMPTY_SEND], encode([2, fee('a', 7)], [2, fee('b', 8)])),
      'terra',
    );
    expect({ feeCoins, feeGas }).toEqual({
      feeCoins: [
        { denom: 'a', amount: 1n },
        { denom: 'b', amount: 1n },
      ],
      feeGas: 8n,
    });
  });
});

describe('a tx', () => {
  test('without anything is read', () => {
    expect(decode(new Uint8Array(), 'terra')).toEqual({
      messages: [],
      memo: '',
      feeCoins: [],
      feeGas: 0n,
      feeGranter: undefined,
      feePayer: undefined,
      signatures: [],
      timeoutHeight: 0n,
    });
  });

  test('may have more signatures than signers, and fewer', () => {
    const info = encode([1, encode([2, encode([1, encode([1, 1])])])]);
    const more = decode(encodeTx([], info, Uint8Array.of(1), Uint8Array.of(2)), 'terra').signatures;
    expect(more.map(({ signMode, sequence }) => [signMode, sequence])).toEqual([
      ['SIGN_MODE_DIRECT', 0n],
      [undefined, undefined],
    ]);
    expect(decode(encodeTx([], info), 'terra').signatures[0]!.signature).toEqual(new Uint8Array());
  });

  test('is paid by its granter, else its payer', () => {
    const fee = (...more: Fields): Uint8Array => encode([2, encode(...more)]);
    expect(decode(encodeTx([], fee([3, 'payer'], [4, 'granter'])), 'terra')).toMatchObject({
      feePayer: 'granter',
      feeGranter: 'granter',
    });
    expect(decode(encodeTx([], fee([3, 'payer'])), 'terra').feePayer).toBe('payer');
  });

  test('keeps a memo that is no UTF-8', () => {
    const body = encode([2, Uint8Array.of(0xff, 0x41)]);
    expect(decode(encode([1, body]), 'terra').memo).toEqual(
      new InvalidText('\ufffdA', Uint8Array.of(0xff, 0x41)),
    );
  });

  test('may have extension options and fields that are not critical, which stay in its bytes', () => {
    const body = encode([1023, any('/x.Y', encode())], [2047, any('/x.Z', encode())], [1030, 1]);
    expect(decode(encode([1, body]), 'terra').messages).toEqual([]);
  });

  test('shows a key of an unknown kind with its bytes', () => {
    const key = any('/ethermint.crypto.v1.ethsecp256k1.PubKey', Uint8Array.of(10, 1, 7));
    const [signature] = decode(encodeTx([], encode([1, encode([1, key])])), 'evmos').signatures;
    expect(signature!.publicKey).toBe('{"@type":"/ethermint.crypto.v1.ethsecp256k1.PubKey","value":"CgEH"}');
    expect(signature!.signer).toBeUndefined();
  });

  test('of any bytes is read or refused, never with another error', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...Object.keys(SIGNER_FIELDS)),
        (bytes, type) => {
          for (const raw of [bytes, encodeTx([any(`/${type}`, bytes)], bytes)])
            try {
              decode(raw, 'terra');
            } catch (error) {
              expect(error).toMatchObject({ kind: 'data', code: 'DECODE_PROTOBUF' });
            }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('bytes that the chain refuses', () => {
  test.each([
    ['0aff', 'tx: at byte 1 of 2: expected a varint below 2^53, found a longer one or the end'],
    ['2201', 'tx: expected body_bytes, auth_info_bytes and signatures, found field 4'],
    ['0a022001', 'body: expected a field of TxBody, found field 4'],
    ['0a0210', 'tx: at byte 2 of 3: expected 2 bytes, found 1 left'],
    ['0a031203ff', 'body.memo: at byte 2 of 3: expected 3 bytes, found 1 left'],
    ['12021a00', 'auth_info: expected a field of AuthInfo, found field 3'],
    ['120612040a021201', 'auth_info.fee.amount[0].amount: at byte 6 of 6: expected 1 bytes, found 0 left'],
    ['120812060a0412023178', 'auth_info.fee.amount[0].amount: expected an integer, found "1x"'],
    ['12060a0412021a00', 'auth_info.signer_infos[0]: expected single or multi, found field 3'],
    ['0a040a021801', 'msg 0 : expected type_url and value, found field 3'],
  ])('%s is refused with its place', (hex, message) => {
    expect(() => decode(Buffer.from(hex, 'hex'), 'terra')).toThrow(message);
  });

  test.each<[string, Fields]>([
    [
      'amount[1].amount: expected an integer, found "1e6"',
      [
        [3, coin('a', '1')],
        [3, coin('b', '1e6')],
      ],
    ],
    ['amount[0].amount: expected at most 256 bits, found ', [[3, coin('a', '9'.repeat(78))]]],
    ['from_address: expected wire type 2, found 0', [[1, 5]]],
  ])('are told by message and field: %s', (text, fields) => {
    expect(messageOf(...fields)).toContain(`msg 0 /cosmos.bank.v1beta1.MsgSend.${text}`);
  });
});

describe('type names', () => {
  test.each([
    [SEND, 'bank.MsgSend'],
    ['/ibc.core.client.v1.MsgCreateClient', 'client.MsgCreateClient'],
    ['/terra.wasm.v1beta1.MsgStoreCode', 'wasm.MsgStoreCode'],
    ['/a.v1beta2.v2.Msg', 'a.Msg'],
    ['/Msg', 'Msg'],
    ['', undefined],
  ])('%s is %s', (url, name) => expect(uniformName(url)).toBe(name));
});

test('signer fields and nested messages of the tables are in the descriptors where those have the message', () => {
  const typeOf = createMessageTypes(plansOf(['ibc6-wasmd030', 'sdk046', 'terra-columbus5', 'terra-phoenix']));
  for (const [name, fields] of Object.entries(SIGNER_FIELDS))
    expect([name, typeOf(Buffer.from(`/${name}`)).signerPaths?.length]).toEqual([name, fields.length]);
  for (const name of Object.keys(NESTED_MESSAGES))
    expect([name, typeOf(Buffer.from(`/${name}`)).nestedField]).toEqual([name, expect.any(Number)]);
});
