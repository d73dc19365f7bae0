import type { BaleenError, Block, EraName, RawLevelDbBlock } from '@baleen/chain';
import { sha256, toHex, WireWriter } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import { createBlockDecoder } from './decode-block.ts';

const NOTHING = new Uint8Array(0);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const message = (field: number, body: Uint8Array): Uint8Array =>
  new WireWriter().message(field, body).finish();

interface Contents {
  readonly height?: number;
  readonly chainId?: string;
  readonly txs?: readonly Uint8Array[];
  readonly evidence?: readonly Uint8Array[];
  readonly partsTotal?: number;
  readonly txCount?: number;
  readonly afterBlock?: Uint8Array;
}

/** A block of chain `test-1` at height 7, as a node of the era would store it. */
function rawBlock(
  era: EraName,
  contents: Contents = {},
  rest: Partial<RawLevelDbBlock> = {},
): RawLevelDbBlock {
  const { height = 7, chainId = 'test-1', txs = [], evidence = [] } = contents;
  const header = new WireWriter().text(2, chainId).varint(3, height).message(4, NOTHING).finish();
  const list = (elements: readonly Uint8Array[]): Uint8Array =>
    Buffer.concat(elements.map((element) => message(1, element)));
  const commit = new WireWriter()
    .varint(1, height - 1)
    .message(4, new WireWriter().varint(1, 1).finish())
    .finish();
  const body = new WireWriter()
    .message(1, header)
    .message(2, list(txs))
    .message(3, list(evidence))
    .message(4, commit);
  const bare = body.raw(contents.afterBlock ?? NOTHING).finish();
  const block = era === 'tendermint-0.33' ? new WireWriter().rawVarint(bare.length).raw(bare).finish() : bare;
  const partsHeader = new WireWriter().varint(1, contents.partsTotal ?? 1).finish();
  const id = new WireWriter().bytes(1, new Uint8Array(32).fill(1)).message(2, partsHeader).finish();
  const meta = new WireWriter().message(1, id).varint(2, bare.length).message(3, header);
  const none = {
    results: undefined,
    validators: undefined,
    consensusParams: undefined,
    bech32Prefix: undefined,
  };
  const raw = {
    encoding: 'leveldb' as const,
    chainId: 'test-1',
    era,
    height: 7,
    meta: NOTHING,
    parts: [block],
    ...none,
  };
  return { ...raw, meta: meta.varint(4, contents.txCount ?? txs.length).finish(), ...rest };
}

const decode = (raw: RawLevelDbBlock): Block => createBlockDecoder()(raw);

function errorOf(raw: RawLevelDbBlock): BaleenError {
  try {
    decode(raw);
  } catch (error) {
    return error as BaleenError;
  }
  throw new TypeError('nothing was thrown');
}

const vote = (height: number): Uint8Array =>
  new WireWriter().varint(1, 2).varint(2, height).bytes(6, new Uint8Array(20).fill(9)).finish();

describe('createBlockDecoder', () => {
  test.each<EraName>(['tendermint-0.33', 'tendermint-0.34'])(
    'keeps a tx of %s that is not one, and says why',
    (era) => {
      const tx = text('not a tx');
      const block = decode(rawBlock(era, { txs: [tx] }));
      expect(block.txs).toHaveLength(1);
      expect(block.txs[0]).toMatchObject({
        index: 0,
        hash: sha256(tx),
        content: undefined,
        result: undefined,
      });
      expect(block.txs[0]!.decodeError).toEqual(expect.any(String));
      expect(block.results).toBeUndefined();
      expect(block.lastCommit).toMatchObject({ height: 6, signatures: [{ flag: 1 }] });
    },
  );

  test('joins parts wherever they were cut', () => {
    const raw = rawBlock('tendermint-0.34', { txs: [text('one'), text('two')], partsTotal: 3 });
    const whole = raw.parts[0]!;
    const parts = [whole.subarray(0, 5), whole.subarray(5, 6), whole.subarray(6)];
    expect(decode({ ...raw, parts }).txs.map((tx) => toHex(tx.raw))).toEqual([
      toHex(text('one')),
      toHex(text('two')),
    ]);
  });

  test('answers the same validator set object for the same bytes', () => {
    const key = message(1, new Uint8Array(32));
    const validator = new WireWriter().bytes(1, new Uint8Array(20)).message(2, key).varint(3, 10).finish();
    const validators = new WireWriter().message(1, message(1, validator)).varint(2, 5).finish();
    const decoder = createBlockDecoder();
    const first = decoder(rawBlock('tendermint-0.34', {}, { validators }));
    const second = decoder(rawBlock('tendermint-0.34', {}, { validators: validators.slice() }));
    expect(first.validatorSet!.validators).toMatchObject([{ keyType: 'ed25519', votingPower: 10n }]);
    expect(second.validatorSet).toBe(first.validatorSet);
  });

  test('tells one evidence per byzantine validator of a light client attack', () => {
    const byzantine = (byte: number): Uint8Array =>
      new WireWriter().bytes(1, new Uint8Array(20).fill(byte)).varint(3, byte).finish();
    const attack = new WireWriter()
      .varint(2, 4)
      .message(3, byzantine(1))
      .message(3, byzantine(2))
      .varint(4, 9);
    const raw = message(2, attack.message(5, NOTHING).finish());
    const { evidence } = decode(rawBlock('tendermint-0.34', { evidence: [raw] }));
    const common = { kind: 'light_client_attack', index: 0, evidenceHeight: 4, totalPower: 9n };
    expect(evidence).toMatchObject([
      { ...common, consensusAddress: new Uint8Array(20).fill(1), power: 1n },
      { ...common, consensusAddress: new Uint8Array(20).fill(2), power: 2n },
    ]);
  });

  test('takes the power of amino evidence from a set that was in force at its height, else leaves it unknown', () => {
    const prefix = Uint8Array.from(Buffer.from('7597750e', 'hex'));
    const duplicate = (height: number): Uint8Array =>
      new WireWriter().raw(prefix).message(2, vote(height)).message(3, vote(height)).finish();
    const key = Buffer.concat([Buffer.from('1624de6420', 'hex'), new Uint8Array(32)]);
    const validator = new WireWriter()
      .bytes(1, new Uint8Array(20).fill(9))
      .message(2, key)
      .varint(3, 10)
      .finish();
    const validators = new WireWriter().message(1, message(1, validator)).varint(2, 5).finish();
    const contents = { evidence: [duplicate(4), duplicate(5)] };
    expect(decode(rawBlock('tendermint-0.33', contents, { validators })).evidence).toMatchObject([
      { index: 0, evidenceHeight: 4, power: undefined, totalPower: undefined },
      { index: 1, evidenceHeight: 5, power: 10n, totalPower: 10n },
    ]);
  });
});

