import { join } from 'node:path';
import { type LevelDb, openLevelDb, openLiveLevelDb } from '@baleen/leveldb';
import { unpackRecording } from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import { locateNode } from './locate.ts';

/** Two nodes of one chain (wasmd 0.61, SDK 0.53, CometBFT 0.38), one with goleveldb, one with pebbledb. */
const folder = unpackRecording('wasmd-sdk053-devnet', 'data');
const pebbleFolder = unpackRecording('wasmd-sdk053-devnet', 'data-pebble');
const killedFolder = unpackRecording('wasmd-sdk053-devnet', 'data-pebble-killed');
const hasRecording = folder !== undefined && pebbleFolder !== undefined && killedFolder !== undefined;

/** The application's last height in the killed copy; its block store is one ahead. */
const KILLED_AT = 66;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function entriesOf(db: LevelDb): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [key, value] of db.entries()) entries.set(hex(key), hex(value));
  return entries;
}

/** The height that a key of the block store or the state store names, or the version of a tree's node; undefined: none. */
function heightOf(key: string): number | undefined {
  const bytes = Buffer.from(key, 'hex');
  const text = bytes.toString('latin1');
  const height = /^(?:H|P|C|SC|abciResponsesKey|consensusParamsKey):(\d+)/.exec(text);
  if (height !== null) return Number(height[1]);
  const node = /^s\/k:\w+\/s(?=.{12}$)/s.exec(text);
  return node === null ? undefined : Number(bytes.readBigUInt64BE(node[0].length));
}

const upTo = (height: number, entries: ReadonlyMap<string, string>) =>
  new Map([...entries].filter(([key]) => (heightOf(key) ?? height + 1) <= height));

describe.skipIf(!hasRecording)(
  'the databases of a node with pebbledb (BALEEN_REALDATA or ../shared/realdata)',
  () => {
    test.each(['blockstore.db', 'state.db', 'application.db', 'evidence.db'])(
      'equal those of a node with goleveldb, key by key: %s',
      (name) => {
        using goleveldb = openLevelDb(join(folder!, 'data', name));
        const expected = entriesOf(goleveldb);
        const keys = [...expected.keys()];
        expect(keys.length).toBeGreaterThan(0);
        for (const open of [openLevelDb, openLiveLevelDb]) {
          using pebble = open(join(pebbleFolder!, 'data', name));
          expect([goleveldb.backend, pebble.backend]).toEqual(['goleveldb', 'pebbledb']);
          expect(entriesOf(pebble)).toEqual(expected);
          const backwards = Array.from(pebble.entries({ reverse: true }), ([key]) => hex(key));
          expect(backwards).toEqual(keys.toReversed());
          for (const [key, value] of expected) expect(hex(pebble.get(Buffer.from(key, 'hex'))!)).toBe(value);
        }
      },
    );

    test.each(['blockstore.db', 'state.db', 'application.db'])(
      'equal them up to the height at which the node was killed: %s',
      (name) => {
        using goleveldb = openLevelDb(join(folder!, 'data', name));
        using pebble = openLevelDb(join(killedFolder!, 'data', name));
        const expected = upTo(KILLED_AT, entriesOf(goleveldb));
        expect(expected.size).toBeGreaterThan(100);
        expect(upTo(KILLED_AT, entriesOf(pebble))).toEqual(expected);
      },
    );

    test('are found like those of any node', () => {
      const { blockStore, state, databases } = locateNode(pebbleFolder!);
      expect([blockStore, state]).toEqual([
        join(pebbleFolder!, 'data/blockstore.db'),
        join(pebbleFolder!, 'data/state.db'),
      ]);
      expect(databases).toContain('application.db');
    });
  },
);
