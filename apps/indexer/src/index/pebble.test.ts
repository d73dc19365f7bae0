import { join } from 'node:path';
import { baleen, createDatabase, unpackRecording } from '@baleen/testing';
import { describe, expect, test } from 'vitest';

/** Two nodes of one chain (wasmd 0.61, SDK 0.53, CometBFT 0.38), one with goleveldb, one with pebbledb. */
const RECORDING = 'wasmd-sdk053-devnet';
const goleveldb = unpackRecording(RECORDING, 'data');
const pebble = unpackRecording(RECORDING, 'data-pebble');
const killed = unpackRecording(RECORDING, 'data-pebble-killed');
const hasRecording = goleveldb !== undefined && pebble !== undefined && killed !== undefined;

async function checksumsOf(folder: string, ...options: string[]) {
  const database = await createDatabase();
  const run = await baleen(['index', join(folder, 'data'), '--no-state', '--quiet', ...options], {
    BALEEN_DATABASE: database.url,
  });
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const checksums = await database.checksums();
  await database.drop();
  return checksums;
}

describe.skipIf(!hasRecording)(
  'the rows of a node with pebbledb (BALEEN_REALDATA or ../shared/realdata)',
  () => {
    test('are those of a node with goleveldb', async () => {
      expect(await checksumsOf(pebble!)).toEqual(await checksumsOf(goleveldb!));
    });

    test('are those of a node with goleveldb also after a kill', async () => {
      const heights = ['--heights', '1..66'];
      expect(await checksumsOf(killed!, ...heights)).toEqual(await checksumsOf(goleveldb!, ...heights));
    });
  },
);
