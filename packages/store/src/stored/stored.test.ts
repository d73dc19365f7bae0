/** Blocks with what seldom stands in one come back from the rows as they were. */
import { type Block, type Event, GO_ZERO_SECONDS, InvalidText, type Text } from '@baleen/chain';
import { buildBlock, buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { encodeBlocks } from '../write/encode.ts';
import { openStored } from './index.ts';

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await createDatabase();
  store = await openStore(database.url);
  await store.prepareChain(describeChain());
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

const read = async (from: number, to: number): Promise<Block[]> => {
  const stored = await openStored({ kind: 'stored', databaseUrl: database.url, chainId: 'test-1' });
  const blocks: Block[] = [];
  try {
    for await (const { block, txs } of stored.read({ from, to }))
      blocks.push({ ...block, txs: txs as never });
  } finally {
    await stored.close();
  }
  return blocks;
};

/** The block as it is read: of its txs the bytes and results. */
const undecoded = (block: Block) => ({
  ...block,
  txs: block.txs.map(({ raw, result }) => ({ raw, result })),
});

const invalid = (hex: string, text: string): InvalidText =>
  new InvalidText(text, new Uint8Array(Buffer.from(hex, 'hex')));

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

describe('a block with', () => {
  const TEXTS: Text[] = [
    '',
    'a\0b',
    '\\u0000',
    '"[]{}\n',
    '\ufffd',
    '🐋',
    invalid('fffe61', '\ufffd\ufffda'),
    invalid('ff00', '\ufffd\0'),
  ];

  function withTexts(block: Block): Block {
    const events = TEXTS.map((type): Event => ({ type, attributes: TEXTS.map((text) => [text, text]) }));
    const txs = TEXTS.map((text, index) => {
      const result = { ...block.results!.txs[0]!, log: text, info: text, codespace: text, events };
      return { ...block.txs[0]!, index, result };
    });
    const results = {
      ...block.results!,
      beginEvents: events,
      endEvents: [],
      txs: txs.map(({ result }) => result),
    };
    return { ...block, txs, results };
  }

  const withTimes = (block: Block): Block => ({
    ...block,
    header: { ...block.header, time: { seconds: -5, nanos: 123_456_789 } },
    lastCommit: {
      ...block.lastCommit!,
      signatures: [
        ...block.lastCommit!.signatures,
        {
          flag: 1,
          address: new Uint8Array(),
          time: { seconds: GO_ZERO_SECONDS, nanos: 0 },
          signature: new Uint8Array(),
        },
        { flag: 3, address: Uint8Array.of(1), time: { seconds: 0, nanos: 0 }, signature: Uint8Array.of(2) },
        {
          flag: 3,
          address: Uint8Array.of(1),
          time: { seconds: -1, nanos: 999_999_999 },
          signature: Uint8Array.of(2),
        },
      ],
    },
  });

  const withZeroTime = (block: Block): Block => ({
    ...block,
    header: { ...block.header, time: { seconds: GO_ZERO_SECONDS, nanos: 0 } },
  });

  const withVoteForAnother = (block: Block): Block => ({
    ...block,
    header: { ...block.header, numTxs: 0n, totalTxs: MOST },
    lastCommit: {
      ...block.lastCommit!,
      signatures: [
        {
          ...block.lastCommit!.signatures[0]!,
          flag: 4,
          blockId: {
            hash: new Uint8Array(32).fill(3),
            partsTotal: 300,
            partsHash: new Uint8Array(32).fill(4),
          },
        },
        ...block.lastCommit!.signatures.slice(1),
      ],
    },
  });

  const withNumbers = (block: Block): Block => ({
    ...block,
    header: { ...block.header, versionApp: 2n ** 64n - 1n },
    consensusParams: {
      ...block.consensusParams!,
      ...{ blockMaxBytes: LEAST, blockMaxGas: MOST, blockTimeIotaMs: 0n, appVersion: 2n ** 64n - 1n },
      ...{ voteExtensionsHeight: 1n, synchronyPrecisionNanos: MOST, validatorKeyTypes: [] },
    },
    results: {
      ...block.results!,
      txs: [
        { ...block.results!.txs[0]!, code: 2 ** 32 - 1, gasWanted: LEAST, gasUsed: 10_000_000_000_000_000n },
        { ...block.results!.txs[1]!, gasWanted: 0n, gasUsed: -123_456_789_012n, data: new Uint8Array() },
      ],
      validatorUpdates: [{ keyType: 'secp256k1', publicKey: new Uint8Array(33).fill(9), power: MOST }],
    },
    evidence: [
      {
        ...{ kind: 'light_client_attack', index: 0, evidenceHeight: 1, consensusAddress: new Uint8Array() },
        ...{ power: undefined, totalPower: MOST, time: { seconds: 7, nanos: 1 }, raw: Uint8Array.of(1) },
      },
    ],
  });

  function withFinalizeEvents(block: Block): Block {
    const event = (mode: string): Event => ({
      type: 'a',
      attributes: [
        ['k', 'v'],
        ['mode', mode],
      ],
    });
    const finalizeEvents = [event('BeginBlock'), event('BeginBlock'), event('EndBlock')];
    return { ...block, results: { ...block.results!, beginEvents: [], endEvents: [], finalizeEvents } };
  }

  const withoutParts = (block: Block): Block => ({
    ...block,
    txs: block.txs.map((tx) => ({ ...tx, result: undefined })),
    ...{ results: undefined, validatorSet: undefined, consensusParams: undefined },
  });

  it.each([
    ['texts that Postgres or JSON refuse', withTexts],
    ['times before 1970 and votes of no time', withTimes],
    ['no time', withZeroTime],
    ['a vote for another block, as Tendermint 0.31 allows it', withVoteForAnother],
    ['the largest and least numbers, and an attack that names nobody', withNumbers],
    ['events before and after its txs in one list', withFinalizeEvents],
    ['no results, validators or params', withoutParts],
  ])('%s', async (_, change) => {
    const block = change(buildBlock(2));
    const whole = {
      ...block,
      txs:
        block.results === undefined
          ? block.txs
          : block.txs.map((tx, index) => ({ ...tx, result: block.results!.txs[index] })),
    };
    await store.write(encodeBlocks([whole]));
    expect(await read(2, 2)).toEqual([undecoded(whole)]);
  });
});

describe('a chain', () => {
  it('is read over many queries, with equal sets as one object', async () => {
    const blocks = buildBlocks({ count: 100, setChanges: [40] });
    await store.write(encodeBlocks(blocks));
    const found = await read(1, 100);
    expect(found).toEqual(blocks.map(undecoded));
    expect(found[0]!.validatorSet).toBe(found[38]!.validatorSet);
    expect(found[39]!.validatorSet).not.toBe(found[38]!.validatorSet);
  });

  it('whose block is larger than what is read at once is read block by block', async () => {
    const blocks = buildBlocks({ count: 5 }).map((block) => ({ ...block, sizeBytes: 3_000_000 }));
    await store.write(encodeBlocks(blocks));
    expect(await read(1, 5)).toEqual(blocks.map(undecoded));
  });

  it.each([
    [`delete from baleen_store.blocks where height = 5`, 'it has no row in blocks'],
    [`update baleen_store.events set attributes_raw = '\\xff' where height = 5`, 'at byte 0 of 1'],
    [`update baleen_store.blocks set validator_updates = '3' where height = 5`, 'map is not a function'],
    [
      `delete from baleen_store.validator_sets where voting_powers[1] = 105`,
      'no whole row of validator_sets',
    ],
  ])(
    'of which somebody changed block 5 (%s) is read up to there, and the error names the height',
    async (sql, found) => {
      await store.write(encodeBlocks(buildBlocks({ count: 9, setChanges: [5] })));
      await store.query(sql);
      await expect(read(5, 9)).rejects.toMatchObject({
        ...{ kind: 'data', code: 'STORE_ROWS_DAMAGED', height: 5 },
        message: expect.stringContaining(found),
      });
      await expect(read(1, 4)).resolves.toHaveLength(4);
    },
  );
});
