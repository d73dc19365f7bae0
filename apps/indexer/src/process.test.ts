/** The command in a process of its own. All other tests of commands run them in the test's process. */
import { baleen, createDatabase, fixtureData, spawnBaleen, type TestDatabase } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from './commands.ts';

const SOURCE = fixtureData('terra-columbus4-devnet');
/** Nothing listens on port 1. */
const NOWHERE = 'postgres://whale:secret@127.0.0.1:1/sea';

let database: TestDatabase;
beforeAll(
  async () => void (database = await createDatabase({ holding: 'terra-columbus4-devnet', state: true })),
);
afterAll(() => database.drop());

describe('a process of its own', () => {
  test.each(commands)('knows $name', async ({ name }) => {
    const { code, stdout, stderr } = await spawnBaleen([...name.split(' '), '--help']).ended;
    expect(stdout).toMatch(new RegExp(`^Usage: baleen ${name}\\b`));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each([
    [0, ['--version']],
    [0, ['index', SOURCE]],
    [0, ['state', SOURCE]],
    [0, ['inspect', SOURCE]],
    [0, ['status']],
    [0, ['gaps']],
    [0, ['migrate', '--dry-run']],
    [0, ['sql', 'select height, tx_count from blocks order by height limit 3']],
    [2, ['sql', 'select swims from blocks']],
    [2, ['swim']],
    [3, ['status', '--database', NOWHERE]],
    [4, ['status', '--fail-lag', '60s']],
  ])('ends with %i after baleen %j, and says what it says in another one', async (code, args) => {
    const env = { DATABASE_URL: database.url };
    const spawned = await spawnBaleen(args, env).ended;
    expect(spawned.code).toBe(code);
    expect(withoutNumbers(spawned)).toEqual(withoutNumbers(await baleen(args, env)));
  });
});

/** Times and estimates differ from run to run. */
const withoutNumbers = (ended: object): unknown =>
  JSON.parse(JSON.stringify(ended).replaceAll(/\d+(\.\d+)?/g, '0'));
