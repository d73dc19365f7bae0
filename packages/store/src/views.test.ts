import { type Block, GO_ZERO_SECONDS } from '@baleen/chain';
import { buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from './index.ts';
import { withCreateValidator } from './write/create-validator.fixture.ts';
import { encodeBlocks } from './write/encode.ts';

const blocks = buildBlocks({ count: 12, setChanges: [5, 9] });
const validators = blocks[0]!.validatorSet!.validators;

/** Block 7 holds evidence: one that tells the power, one whose power only the set tells, one that names nobody. */
const withEvidence = (block: Block): Block => {
  if (block.height !== 7) return block;
  const plain = {
    evidenceHeight: 3,
    time: { seconds: 1_609_459_201, nanos: 5 },
    raw: new Uint8Array([1]),
  } as const;
  const [told, asked] = [validators[1]!.address, validators[0]!.address];
  return {
    ...block,
    evidence: [
      { ...plain, kind: 'duplicate_vote', index: 0, consensusAddress: told, power: 7n, totalPower: 9n },
      {
        ...plain,
        kind: 'light_client_attack',
        index: 1,
        consensusAddress: asked,
        power: undefined,
        totalPower: undefined,
      },
      {
        ...plain,
        kind: 'light_client_attack',
        index: 1,
        consensusAddress: new Uint8Array(0),
        power: undefined,
        totalPower: undefined,
        time: { seconds: GO_ZERO_SECONDS, nanos: 0 },
      },
    ],
  };
};

describe('the views', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain());
    await store.write(
      encodeBlocks(
        blocks.map((block) => {
          if (block.height === 1) return withCreateValidator(block, 0, 'first');
          return block.height === 6 ? withCreateValidator(block, 0, 'second') : withEvidence(block);
        }),
      ),
    );
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it('validator_sets joins equal neighbours, also across sets', async () => {
    const rows = await store.query(
      `select voting_power::int as power, from_height::int as from, to_height::int as to, count(*)::int as validators
       from baleen.validator_sets group by 1, 2, 3 order by 2, 1`,
    );
    expect(rows).toEqual([
      { power: 10, from: 1, to: 12, validators: 3 },
      { power: 101, from: 1, to: 4, validators: 1 },
      { power: 105, from: 5, to: 8, validators: 1 },
      { power: 109, from: 9, to: 12, validators: 1 },
    ]);
  });

  it('operator_address is whoever took the key last, up to the height', async () => {
    expect(
      await store.query(
        `select operator_address as operator, from_height::int as from from baleen.validator_sets
         where voting_power > 10 or from_height > 1 order by 2`,
      ),
    ).toEqual([
      { operator: 'first', from: 1 },
      { operator: 'first', from: 5 },
      { operator: 'second', from: 9 },
    ]);
    expect(
      await store.query(
        `select height::int, operator_address as operator from baleen.commit_signatures
         where operator_address is not null and height in (5, 6) order by 1`,
      ),
    ).toEqual([
      { height: 5, operator: 'first' },
      { height: 6, operator: 'second' },
    ]);
    expect(
      await store.query(
        'select height::int, proposer_operator_address as operator from baleen.blocks where height in (3, 4, 8) order by 1',
      ),
    ).toEqual([
      { height: 3, operator: null },
      { height: 4, operator: 'first' },
      { height: 8, operator: 'second' },
    ]);
    expect(
      await store.query(
        'select operator_address as operator from baleen.evidence order by evidence_index, validator_index',
      ),
    ).toEqual([{ operator: null }, { operator: 'first' }, { operator: null }]);
  });

  it('commit_signatures tells who was absent, and has no vote of the head', async () => {
    const rows = await store.query(
      `select s.flag, s.time, s.signature, s.consensus_address = v.consensus_address as same
       from baleen.commit_signatures s
       join baleen.validator_sets v on v.consensus_address_hex = s.consensus_address_hex and s.height between v.from_height and v.to_height
       where s.height = 10 and s.vote_index = 3`,
    );
    expect(rows).toEqual([{ flag: 1, time: null, signature: null, same: true }]);
    expect(await store.query('select max(height)::int as head from baleen.commit_signatures')).toEqual([
      { head: 11 },
    ]);
    expect(await store.query('select height::int, vote_index, flag from baleen.missed_votes')).toEqual([
      { height: 10, vote_index: 3, flag: 1 },
    ]);
  });

  it('evidence takes the power from the set where the evidence does not tell it', async () => {
    const rows = await store.query(
      `select kind, evidence_index, validator_index, consensus_address is null as nobody, power::int, total_power::int, evidence_time_ns as ns
       from baleen.evidence order by evidence_index, validator_index`,
    );
    expect(rows).toEqual([
      {
        kind: 'duplicate_vote',
        evidence_index: 0,
        validator_index: 0,
        nobody: false,
        power: 7,
        total_power: 9,
        ns: 5,
      },
      {
        kind: 'light_client_attack',
        evidence_index: 1,
        validator_index: 0,
        nobody: false,
        power: 101,
        total_power: 131,
        ns: 5,
      },
      {
        kind: 'light_client_attack',
        evidence_index: 1,
        validator_index: 1,
        nobody: true,
        power: null,
        total_power: 131,
        ns: null,
      },
    ]);
  });

  it('events counts through the block: begin, txs in order, end', async () => {
    const rows = await store.query(
      'select phase, tx_index, phase_index from baleen.events where height = 2 order by event_index',
    );
    expect(rows.map((row) => `${row.phase} ${row.tx_index} ${row.phase_index}`)).toEqual([
      'begin_block null 0',
      'tx 0 0',
      'tx 0 1',
      'tx 1 0',
      'tx 1 1',
      'end_block null 0',
    ]);
  });

  it('time is cut to microseconds, and time_ns is whole', async () => {
    const [row] = await store.query(
      `select to_char(time at time zone 'utc', 'HH24:MI:SS.US') as time, time_ns from baleen.txs where height = 1 limit 1`,
    );
    expect(row).toEqual({ time: '00:00:06.123456', time_ns: 123_456_789 });
  });

  it('tx_fees: a tx that was refused before its messages, as its log tells, has not paid', async () => {
    expect(
      await store.query('select success, charged from baleen.tx_fees where height = 1 order by tx_index'),
    ).toEqual([
      { success: true, charged: true },
      { success: false, charged: false },
    ]);
  });
});
