/** The node is never harmed: its directory is the same after `baleen index`, and need not be writable. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  BALEEN,
  createDatabase,
  type Ended,
  type FixtureName,
  fixtureData,
  mayMount,
  onReadOnlyMount,
  pathsBelow,
  snapshotOf,
  spawnCommand,
  type TestDatabase,
  temporaryFolder,
} from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const FIXTURES: readonly [FixtureName, string][] = [
  ['terra-columbus4-devnet', '290 blocks, 456 txs'],
  ['terra-columbus5-devnet', '306 blocks, 471 txs'],
];

const NOBODY = { uid: 65534, gid: 65534 };

const othersMayRead = (): boolean =>
  process.getuid?.() === 0 && spawnSync(process.execPath, [BALEEN, '--help'], NOBODY).status === 0;

let database: TestDatabase;
beforeEach(async () => void (database = await createDatabase()));
afterEach(() => database.drop());

describe.each(FIXTURES)('baleen index of %s', (name, counts) => {
  test('leaves every byte and every time of the directory as they were', async () => {
    const folder = copyOf(name);
    await unchanged(folder, () => spawnCommand(process.execPath, indexOf(folder), environment()).ended);
  });

  test('works on a read-only mount', async (context) => {
    if (!mayMount()) context.skip('needs to mount a folder read-only (unshare --map-root-user --mount)');
    const folder = copyOf(name);
    const command = [process.execPath, ...indexOf(folder)];
    await unchanged(
      folder,
      () => spawnCommand('unshare', onReadOnlyMount(folder, ...command), environment()).ended,
    );
  });

  test('works as a user who may only read', async (context) => {
    if (!othersMayRead()) context.skip('needs root, and a clone that another user may read');
    const folder = copyOf(name);
    for (const path of [folder, ...pathsBelow(folder)])
      chmodSync(path, statSync(path).isDirectory() ? 0o555 : 0o444);
    expect(spawnSync('touch', [join(folder, 'blockstore.db/x')], NOBODY).status).not.toBe(0);
    await unchanged(
      folder,
      () => spawnCommand(process.execPath, indexOf(folder), { ...environment(), ...NOBODY }).ended,
    );
  });

  async function unchanged(folder: string, run: () => Promise<Ended>): Promise<void> {
    const before = snapshotOf(folder);
    expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining(counts), stderr: '' });
    expect(snapshotOf(folder)).toEqual(before);
  }
});

const indexOf = (folder: string): string[] => [BALEEN, 'index', folder, '--quiet'];

const environment = (): { env: NodeJS.ProcessEnv } => ({
  env: { DATABASE_URL: database.url, BALEEN_DATA_DIR: '/nonexistent' },
});

/** A folder of its own: two tests at once must not see each other's file times. */
function copyOf(name: FixtureName): string {
  const parent = temporaryFolder('untouched');
  chmodSync(parent, 0o755);
  const folder = join(parent, 'data');
  cpSync(fixtureData(name), folder, { recursive: true });
  return folder;
}
