/** Results of CometBFT 0.38 and later, in both encodings and beside those that an earlier version of the node stored. */
import type { BlockResults } from '@baleen/chain';
import { WireWriter } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import { consensusEras } from '../consensus/index.ts';
import { decodeResultsAnswer } from '../rpc/results.ts';
import { decodeConsensusParamsAnswer } from '../rpc/validators.ts';
import { PROTO_HASHES } from './hashes.ts';

const { decodeResults, decodeConsensusParams } = consensusEras['cometbft-0.38'];

const attribute = (key: string, value: string): Uint8Array =>
  new WireWriter().text(1, key).text(2, value).finish();
const event = (type: string, ...pairs: [string, string][]): Uint8Array => {
  const writer = new WireWriter().text(1, type);
  for (const [key, value] of pairs) writer.message(2, attribute(key, value));
  return writer.finish();
};
const tx = new WireWriter()
  .varint(1, 5)
  .bytes(2, Uint8Array.of(7))
  .varint(5, 100)
  .varint(6, 90)
  .message(7, event('tx'))
  .finish();
const update = new WireWriter()
  .message(1, new WireWriter().bytes(1, new Uint8Array(32)).finish())
  .varint(2, 10)
  .finish();
const APP_HASH = new Uint8Array(32).fill(9);

const stored = new WireWriter()
  .message(1, event('coinbase', ['amount', '5stake'], ['mode', 'BeginBlock']))
  .message(1, event('burn', ['mode', 'EndBlock']))
  .message(2, tx)
  .message(3, update)
  .bytes(5, APP_HASH)
  .finish();
const legacy = new WireWriter()
  .message(1, tx)
  .message(2, new WireWriter().message(1, update).message(3, event('burn')).finish())
  .message(3, new WireWriter().message(1, event('coinbase', ['amount', '5stake'])).finish())
  .finish();

const jsonOfTx = {
  code: 5,
  data: 'Bw==',
  gas_wanted: '100',
  gas_used: '90',
  events: [{ type: 'tx', attributes: [] }],
};
const jsonOfUpdate = {
  pub_key: {
    Sum: {
      type: 'tendermint.crypto.PublicKey_Ed25519',
      value: { ed25519: Buffer.alloc(32).toString('base64') },
    },
  },
  power: '10',
};
const answer = (appHash: string | undefined, later: object = {}): unknown => ({
  height: '3',
  txs_results: [jsonOfTx],
  finalize_block_events: [
    {
      type: 'coinbase',
      attributes: [
        { key: 'amount', value: '5stake', index: true },
        { key: 'mode', value: 'BeginBlock', index: true },
      ],
    },
    { type: 'burn', attributes: [{ key: 'mode', value: 'EndBlock', index: false }] },
  ],
  validator_updates: [jsonOfUpdate],
  consensus_param_updates: null,
  app_hash: appHash,
  ...later,
});
const overRpc = (json: unknown): BlockResults =>
  decodeResultsAnswer(json, 'plain', PROTO_HASHES.results).results;

