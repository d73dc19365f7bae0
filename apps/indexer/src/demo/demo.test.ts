import { baleen, createDatabase, spawnBaleen, temporaryFolder } from '@baleen/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => void (database = await createDatabase()));
afterAll(() => database.drop());

const demo = () => baleen(['demo', '--quiet', '--demo-database', database.url]);

test('the demo answers as REST had, and exits with 1 when a balance is another', async () => {
  const first = await demo();
  expect(first.stdout).toMatch(/290 blocks, 456 txs, /);
  expect(first.stdout).toContain('453 of 453 are equal');
  expect(first.stdout).toContain("of these 5 answers equal to REST's: 5, different: 0");
  expect(first.stdout).toContain('requests to the node: 0');
  expect(first.stdout).not.toContain('DIFFERENT');
  expect(first.code).toBe(0);

  const raised = await database.query(
    'update baleen_store.state_balances set amount = amount + 1 returning address',
  );
  expect(raised.length).toBeGreaterThan(0);

  const second = await demo();
  expect(second.stdout).toContain('all blocks were there already');
  expect(second.stdout).toContain("of these 5 answers equal to REST's: 4, different: 1");
  expect(second.stdout).toMatch(/uluna +2715312772486 +2715312772485 +DIFFERENT/);
  expect(second.stderr).toContain("SQL and the node's REST answers differ");
  expect(second.code).toBe(1);
});

test('without a database it has its own in the data folder, and leaves that of index alone', async () => {
  const env = { BALEEN_DATA_DIR: temporaryFolder('demo') };
  expect(await spawnBaleen(['demo', '--quiet'], env).ended).toMatchObject({ code: 0 });
  expect(await baleen(['db', 'url'], env)).toMatchObject({ code: 2 });
});
