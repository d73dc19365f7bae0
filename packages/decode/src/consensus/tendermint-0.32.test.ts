/** Blocks of Tendermint 0.31 and 0.32, recorded from columbus-1, a devnet of columbus-3's software and cosmoshub-1. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block, Commit, RawRpcBlock } from '@baleen/chain';
import { toHex, WireReader, WireWriter } from '@baleen/codec';
import { needsRealdata, realdata } from '@baleen/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { createBlockDecoder } from '../decode-block.ts';
import * as rpcRoom from '../rpc/index.ts';
import { decodePrecommits, encodePrecommits } from '../tendermint/precommits.ts';
import { decodeTaggedResults } from '../tendermint/tags.ts';
import { tendermint032 } from './tendermint-0.32.ts';

/** Decodes a `/block` answer; throws where a hash of the header or of the parts does not agree. */
function decode(answer: unknown): Block {
  const { header } = (answer as { block: { header: { chain_id: string; height: string } } }).block;
  const raw: RawRpcBlock = {
    encoding: 'rpc',
    era: 'tendermint-0.32',
    chainId: header.chain_id,
    height: Number(header.height),
    bech32Prefix: 'terra',
    endpoint: 'http://recorded',
    attributes: 'base64',
    block: answer,
    results: undefined,
    validators: undefined,
    evidenceValidators: [],
    consensusParams: undefined,
    nextResultsHash: undefined,
    answerBytes: 0,
  };
  return createBlockDecoder(rpcRoom)(raw);
}

const readJson = (folder: string, file: string): unknown => {
  const json = JSON.parse(readFileSync(join(realdata(folder)!, file), 'utf8'));
  return json.result ?? json;
};

/** A comma got into a hash of a vote when it was copied (SOURCES.tsv: last_commit_hash: BAD). */
const DAMAGED = 'block_129395.json';

const recordedIn = (folder: string): string[] =>
  readdirSync(realdata(folder)!).filter((file) => /^block_\d+\.json$/.test(file) && file !== DAMAGED);

describe('recorded blocks', () => {
  describe.each(['terra-columbus1-finder', 'terra-mantle-devnet'])('of %s', (folder) => {
    beforeEach(needsRealdata(folder));

    test('have the header, txs, votes and parts that their hashes say', () => {
      const blocks = recordedIn(folder).map((file) => decode(readJson(folder, file)));
      expect(blocks.length).toBeGreaterThanOrEqual(3);
      for (const { header, txs } of blocks) expect(header.numTxs).toBe(BigInt(txs.length));
      expect(blocks.flatMap(({ txs }) => txs).filter(({ decodeError }) => decodeError !== undefined)).toEqual(
        [],
      );
    });

    test('are refused where one byte of a vote, a count or a tx was changed', () => {
      const file = readdirSync(realdata(folder)!)
        .filter((name) => /^block_\d+\.json$/.test(name))
        .at(-1)!;
      const changes: ((block: RecordedBlock) => void)[] = [
        ({ last_commit }) => {
          const vote = last_commit.precommits.find((each) => each !== null)!;
          vote.timestamp = vote.timestamp.replace(/\dZ$/, (end) => (end === '1Z' ? '2Z' : '1Z'));
        },
        ({ header }) => {
          header.total_txs = String(Number(header.total_txs) + 1);
        },
        ({ header }) => {
          header.num_txs = String(Number(header.num_txs) + 1);
        },
      ];
      for (const change of changes) {
        const answer = readJson(folder, file) as { block: RecordedBlock };
        change(answer.block);
        expect(() => decode(answer)).toThrow(expect.objectContaining({ kind: 'data' }));
      }
    });
  });
});

describe('a damaged recording of columbus-1', () => {
  beforeEach(needsRealdata('terra-columbus1-finder'));

  test('is refused, and the damaged field named', () => {
    expect(() => decode(readJson('terra-columbus1-finder', DAMAGED))).toThrow(
      /last_commit\.precommits\.13\.block_id\.hash: expected 32 bytes/,
    );
  });
});

interface RecordedBlock {
  readonly header: { num_txs: string; total_txs: string };
  readonly last_commit: { readonly precommits: ({ timestamp: string } | null)[] };
}

