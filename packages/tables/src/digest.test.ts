import { type Block, type BlockResults, type Event, InvalidText, type TxResult } from '@baleen/chain';
import { buildBlock } from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import { digests } from './facts/digests.ts';

const block = buildBlock(7);
const rowOf = (of: Block) => digests.rows(of, new Set())[0]!;
const withResults = (change: Partial<BlockResults>): Block => ({
  ...block,
  results: { ...block.results!, ...change },
});
const withTx = (change: Partial<TxResult>): Block => {
  const [first, ...others] = block.results!.txs;
  return withResults({ txs: [{ ...first!, ...change }, ...others] });
};
const event = (type: Event['type'], ...attributes: Event['attributes']): Event => ({ type, attributes });
const update = { keyType: 'ed25519', publicKey: new Uint8Array(32), power: 5n };
const params = block.consensusParams!;
const evidence = {
  kind: 'duplicate_vote' as const,
  index: 0,
  evidenceHeight: 3,
  consensusAddress: new Uint8Array(20),
  power: 4n,
  totalPower: 40n,
  time: undefined,
  raw: new Uint8Array(1),
};

describe('a digest changes with', () => {
  const whole = { ...withResults({ validatorUpdates: [update] }), evidence: [evidence] };
  test.each<[string, Block, Block]>([
    ['the code of a tx', block, withTx({ code: 1 })],
    ['its codespace', block, withTx({ codespace: 'sdk' })],
    ['its log', block, withTx({ log: '[ ]' })],
    ['its info', block, withTx({ info: 'x' })],
    ['its wanted gas', block, withTx({ gasWanted: 200_001n })],
    ['its used gas', block, withTx({ gasUsed: 70_008n })],
    ['the type of a key in a validator update', whole, { ...whole, ...updated({ keyType: 'secp256k1' }) }],
    ['the key', whole, { ...whole, ...updated({ publicKey: new Uint8Array(32).fill(1) }) }],
    ['the power', whole, { ...whole, ...updated({ power: 6n }) }],
    ['the power in evidence', whole, { ...whole, evidence: [{ ...evidence, power: 5n }] }],
    ['the total power in evidence', whole, { ...whole, evidence: [{ ...evidence, totalPower: undefined }] }],
    ['a param', block, { ...block, consensusParams: { ...params, evidenceMaxAgeBlocks: 100_001n } }],
    ['the params as a whole', block, { ...block, consensusParams: undefined }],
    ['the results as a whole', block, { ...block, results: undefined }],
  ])('%s', (_, one, other) => {
    expect(rowOf(other).facts).not.toEqual(rowOf(one).facts);
  });

  function updated(change: Partial<typeof update>): Pick<Block, 'results'> {
    return withResults({ validatorUpdates: [{ ...update, ...change }] });
  }

  const [a, b] = [event('a', ['k', 'v'], ['', '']), event('b')];
  test.each<[string, readonly Event[], readonly Event[]]>([
    ['the order of events', [a, b], [b, a]],
    ['the order of attributes', [a], [event('a', ['', ''], ['k', 'v'])]],
    ['the type of an event', [b], [event('c')]],
    ['a key', [a], [event('a', ['l', 'v'], ['', ''])]],
    ['a value', [a], [event('a', ['k', 'w'], ['', ''])]],
    ['a repeat', [a], [a, a]],
  ])('%s, in each phase', (_, one, other) => {
    for (const phase of ['beginEvents', 'endEvents', 'finalizeEvents'] as const)
      expect(rowOf(withResults({ [phase]: other })).events).not.toEqual(
        rowOf(withResults({ [phase]: one })).events,
      );
    expect(rowOf(withTx({ events: other })).events).not.toEqual(rowOf(withTx({ events: one })).events);
  });

  test('the phase of an event', () => {
    const { beginEvents, endEvents } = block.results!;
    expect(rowOf(withResults({ beginEvents: endEvents, endEvents: beginEvents })).events).not.toEqual(
      rowOf(block).events,
    );
  });
});

test('bytes that are no text change a digest of their own, so that RPC, which does not show them, gives the same other ones', () => {
  const bytes = (last: number): InvalidText => new InvalidText('a\ufffd', Uint8Array.of(0x61, last));
  const filed = withTx({ log: bytes(0xff), events: [event(bytes(0xfe), [bytes(0xfd), 'v'])] });
  const shown = withTx({ log: 'a\ufffd', events: [event('a\ufffd', ['a\ufffd', 'v'])] });
  const other = withTx({ log: bytes(0xff), events: [event(bytes(0xfe), [bytes(0xfc), 'v'])] });
  const { texts, ...rest } = rowOf(filed);
  expect(rowOf(shown)).toEqual({ ...rest, texts: null });
  expect(texts).not.toBe(null);
  expect(rowOf(other)).toEqual({ ...rest, texts: expect.not.objectContaining(texts!) });
});

test('the param that nodes of 0.37 do not show over RPC changes none', () => {
  expect(rowOf({ ...block, consensusParams: { ...params, blockTimeIotaMs: 1000n } })).toEqual(rowOf(block));
});