describe('a block that does not agree with itself is refused', () => {
  const where = 'decode block 7 of test-1 (tendermint-0.34): ';
  const results = message(1, NOTHING);
  test.each<[string, RawLevelDbBlock, string]>([
    ['DECODE_HEIGHT', rawBlock('tendermint-0.34', { height: 8 }), 'header.height: expected 7, found 8'],
    [
      'DECODE_CHAIN_ID',
      rawBlock('tendermint-0.34', { chainId: 'x' }),
      'header.chain_id: expected test-1, found x',
    ],
    ['DECODE_PARTS', rawBlock('tendermint-0.34', { partsTotal: 2 }), 'number of parts: expected 2, found 1'],
    ['DECODE_TX_COUNT', rawBlock('tendermint-0.34', { txCount: 2 }), 'number of txs: expected 2, found 0'],
    [
      'DECODE_RESULT_COUNT',
      rawBlock('tendermint-0.34', {}, { results }),
      'number of tx results: expected 0, found 1',
    ],
    [
      'DECODE_MALFORMED',
      rawBlock('tendermint-0.34', { afterBlock: Uint8Array.of(0x28, 1) }),
      'block: at byte 27 of 28: expected a field from 1 to 4 with bytes, found key 40',
    ],
    [
      'DECODE_MALFORMED',
      rawBlock('tendermint-0.34', {}, { results: Uint8Array.of(0x12, 5, 0) }),
      'results: at byte 2 of 3: expected 5 bytes, found 1 left',
    ],
    [
      'DECODE_MALFORMED',
      rawBlock('tendermint-0.34', {}, { validators: Uint8Array.of(0x10, 5) }),
      'validators: at byte 2 of 2: expected a validator set (field 1), found a pointer to height 5',
    ],
    [
      'DECODE_MALFORMED',
      rawBlock('tendermint-0.34', {}, { consensusParams: Uint8Array.of(0x0a, 0, 0x10, 5) }),
      'consensus params: at byte 4 of 4: expected consensus params (field 1), found a pointer to height 5',
    ],
    [
      'DECODE_MALFORMED',
      rawBlock('tendermint-0.34', {}, { meta: Uint8Array.of(0x12, 0) }),
      'meta: at byte 1 of 2: expected another wire type in field 2, found type 2',
    ],
  ])('with %s', (code, raw, message) => {
    const error = errorOf(raw);
    expect({ kind: error.kind, code: error.code, message: error.message }).toEqual({
      kind: 'data',
      code,
      message: where + message,
    });
  });

  test('when the amino length is not that of the block', () => {
    const raw = rawBlock('tendermint-0.33');
    const parts = [Buffer.concat([raw.parts[0]!, Uint8Array.of(0)])];
    expect(errorOf({ ...raw, parts }).message).toBe(
      'decode block 7 of test-1 (tendermint-0.33): block: at byte 1 of 28: expected a block of 26 bytes, found 27',
    );
  });
});
