/** Every REST answer about state that was recorded of both bundled chains, beside SQL's; and that a changed value is seen. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase, type FixtureName, ROOT } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RestAnswer } from '../../apps/indexer/src/lcd/answer.ts';
import type { Api } from '../../apps/indexer/src/lcd/route.ts';
import { aminoMessage, NoAminoName } from '../../apps/indexer/src/lcd/routes/amino-messages.ts';
import { routes } from '../../apps/indexer/src/lcd/routes/index.ts';
import { connect } from '../../apps/indexer/src/lcd/sql-answers.ts';
import { sqlLines } from '../../apps/indexer/src/lcd/sql-lines.ts';
import { type Measured, measure } from './measure.ts';
import { PARITY_PAGE, parityPage } from './page.ts';
import { Parity } from './parity.ts';
import { readAnswers } from './recording.ts';
import { details, failures } from './report.ts';

interface Chain {
  readonly fixture: FixtureName;
  readonly legacy: Api;
  /** What is covered now; it only grows. */
  readonly compared: number;
  readonly explained: number;
}

const CHAINS: readonly Chain[] = [
  { fixture: 'terra-columbus4-devnet', legacy: 'amino-0.39', compared: 2300, explained: 3 },
  { fixture: 'terra-columbus5-devnet', legacy: 'amino-0.44', compared: 6758, explained: 80 },
];

describe.each(CHAINS)('REST of $fixture, from SQL', ({ fixture, legacy, compared, explained }) => {
  const directory = join(ROOT, 'packages/testing/fixtures', fixture);
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let measured: Measured;

  beforeAll(async () => {
    database = await createDatabase({ holding: fixture });
    measured = await measure(directory, database.url);
  });
  afterAll(() => database.drop());

  test('is what the node had answered at every recorded height', () => {
    expect(`${failures(measured).join('\n')}\n${details(measured)}`.trim()).toBe('');
  });

  test('was compared as widely as before', () => {
    expect(measured.parity.sum('compared')).toBeGreaterThanOrEqual(compared);
    expect(measured.parity.sum('explained')).toBe(explained);
  });

  test('has an answer to every route of the table that belongs to its chain', () => {
    const { table, routes } = measured.parity;
    // A query in pages is one route.
    const compared = new Set([...routes.keys()].map(({ path }) => withoutQuery(path)));
    const own = table.routes.filter(({ api }) => api === legacy).map(({ path }) => path);
    expect(own.filter((path) => !compared.has(withoutQuery(path)))).toEqual([]);
  });

  test('of a node that says otherwise agree with that in all answers at the height', () => {
    expect(measured.parity.contradictions).toEqual([]);
  });

  test('differs when a delegation has other shares', async () => {
    const answers = readAnswers(directory).filter(isOfDelegations);
    const newest = Math.max(...answers.map(({ height }) => height));
    const client = await connect(database.url);
    try {
      await client.query('begin');
      await client.query(`update baleen_store.state_delegations set shares = shares + 0.000000000000000001`);
      const parity = new Parity(legacy);
      for (const answer of answers.filter(({ height }) => height === newest))
        await parity.compare(client, answer);
      expect(parity.differences.length).toBeGreaterThan(0);
    } finally {
      await client.query('rollback');
      await client.end();
    }
  });
});

const withoutQuery = (path: string): string => path.split('?')[0]!;

const isOfDelegations = ({ request }: RestAnswer): boolean =>
  /^\/staking\/delegators\/\w+\/delegations$/.test(request);

describe('a message of the gateway, in amino’s form', () => {
  test('has numbers for options, and no number that is 0', () => {
    const vote = {
      '@type': '/cosmos.gov.v1beta1.MsgVote',
      proposal_id: '0',
      voter: 'a',
      option: 'VOTE_OPTION_NO',
    };
    expect(aminoMessage(vote)).toEqual({ type: 'gov/MsgVote', value: { voter: 'a', option: 3 } });
  });

  test('keeps coins and amounts that are 0, and texts that look so', () => {
    const change = { subspace: 'staking', key: 'MaxValidators', value: '0' };
    const submit = {
      '@type': '/cosmos.gov.v1beta1.MsgSubmitProposal',
      content: { '@type': '/cosmos.params.v1beta1.ParameterChangeProposal', title: '', changes: [change] },
      initial_deposit: [],
    };
    expect(aminoMessage(submit)).toEqual({
      type: 'gov/MsgSubmitProposal',
      value: {
        content: { type: 'params/ParameterChangeProposal', value: { changes: [change] } },
        initial_deposit: [],
      },
    });
  });

  test('leaves a contract’s own JSON alone, and has durations in nanoseconds', () => {
    const execute = {
      '@type': '/terra.wasm.v1beta1.MsgExecuteContract',
      execute_msg: { height: '0', a: '' },
    };
    expect(aminoMessage(execute)).toMatchObject({ value: { execute_msg: { height: '0', a: '' } } });
    const periodic = { '@type': '/cosmos.feegrant.v1beta1.PeriodicAllowance', period: '1.5s' };
    expect(aminoMessage(periodic)).toMatchObject({ value: { period: '1500000000' } });
  });

  test('is refused where amino has no name for it', () => {
    expect(() => aminoMessage({ '@type': '/ibc.core.client.v1.MsgCreateClient' })).toThrow(NoAminoName);
  });
});

test('docs/lcd-to-sql.md is what the table of routes says; if not, node tools/parity/page.ts writes it', () => {
  expect(readFileSync(PARITY_PAGE, 'utf8')).toBe(parityPage());
});

describe('SQL on the page', () => {
  const bare = (sql: string): string => sql.replace(/\s+/g, ' ').trim();

  test('is what the table of routes says, in lines that fit a terminal', () => {
    for (const { sql } of routes) {
      const lines = sqlLines(sql);
      expect(bare(lines.join('\n'))).toBe(bare(sql));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(140);
    }
  });

  test('has a line for each clause, and leaves texts alone', () => {
    expect(
      sqlLines(
        `select 'a  from  b' as x from t left join u using (a) where x in (select 1 from v) order by x`,
      ),
    ).toEqual([
      `select 'a  from  b' as x`,
      'from t',
      'left join u using (a)',
      'where x in (select 1 from v)',
      'order by x',
    ]);
  });
});
