/** The command with an application's state: as a user starts it, on the bundled chains. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openState } from '@baleen/source';
import {
  createEmptyDatabase,
  fixtureData,
  type TestDatabase,
  temporaryFolder,
  writeLevelDb,
} from '@baleen/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { baleen } from '../spawn-baleen.fixture.ts';

const COLUMBUS_4 = fixtureData('terra-columbus4-devnet');
const COLUMBUS_5 = fixtureData('terra-columbus5-devnet');

let database: TestDatabase;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  database = await createEmptyDatabase();
  env = { DATABASE_URL: database.url };
});
afterEach(() => database.drop());

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const stateHeight = async (): Promise<unknown> =>
  (await query('select max(height)::int as height from baleen_store.states'))[0]!.height;

/** Databases of a node, with those files only. */
function copied(data: string, ...names: string[]): string {
  const folder = join(temporaryFolder('state'), 'data');
  mkdirSync(folder);
  for (const name of names) cpSync(join(data, name), join(folder, name), { recursive: true });
  return folder;
}

describe('baleen state', () => {
  test('alone on an empty database: the state of a height, what proves it, and no block is missing', async () => {
    const { code, stdout, stderr } = await baleen(['state', COLUMBUS_5, '--height', '229', '--quiet'], env);
    expect(stderr).toBe('note: the application is at 306\n');
    expect(stdout).toMatch(
      /^baleen-col5-a: state at 229: 503 keys, 520 rows written, 17 keys kept raw; app hash [0-9a-f]{64}, as header 230 of \S+blockstore.db has it\n\nstore +keys +rows +kept raw\n/,
    );
    expect(stdout).toMatch(/^ibc +14 +14 +14$/m);
    expect(code).toBe(0);
    expect(await query('select * from baleen.gaps')).toEqual([]);
    expect((await baleen(['state', COLUMBUS_5, '--height', '229'], env)).stdout).toBe(
      'baleen-col5-a: state at 229: was there already\n',
    );
    const status = await baleen(['status'], env);
    expect(status.stdout).toMatch(/^baleen-col5-a +baleen-col5-a +0 +229 /m);
    expect(status.stdout).toMatch(
      /^baleen-col5-a: 17 keys of the state are kept raw: capability 3, ibc 14$/m,
    );
  });

  test.each([
    [
      'a pruned height, with the nearest that are kept',
      [COLUMBUS_4, '--height', '101'],
      /expected a kept version, found that it was pruned; nearest to it are 100 and 125\n$/,
    ],
    [
      'a folder without application.db',
      [copied(COLUMBUS_4, 'blockstore.db')],
      /^baleen: open state of \S+: expected a node's home, its data folder or a folder that holds application.db, found none there\n$/,
    ],
    ['the address of an RPC', ['http://127.0.0.1:1'], /which has no way to read a whole state\n$/],
    [
      'another chain than --chain says',
      [COLUMBUS_4, '--chain', 'columbus-4'],
      /^baleen: state \S+: expected chain columbus-4 \(--chain\), found devnet-col4-a; nothing written\n$/,
    ],
    ['a height that is none', [COLUMBUS_4, '--height', '0'], /--height: expected a height from 1, got "0"/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await baleen(['state', ...args], env);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await query(`select to_regclass('baleen_store.states') as there`)).toEqual([{ there: null }]);
  });

  test('refuses a state that the database’s next block does not have, and keeps the old one', async () => {
    await baleen(['index', COLUMBUS_4, '--heights', '180..200', '--state-at', '175', '--quiet'], env);
    await query(
      `update baleen_store.blocks set app_hash = sha256('another') where chain_id = 'devnet-col4-a' and height = 194`,
    );
    const { code, stderr } = await baleen(['state', COLUMBUS_4, '--height', '193', '--quiet'], env);
    expect(stderr).toMatch(
      /baleen: write the state of devnet-col4-a at 193: expected app hash \w+, as the header of 194 in the database says, found \w+ in the source; nothing written, source and database differ\n$/,
    );
    expect(code).toBe(1);
    expect(await stateHeight()).toBe(175);
  });
});

describe('baleen index', () => {
  test('takes the newest state along, again only when there is a newer one; --state-at another one', async () => {
    const index = async (...args: string[]) => {
      const { code, stdout } = await baleen(
        ['index', COLUMBUS_4, '--heights', '281..290', '--quiet', ...args],
        env,
      );
      return `${code} ${stdout.split('\n')[1]?.split(', ')[0] ?? ''}`;
    };
    expect(await index()).toBe('0 devnet-col4-a: state at 290: 441 keys');
    expect(await index()).toBe('0 devnet-col4-a: state at 290: was there already');
    expect(await index('--state-at', '193')).toBe('0 devnet-col4-a: state at 193: 350 keys');
    expect(await stateHeight()).toBe(193);
    expect(await index('--no-state')).toBe('0 ');
    expect(await stateHeight()).toBe(193);
    expect(await index('--no-state', '--state-at', '193')).toBe('2 ');
  });

  test('with a damaged state: the blocks are written, the old state stays, exit code 1', async () => {
    await baleen(['state', COLUMBUS_4, '--height', '193', '--quiet'], env);
    const folder = copied(COLUMBUS_4, 'blockstore.db', 'state.db', 'application.db', 'genesis.json');
    const root = Buffer.concat([Buffer.from('s/k:wasm/n'), Buffer.from(wasmRoot())]);
    await writeLevelDb(join(folder, 'application.db'), [[root, Buffer.from('damaged')]]);
    const { code, stdout, stderr } = await baleen(['index', folder, '--quiet'], env);
    expect(stderr).toMatch(
      /^note: the blocks are written, the state is not\nbaleen: open state of \S+: read store wasm at version 290 of \S+\/application\.db.*damaged/,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await stateHeight()).toBe(193);
    expect(await query('select count(*)::int as blocks from baleen.blocks')).toEqual([{ blocks: 290 }]);
  });
});

function wasmRoot(): Uint8Array {
  using state = openState(COLUMBUS_4, { height: 290 });
  return state.tree('wasm').rootHash!;
}
