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

/** Prints the size of the young generation of the main thread's heap, in bytes, when the process ends. */
const PRINT_YOUNG = `import v8 from 'node:v8';
  const young = () => v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  process.once('exit', () => console.error(young().space_size));`;

test('the main thread of a command keeps a small young generation', async () => {
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(PRINT_YOUNG)}`];
  const { code, stderr } = await spawnBaleen(['inspect', SOURCE], {}, flags).ended;
  expect(code).toBe(0);
  // 2 MB, in two halves; V8 by itself lets it grow to 16 or 32 MB while the command is loaded.
  expect(Number(stderr)).toBeGreaterThan(0);
  expect(Number(stderr)).toBeLessThan(4e6);
});

/** Times and estimates differ from run to run. */
const withoutNumbers = (ended: object): unknown =>
  JSON.parse(JSON.stringify(ended).replaceAll(/\d+(\.\d+)?/g, '0'));
