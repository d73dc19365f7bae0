import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baleen, createDatabase, fixture, fixtureData, replayRpc, temporaryFolder } from '@baleen/testing';
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

test('of a node whose only log of blocks is gone inspect says that, and not that the node never ran', async () => {
  const folder = temporaryFolder('lost');
  cpSync(fixtureData('terra-columbus4-devnet'), folder, { recursive: true });
  rmSync(join(folder, 'blockstore.db/000001.log'));
  const { code, stderr } = await baleen(['inspect', folder]);
  expect(stderr).toMatch(
    /expected blocks, found none; blocks end at 0, state\.db is at 290, its log 000001\.log is not there: what the node wrote last to .* is lost; index another copy/,
  );
  expect(code).toBe(2);
});

test('index says at its end which blocks have no results, until a source brings them', async () => {
  const whole = fixtureData('terra-columbus4-devnet');
  const folder = temporaryFolder('blockstore');
  for (const name of ['blockstore.db', 'genesis.json'])
    cpSync(join(whole, name), join(folder, name), { recursive: true });
  const database = await createDatabase();
  const env = { DATABASE_URL: database.url };
  const index = (from: string, heights: string) =>
    baleen(['index', from, '--heights', heights, '--no-state', '--quiet'], env);
  try {
    expect(await index(folder, '1..30')).toMatchObject({
      code: 0,
      stderr:
        'devnet-col4-a: without results, which no source had: 1..30; code, gas and log are NULL there, events are missing; ' +
        'next: baleen index with a source that has them (state.db beside blockstore.db, or a node)\n',
    });
    expect((await index(whole, '11..30')).stderr).toBe('');
    expect((await index(folder, '1..30')).stderr).toMatch(/without results, which no source had: 1\.\.10;/);
  } finally {
    await database.drop();
  }
});

test('index says at its end that the genesis could not be had, what is missing for that, and what brings it', async () => {
  const recorded = [fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')];
  const denying = await replayRpc(recorded, {
    fault: (route) =>
      route.startsWith('/genesis') ? { kind: 'answer', status: 403, body: 'not here' } : undefined,
  });
  const answering = await replayRpc(recorded);
  const database = await createDatabase();
  const env = { DATABASE_URL: database.url };
  const index = (url: string) => baleen(['index', url, '--heights', '1..30', '--quiet'], env);
  const unnamed = async (): Promise<number> => {
    const sql = 'select count(*) from validator_sets where operator_address is null';
    return Number((await baleen(['sql', sql, '--csv'], env)).stdout.trim().split('\n')[1]);
  };
  try {
    const without = await index(denying.url);
    expect(without.stderr).toMatch(
      /devnet-col4-a: the genesis could not be had \(.*: no genesis document: the endpoint answers '.*403.*'\); indexed without it\n/,
    );
    expect(without.stderr).toMatch(/missing: genesis_hash, and operator_address of validators that no /);
    expect(without.stderr).toMatch(/missing: consensus_address, as nothing else tells the prefix/);
    expect(without.stderr).toMatch(
      /next: baleen forget --chain devnet-col4-a, then baleen index with a folder /,
    );
    expect(without.code).toBe(0);
    const before = await unnamed();
    expect(before).toBeGreaterThan(0);

    const withIt = await index(answering.url);
    expect(withIt.stderr).not.toMatch(/genesis could not be had/);
    expect(await unnamed()).toBeLessThan(before);
    expect((await index(denying.url)).stderr).not.toMatch(/genesis could not be had/);

    // What an earlier source told of the chain holds for one that does not tell it.
    const nameless = 'select height from blocks where proposer_consensus_address is null';
    const namelessBlocks = async () => (await baleen(['sql', nameless, '--csv'], env)).stdout;
    expect(await namelessBlocks()).not.toBe('height\n');
    await baleen(['forget', '--chain', 'devnet-col4-a', '--heights', '1..30'], env);
    expect((await index(denying.url)).code).toBe(0);
    expect(await namelessBlocks()).toBe('height\n');
  } finally {
    await database.drop();
    await denying.close();
    await answering.close();
  }
});