describe('results that CometBFT 0.38 wrote', () => {
  test('have events of the block itself, as the application marked them', () => {
    expect(decodeResults(stored)).toMatchObject({
      beginEvents: [],
      endEvents: [],
      finalizeEvents: [
        {
          type: 'coinbase',
          attributes: [
            ['amount', '5stake'],
            ['mode', 'BeginBlock'],
          ],
        },
        { type: 'burn', attributes: [['mode', 'EndBlock']] },
      ],
      txs: [{ code: 5, gasWanted: 100n, gasUsed: 90n }],
      validatorUpdates: [{ keyType: 'ed25519', power: 10n }],
    });
  });

  test('are the same over RPC', () => {
    expect(overRpc(answer(Buffer.from(APP_HASH).toString('base64')))).toEqual(decodeResults(stored));
  });

  test('stand beside those that 0.37 wrote under the same keys, which keep their phases', () => {
    expect(decodeResults(legacy)).toEqual(consensusEras['tendermint-0.34'].decodeResults(legacy));
    expect(decodeResults(legacy)).toMatchObject({
      beginEvents: [{ type: 'coinbase', attributes: [['amount', '5stake']] }],
      endEvents: [{ type: 'burn', attributes: [] }],
      finalizeEvents: [],
    });
  });

  test.each([[''], [undefined]])(
    'a node that serves those of 0.37 (app hash %j) adds a mode, which is taken off',
    (appHash) => {
      expect(overRpc(answer(appHash))).toEqual(decodeResults(legacy));
    },
  );

  test('may lack what is empty, and half a surrogate pair is U+FFFD, as Go reads it', () => {
    const odd = [
      { type: '\ud800x', attributes: [{ key: 'a\udc00', value: null }, { key: null }, {}] },
      { attributes: null },
    ];
    const { txs, finalizeEvents } = overRpc({
      ...{ height: '3', txs_results: [{ log: '\udfff', events: odd }, {}], finalize_block_events: null },
      ...{ validator_updates: null, consensus_param_updates: null, app_hash: 'AA==' },
    });
    expect(finalizeEvents).toEqual([]);
    expect(txs).toMatchObject([
      {
        ...{ code: 0, log: '\ufffd', gasUsed: 0n },
        events: [
          {
            type: '\ufffdx',
            attributes: [
              ['a\ufffd', ''],
              ['', ''],
              ['', ''],
            ],
          },
          { type: '', attributes: [] },
        ],
      },
      { code: 0, log: '', events: [] },
    ]);
  });

  test('name keys by type and bytes in 1.x', () => {
    const key = Buffer.alloc(32).toString('base64');
    const updates = [{ power: '10', pub_key_type: 'ed25519', pub_key_bytes: key }];
    const stored1 = new WireWriter()
      .message(3, new WireWriter().varint(2, 10).bytes(3, new Uint8Array(32)).text(4, 'ed25519').finish())
      .bytes(5, APP_HASH)
      .finish();
    const expected = [{ keyType: 'ed25519', publicKey: new Uint8Array(32), power: 10n }];
    expect(decodeResults(stored1).validatorUpdates).toEqual(expected);
    expect(overRpc(answer('CQ==', { validator_updates: updates })).validatorUpdates).toEqual(expected);
  });
});

describe('params that came with CometBFT 0.38 and 1.x', () => {
  const block = new WireWriter().varint(1, 1000).varint(2, -1).finish();
  const duration = (seconds: number, nanos: number) =>
    new WireWriter().varint(1, seconds).varint(2, nanos).finish();
  const value = (height: number) => new WireWriter().varint(1, height).finish();
  const stored = (write: (params: WireWriter) => WireWriter) =>
    decodeConsensusParams(
      new WireWriter()
        .message(1, write(new WireWriter().message(1, block)).finish())
        .varint(2, 1)
        .finish(),
    );
  const answered = (more: object) =>
    decodeConsensusParamsAnswer(
      {
        block_height: '5',
        consensus_params: {
          block: { max_bytes: '1000', max_gas: '-1' },
          evidence: { max_age_num_blocks: '0', max_age_duration: '0', max_bytes: '0' },
          validator: { pub_key_types: [] },
          version: { app: '0' },
          ...more,
        },
      },
      consensusEras['cometbft-0.38'],
    );

  test.each([
    [
      'no vote extensions',
      stored((params) => params.message(5, new Uint8Array())),
      { abci: { vote_extensions_enable_height: '0' } },
      {},
    ],
    [
      'params that 0.37 stored',
      stored((params) => params),
      { abci: { vote_extensions_enable_height: '0' } },
      {},
    ],
    [
      'vote extensions',
      stored((params) => params.message(5, value(60))),
      { abci: { vote_extensions_enable_height: '60' } },
      { voteExtensionsHeight: 60n },
    ],
    [
      '1.x',
      stored((params) =>
        params
          .message(
            6,
            new WireWriter().message(1, duration(0, 505_000_000)).message(2, duration(15, 0)).finish(),
          )
          .message(7, new WireWriter().message(1, value(60)).message(2, value(70)).finish()),
      ),
      {
        synchrony: { precision: '505000000', message_delay: '15000000000' },
        feature: { vote_extensions_enable_height: '60', pbts_enable_height: '70' },
      },
      {
        voteExtensionsHeight: 60n,
        proposerTimeHeight: 70n,
        synchronyPrecisionNanos: 505_000_000n,
        synchronyDelayNanos: 15_000_000_000n,
      },
    ],
  ])('%s: from the store as over RPC', (_, fromStore, more, expected) => {
    expect(fromStore).toEqual(answered(more));
    expect(fromStore).toMatchObject(expected);
  });
});
