import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baleen, createDatabase, fixtureData, temporaryFolder } from '@baleen/testing';
import { expect, test } from 'vitest';

test('index says what a node has lost, and which genesis it does not use', async () => {
  const folder = temporaryFolder('lost');
  cpSync(fixtureData('terra-columbus5-devnet'), folder, { recursive: true });
  rmSync(join(folder, 'blockstore.db/000006.log'));
  writeFileSync(join(folder, 'genesis.json'), '{"chain_id":"elsewhere-1"}');
  const database = await createDatabase();
  try {
    const { code, stderr } = await baleen(['index', folder, '--no-state'], { DATABASE_URL: database.url });
    expect(stderr).toMatch(
      /warning: blocks end at \d+, state\.db is at 306, its log 000006\.log is not there: .* is lost; index another copy/,
    );
    expect(stderr).toMatch(
      /warning: the genesis of .*genesis\.json \(chain id elsewhere-1, .*\) is not used: genesisDoc of /,
    );
    expect(code).toBe(0);
  } finally {
    await database.drop();
  }
});
