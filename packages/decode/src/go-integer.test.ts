import { WireReader, WireWriter } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import { readInteger } from './amino/scalars.ts';
import { consensusEras } from './consensus/index.ts';
import { goInteger } from './go-integer.ts';
import { readInt } from './protobuf/scalars.ts';
import { decodeConsensusParamsAnswer } from './rpc/validators.ts';

describe("an sdk.Int is read as Go's literal, from amino and from protobuf alike", () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['+1', '1'],
    ['010', '8'],
    ['-017', '-15'],
    ['0x10', '16'],
    ['0b11', '3'],
    ['0o17', '15'],
    ['1_000', '1000'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('%s is %s', (text, expected) => {
    const reader = (): WireReader => {
      const field = new WireReader(new WireWriter().text(1, text).finish());
      field.key();
      return field;
    };
    expect(goInteger(text)).toBe(expected);
    expect(readInt(reader())).toBe(expected);
    expect(readInteger(reader(), {} as never)).toBe(expected);
  });

  test.each(['', '08', '1_', '0x', '1.0', '٣', ' 1', '1e3'])('%s is none', (text) => {
    expect(goInteger(text)).toBeUndefined();
  });
});

test('consensus params that 0.34 leaves out, being zero or empty, are zero and empty', () => {
  const answer = {
    block_height: '7',
    consensus_params: {
      block: { max_bytes: '22020096' },
      evidence: { max_age_num_blocks: '100', max_age_duration: '5' },
      validator: {},
      version: {},
    },
  };
  expect(decodeConsensusParamsAnswer(answer, consensusEras['tendermint-0.34'])).toMatchObject({
    blockMaxBytes: 22020096n,
    blockMaxGas: 0n,
    evidenceMaxBytes: 0n,
    validatorKeyTypes: [],
  });
});
