import { readFileSync } from 'node:fs';
import type { Message } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { buildBlock } from '@baleen/testing';
import { describe, expect, it } from 'vitest';
import { GenesisOperators } from '../genesis-operators.ts';
import { tables } from '../index.ts';

const OPERATOR = 'terravaloper1yn85tcuna7lmat5phgkrznt4cu5wtly4xc7z4c';
const AMINO = {
  validator_address: OPERATOR,
  pubkey: 'terravalconspub1zcjduepq9nkg6azkf92c95v2vxf909ratsq02k4fymzsu9nm8frwlnvdm5nq8ulmzf',
};
const PROTOBUF = {
  validator_address: OPERATOR,
  pubkey: {
    '@type': '/cosmos.crypto.ed25519.PubKey',
    key: 'JmS+g1kYCBsKRkxm7YHSeGl9bd0ncq1uBMOeheQSdKs=',
  },
};

/** As the devnets' own RPC tells them. */
const AMINO_ADDRESS = '5EEC8671D9E75751D10515C281B98620D14D7A6E';
const PROTOBUF_ADDRESS = 'F6A93293B8B747B1A3F134B6BC49E5E1F66617F0';

const message = (name: string, path: string, value: object = {}): Message => ({
  index: 0,
  path,
  type: name,
  name,
  value: JSON.stringify(value),
  fields: undefined,
  raw: new Uint8Array(0),
});
const create = (value: object, path = ''): Message => message('staking.MsgCreateValidator', path, value);

/** Rows of a block whose only tx has these messages. */
function rowsOf(messages: readonly Message[], code = 0) {
  const block = buildBlock(7, { txsPerBlock: 1 });
  const [tx] = block.txs;
  const content = { ...tx!.content!, messages };
  const result = { ...tx!.result!, code };
  return tables.validator_operators
    .rows({ ...block, txs: [{ ...tx!, content, result }] }, new Set())
    .map(
      ({ height, address, operator_address }) =>
        `${height} ${toHex(address).toUpperCase()} ${operator_address}`,
    );
}

describe('validator_operators', () => {
  it('has the key of a successful MsgCreateValidator, amino or protobuf', () => {
    expect(rowsOf([create(AMINO)])).toEqual([`7 ${AMINO_ADDRESS} ${OPERATOR}`]);
    expect(rowsOf([create(PROTOBUF)])).toEqual([`7 ${PROTOBUF_ADDRESS} ${OPERATOR}`]);
  });

  it('has nothing of a failed tx, of another message, of another kind of key', () => {
    expect(rowsOf([create(AMINO)], 5)).toEqual([]);
    expect(rowsOf([message('staking.MsgEditValidator', '', AMINO)])).toEqual([]);
    const secp256k1 = { '@type': '/cosmos.crypto.secp256k1.PubKey', key: 'AA==' };
    expect(rowsOf([create({ ...PROTOBUF, pubkey: secp256k1 })])).toEqual([]);
  });

  it('has one that an authorised tx ran, and none that waits in a proposal', () => {
    expect(rowsOf([message('authz.MsgExec', ''), create(PROTOBUF, '0')])).toHaveLength(1);
    const proposal = [message('authz.MsgExec', ''), message('gov.MsgSubmitProposal', '0')];
    expect(rowsOf([...proposal, create(PROTOBUF, '0.0')])).toEqual([]);
  });
});

describe('GenesisOperators', () => {
  const minified = (chain: string): Buffer => {
    const file = `../../../testing/fixtures/${chain}/data/genesis.json`;
    return Buffer.from(JSON.stringify(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))));
  };
  const found = (document: Buffer, chunkBytes: number): string[] => {
    const operators = new GenesisOperators();
    for (let start = 0; start < document.length; start += chunkBytes)
      operators.push(document.subarray(start, start + chunkBytes));
    return operators.keys.map(({ address, operator }) => `${toHex(address).toUpperCase()} ${operator}`);
  };

  it.each([
    {
      chain: 'terra-columbus4-devnet',
      gentxs: [
        `${AMINO_ADDRESS} terravaloper1kda8tzj7zk8zpu4jl9esqj4pdqwz3t4tj5vnkm`,
        'EAA3F1BDFEF8886C3D5E5827FB9A71D0B7E5932C terravaloper14060wrzfwc9cy6v3rfpsjnyus5dj5r0vjyqkyp',
      ],
    },
    {
      chain: 'terra-columbus5-devnet',
      gentxs: [
        `${PROTOBUF_ADDRESS} ${OPERATOR}`,
        'A0C3B0B35BA360941A5E370292C78382FE23E123 terravaloper1mjvn7t3t0tff848j0vrfj7lgedqywpskydl6q7',
      ],
    },
  ])('finds the gentxs of $chain', ({ chain, gentxs }) => {
    const document = minified(chain);
    for (const chunkBytes of [1, 7, 1000, document.length])
      expect(found(document, chunkBytes)).toEqual(gentxs);
  });

  it('finds the validators of an exported state, whatever their texts hold', () => {
    const validator = (operator: string, consensus_pubkey: unknown) => ({
      operator_address: operator,
      consensus_pubkey,
      description: { moniker: '"}]\\\\{[', details: '\u00e9' },
    });
    const state = {
      // Of the same shape, but elsewhere.
      other: { staking: { validators: [validator('x', AMINO.pubkey)] }, validators: [AMINO] },
      staking: {
        delegations: [{ validator_address: OPERATOR, shares: '1' }],
        validators: [validator('a', AMINO.pubkey), validator('b', PROTOBUF.pubkey)],
      },
    };
    const document = Buffer.from(JSON.stringify({ chain_id: 'x', app_state: state, validators: [AMINO] }));
    for (const chunkBytes of [1, 13, document.length])
      expect(found(document, chunkBytes)).toEqual([`${AMINO_ADDRESS} a`, `${PROTOBUF_ADDRESS} b`]);
  });
});
