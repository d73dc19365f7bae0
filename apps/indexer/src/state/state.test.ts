/** The command with an application's state: as a user starts it, on the bundled chains. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openState } from '@baleen/source';
import {
  baleen,
  createEmptyDatabase,
  fixtureData,
  needsRealdata,
  type TestDatabase,
  temporaryFolder,
  unpackRecording,
  writeLevelDb,
} from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const COLUMBUS_4 = fixtureData('terra-columbus4-devnet');
const COLUMBUS_5 = fixtureData('terra-columbus5-devnet');

let database: TestDatabase;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  database = await createEmptyDatabase();
  env = { DATABASE_URL: database.url };
});
afterEach(() => database.drop());

const query = (sql: string): Promise<Record<string, unknown>[]> => database.query(sql);

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

/** Nodes of SDK 0.47: their stores have other layouts than those of columbus-5, under many of the same names. */
describe.each([
  ['terra-classic3-devnet', 'devnet-classic3-a', 216],
  ['terra-phoenix-devnet', 'devnet-phoenix-a', 203],
  ['wasmd-sdk047-devnet', 'baleen-sdk47-a', 320],
])('%s, an application whose stores are not known', (name, chainId, height) => {
  beforeEach(needsRealdata('.'));

  test('is indexed without its state: no view, function or coverage has anything of it, and the last line says why', async () => {
    const folder = unpackRecording(name)!;
    const index = () => baleen(['index', folder, '--heights', `${height - 9}..${height}`, '--quiet'], env);
    const { code, stdout } = await index();
    const why = `read the state at ${height} of \\S+application\\.db: its stores are of an application whose layouts are not known; unlike Terra core 0.5 \\(SDK 0.44\\) it has .* other differences; it is left out as a whole`;
    expect(stdout).toMatch(new RegExp(`\\n${chainId}: no state written: ${why}\\n$`));
    expect(code).toBe(0);
    expect(await ofState()).toEqual({
      covered: 0,
      states: 0,
      balances: 0,
      validators: 0,
      unknown: 0,
      undecoded: 0,
    });
    const inspected = await baleen(['inspect', folder], env);
    expect(inspected.stdout).toMatch(new RegExp(`^state +none: ${why}$`, 'm'));
    expect(inspected.stdout).toMatch(/^balances +nothing /m);

    await inventState();
    expect(await ofState()).toMatchObject({ covered: 1, states: 1, balances: 1 });
    await index();
    expect(await ofState()).toEqual({
      covered: 0,
      states: 0,
      balances: 0,
      validators: 0,
      unknown: 0,
      undecoded: 0,
    });
    const { code: refused, stderr } = await baleen(['state', folder], env);
    expect(stderr).toMatch(/its stores are of an application whose layouts are not known/);
    expect(refused).toBe(2);
  });

  const ofState = async (): Promise<unknown> =>
    (
      await query(`select
        (select count(*)::int from baleen.coverage where kind like 'state:%') as covered,
        (select count(*)::int from baleen_store.states) as states,
        (select count(*)::int from baleen.balances) as balances,
        (select count(*)::int from baleen.validators) as validators,
        (select count(*)::int from baleen_store.state_unknown) as unknown,
        (select count(*)::int from baleen.undecoded where kind = 'state') as undecoded`)
    )[0];

  /** As a version of baleen wrote it that read every state of Tendermint 0.34 as columbus-5's. */
  const inventState = (): Promise<unknown> =>
    query(`
      insert into baleen_store.states (chain_id, height, app_hash, is_proved, leaves)
        values ('${chainId}', ${height}, sha256(''), false, 1);
      insert into baleen_store.ranges (chain_id, kind, from_height, to_height)
        values ('${chainId}', 'state:bank', ${height}, ${height});
      insert into baleen_store.state_balances (chain_id, address, denom, amount, from_height)
        values ('${chainId}', 'terra1', 'uluna', 1, ${height})`);
});

function wasmRoot(): Uint8Array {
  using state = openState(COLUMBUS_4, { height: 290 });
  return state.tree('wasm').rootHash!;
}
