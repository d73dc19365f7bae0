import { readFileSync } from 'node:fs';
import type { Block } from '@baleen/chain';
import { buildBlocks, createDatabase, describeChain } from '@baleen/testing';
import { describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { withCreateValidator } from './create-validator.fixture.ts';
import { encodeBlocks } from './encode.ts';

/** From this height on the set has its validators in the other order. */
const REVERSED = 31;
/** Height and validator of each MsgCreateValidator. Validator 3's key has an operator from the genesis, and another one later. */
const CREATED: readonly (readonly [number, number])[] = [
  [5, 0],
  [25, 3],
  [40, 0],
];

/** Of every tenth block the last of the set is absent: validator 3, and from 31 on validator 0. At 45 validator 1 votes nil. */
const blocks: readonly Block[] = buildBlocks({ count: 60, setChanges: [20, REVERSED, 50] })
  .map((block) =>
    block.height < REVERSED
      ? block
      : { ...block, validatorSet: { validators: block.validatorSet!.validators.toReversed() } },
  )
  .map((block) => (block.lastCommit?.height === 45 ? withNilVote(block, 2) : block))
  .map((block) => {
    const made = CREATED.find(([height]) => height === block.height);
    return made === undefined ? block : withCreateValidator(block, made[1], `of ${block.height}`);
  });

function withNilVote(block: Block, index: number): Block {
  const lastCommit = block.lastCommit!;
  const address = block.validatorSet!.validators[index]!.address;
  const signatures = lastCommit.signatures.map((signature, place) =>
    place === index ? { ...signature, address, flag: 3 } : signature,
  );
  return { ...block, lastCommit: { ...lastCommit, signatures } };
}

async function* genesis(): AsyncGenerator<Uint8Array> {
  const key = Buffer.from('test-1/validator/3').toString('base64');
  const pubkey = { '@type': '/cosmos.crypto.ed25519.PubKey', key };
  const validators = [{ operator_address: 'of the genesis', consensus_pubkey: pubkey }];
  yield Buffer.from(JSON.stringify({ app_state: { staking: { validators } } }));
}

/** height, flag, validator that did not vote, operator */
type Missed = readonly [number, number, number | null, string | null];

const EXPECTED: readonly Missed[] = [
  [10, 1, 3, 'of the genesis'],
  [20, 1, 3, 'of the genesis'],
  [30, 1, 3, 'of 25'],
  [40, 1, 0, 'of 40'],
  [45, 3, 1, null],
  [50, 1, 0, 'of 40'],
];

const addresses = blocks[0]!.validatorSet!.validators.map(({ address }) => Buffer.from(address));

async function missedVotes(store: Store): Promise<Missed[]> {
  const rows = await store.query(
    'select height::int, flag, address, operator_address from baleen_store.missed_votes order by height, vote_index',
  );
  return rows.map(({ height, flag, address, operator_address }) => [
    height as number,
    flag as number,
    address === null ? null : addresses.findIndex((one) => one.equals(address as Buffer)),
    operator_address as string | null,
  ]);
}

async function inDatabase(test: (store: Store) => Promise<void>): Promise<void> {
  const database = await createDatabase();
  const store = await openStore(database.url);
  try {
    await store.prepareChain(describeChain());
    await test(store);
  } finally {
    await store.close();
    await database.drop();
  }
}

const write = (store: Store, from: number, to: number, change: (block: Block) => Block = (block) => block) =>
  store.write(encodeBlocks(blocks.slice(from - 1, to).map(change)));

const withoutSet = (block: Block): Block => ({ ...block, validatorSet: undefined });
const withoutResults = (block: Block): Block => ({
  ...block,
  results: undefined,
  txs: block.txs.map((tx) => ({ ...tx, result: undefined })),
});

describe('missed votes say who missed them', () => {
  it.each<[string, readonly (readonly [number, number])[]]>([
    ['at once', [[1, 60]]],
    ['block by block', Array.from({ length: 60 }, (_, index) => [index + 1, index + 1] as const)],
    ['block by block backwards', Array.from({ length: 60 }, (_, index) => [60 - index, 60 - index] as const)],
    [
      'in ranges, the commits before their sets',
      [
        [41, 60],
        [11, 30],
        [31, 40],
        [1, 10],
      ],
    ],
  ])('written %s', async (_, order) => {
    await inDatabase(async (store) => {
      await store.storeGenesis('test-1', genesis());
      for (const [from, to] of order) await write(store, from, to);
      expect(await missedVotes(store)).toEqual(EXPECTED);
    });
  });

  it('when the genesis comes last', async () => {
    await inDatabase(async (store) => {
      await write(store, 1, 60);
      expect((await missedVotes(store))[0]).toEqual([10, 1, 3, null]);
      await store.storeGenesis('test-1', genesis());
      expect(await missedVotes(store)).toEqual(EXPECTED);
    });
  });

  it('when the results, which tell of new validators, come later', async () => {
    await inDatabase(async (store) => {
      await store.storeGenesis('test-1', genesis());
      await write(store, 1, 60, withoutResults);
      expect((await missedVotes(store)).map(([, , , operator]) => operator)).not.toContain('of 40');
      await write(store, 36, 60);
      await write(store, 1, 35);
      expect(await missedVotes(store)).toEqual(EXPECTED);
    });
  });

  it('not where no set is known, and the set of a height stays when its block comes again without', async () => {
    await inDatabase(async (store) => {
      await store.storeGenesis('test-1', genesis());
      await write(store, 1, 15, (block) => withoutSet(withoutResults(block)));
      await write(store, 16, 39, withoutResults);
      await write(store, 40, 60, (block) => withoutSet(withoutResults(block)));
      const known: Missed[] = [
        [10, 1, null, null],
        [20, 1, 3, 'of the genesis'],
        [30, 1, 3, 'of the genesis'],
        [40, 1, null, null],
        [45, 3, 1, null],
        [50, 1, null, null],
      ];
      expect(await missedVotes(store)).toEqual(known);
      await write(store, 16, 39, withoutSet);
      expect(await missedVotes(store)).toEqual(known.with(2, EXPECTED[2]!));
    });
  });

  it('as if they had never been there, of heights beside those that were forgotten', async () => {
    await inDatabase(async (store) => {
      await store.storeGenesis('test-1', genesis());
      await write(store, 1, 60);
      await store.forget('test-1', { range: { from: 21, to: 40 } });
      const left = await missedVotes(store);
      expect(left).toEqual([
        EXPECTED[0],
        // The commit of 20 came with block 21, that of 40 with block 41; who took the key at 40 is forgotten.
        [40, 1, null, null],
        EXPECTED[4],
        [50, 1, 0, 'of 5'],
      ]);
      await write(store, 21, 40);
      expect(await missedVotes(store)).toEqual(EXPECTED);
    });
  });

  it('as the migration fills the rows of an older database', async () => {
    await inDatabase(async (store) => {
      await store.storeGenesis('test-1', genesis());
      await write(store, 1, 60);
      await store.query(
        'update baleen_store.missed_votes set operator_address = null, address = case when flag <> 1 then address end',
      );
      const migration = new URL(
        '../../../../migrations/tables/0020_operators_of_missed_votes.sql',
        import.meta.url,
      );
      const [fill] = /^update baleen_store.missed_votes.*?;/ms.exec(readFileSync(migration, 'utf8'))!;
      await store.query(fill);
      expect(await missedVotes(store)).toEqual(EXPECTED);
    });
  });
});