describe('a commit of votes', () => {
  const bytes = (value: number, length: number): Uint8Array => new Uint8Array(length).fill(value);
  const blockId = { hash: bytes(1, 32), partsTotal: 1, partsHash: bytes(2, 32) };
  const vote = { address: bytes(3, 20), time: { seconds: 1_556_000_000, nanos: 5 }, signature: bytes(4, 64) };
  const absent = {
    flag: 1,
    address: new Uint8Array(0),
    time: { seconds: -62_135_596_800, nanos: 0 },
    signature: new Uint8Array(0),
  };
  const commit: Commit = {
    height: 7,
    round: 1,
    blockId,
    signatures: [
      { flag: 2, ...vote },
      absent,
      { flag: 3, ...vote },
      { flag: 4, ...vote, blockId: { ...blockId, hash: bytes(9, 32) } },
    ],
  };

  test('tells votes for the block, for none and for another one from absent validators', () => {
    expect(decodePrecommits(new WireReader(encodePrecommits(commit)))).toEqual(commit);
  });

  test('is refused where votes are of another round, height or place, as a node refuses it', () => {
    const encoded = encodePrecommits(commit);
    const swapped = encodePrecommits({ ...commit, signatures: commit.signatures.toReversed() });
    const otherRound = encodePrecommits({ ...commit, round: 2 });
    const firstVote = (of: Uint8Array): Uint8Array => {
      const reader = new WireReader(of);
      reader.skip(reader.key());
      reader.key();
      return reader.bytes();
    };
    for (const other of [firstVote(otherRound), firstVote(swapped)]) {
      const mixed = Buffer.concat([encoded, new WireWriter().message(2, other).finish()]);
      expect(() => decodePrecommits(new WireReader(mixed))).toThrow(
        /expected vote 4 of type 2, height 7, round 1/,
      );
    }
  });
});

describe('tags of Tendermint 0.31', () => {
  const pair = (key: string, value: string): Uint8Array =>
    new WireWriter().text(1, key).text(2, value).finish();
  const hash = (): Uint8Array => new Uint8Array(0);

  test.each(['send', '01', 'terra1abc', '{"a":1}'])(
    'with the value %s are one event without a type',
    (value) => {
      const tx = new WireWriter().message(7, pair('action', value)).message(7, pair('sender', 'x')).finish();
      const begin = new WireWriter().message(1, pair('proposer', value)).finish();
      const raw = new WireWriter().message(1, tx).message(3, begin).finish();
      const { txs, beginEvents } = decodeTaggedResults(raw, hash);
      expect(txs[0]!.events).toEqual([
        {
          type: '',
          attributes: [
            ['action', value],
            ['sender', 'x'],
          ],
        },
      ]);
      expect(beginEvents).toEqual([{ type: '', attributes: [['proposer', value]] }]);
    },
  );

  test('are told from the events of 0.32', () => {
    const event = new WireWriter().text(1, 'message').message(2, pair('action', 'send')).finish();
    const raw = new WireWriter().message(1, new WireWriter().message(7, event).finish()).finish();
    expect(decodeTaggedResults(raw, hash).txs[0]!.events).toEqual([
      { type: 'message', attributes: [['action', 'send']] },
    ]);
  });

  test('over RPC are read from the keys with capitals', () => {
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const answer = {
      height: '7',
      results: {
        DeliverTx: [{ log: 'ok', tags: [{ key: base64('action'), value: base64('send') }] }],
        EndBlock: { validator_updates: null, tags: null },
        BeginBlock: {},
      },
    };
    const decoder = rpcRoom.createRpcDecoder(tendermint032);
    const results = decoder.results({ results: answer, height: 7, attributes: 'base64' } as RawRpcBlock)!;
    expect(results.txs[0]).toMatchObject({
      code: 0,
      log: 'ok',
      events: [{ type: '', attributes: [['action', 'send']] }],
    });
    expect([results.beginEvents, results.endEvents, toHex(results.hash)]).toEqual([
      [],
      [],
      toHex(tendermint032.hashes.results(results.txs)),
    ]);
  });
});
