/** Every REST answer about state that was recorded of both bundled chains, beside SQL's; and that a changed value is seen. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../fidelity/index-chain.ts';
import { connect } from './client.ts';
import { Parity } from './compare.ts';
import { type Measured, measure } from './measure.ts';
import { PARITY_PAGE, parityPage } from './page.ts';
import { type RecordedAnswer, readAnswers } from './recording.ts';
import { details, failures } from './report.ts';
import type { Api } from './route.ts';
import { routes } from './routes/index.ts';

const LONG_MS = 240_000;

interface Chain {
  readonly fixture: string;
  readonly legacy: Api;
  /** What is covered now; it only grows. */
  readonly compared: number;
  readonly explained: number;
}

const CHAINS: readonly Chain[] = [
  { fixture: 'terra-columbus4-devnet', legacy: 'amino-0.39', compared: 2079, explained: 3 },
  { fixture: 'terra-columbus5-devnet', legacy: 'amino-0.44', compared: 5981, explained: 53 },
];

describe.each(CHAINS)('REST of $fixture, from SQL', ({ fixture, legacy, compared, explained }) => {
  const directory = join(ROOT, 'packages/testing/fixtures', fixture);
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let measured: Measured;

  beforeAll(async () => {
    database = await createDatabase();
    measured = await measure(directory, database.url);
  }, LONG_MS);
  afterAll(() => database.drop());

  const sum = (of: 'compared' | 'otherwise'): number =>
    [...measured.parity.routes.values()].reduce((all, count) => all + count[of], 0);

  test('is what the node had answered at every recorded height', () => {
    expect(`${failures(measured).join('\n')}\n${details(measured)}`.trim()).toBe('');
  });

  test('was compared as widely as before', () => {
    expect(sum('compared')).toBeGreaterThanOrEqual(compared);
    expect(sum('otherwise')).toBe(explained);
  });

  test('has an answer to every route of the table that belongs to its chain', () => {
    const silent = [...measured.parity.routes.values()].filter(({ compared: count }) => count === 0);
    expect(silent.filter(({ api }) => api === legacy).map(({ path }) => path)).toEqual([]);
  });

  test('differs when a delegation has other shares', async () => {
    const answers = readAnswers(directory).filter(isOfDelegations);
    const newest = Math.max(...answers.map(({ height }) => height));
    const client = await connect(database.url);
    try {
      await client.query('begin');
      await client.query(`update baleen_store.state_delegations set shares = shares + 0.000000000000000001`);
      const parity = new Parity(routes, legacy);
      for (const answer of answers.filter(({ height }) => height === newest))
        await parity.compare(client, answer);
      const different = [...parity.routes.values()].flatMap(({ differences }) => differences);
      expect(different.length).toBeGreaterThan(0);
    } finally {
      await client.query('rollback');
      await client.end();
    }
  });
});

const isOfDelegations = ({ request }: RecordedAnswer): boolean =>
  /^\/staking\/delegators\/\w+\/delegations$/.test(request);

test('docs/lcd-to-sql.md is what the table of routes says; if not, node tools/parity/page.ts writes it', () => {
  expect(readFileSync(PARITY_PAGE, 'utf8')).toBe(parityPage());
});
