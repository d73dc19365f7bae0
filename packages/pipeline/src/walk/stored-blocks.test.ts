/** Blocks that are made of Baleen's own rows are those that the node's files hold. */
import { sourceAt } from '@baleen/source';
import { tableNames } from '@baleen/tables';
import {
  baleen,
  createDatabase,
  fixtureData,
  indexHere,
  needsRealdata,
  sumDifferences,
  type TestDatabase,
  unpackRecording,
} from '@baleen/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { heldBy } from './block-source.ts';
import { openBlocks } from './open-blocks.ts';
import { storedKind } from './stored-kind.ts';

let database: TestDatabase | undefined;

afterEach(async () => {
  await database?.drop();
  database = undefined;
});

/** A text that is equal for equal values, whatever the order of their fields; bytes in hex. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key) {
    // A Buffer comes here as what its toJSON answers.
    const each = this[key];
    if (typeof each === 'bigint') return `${each}n`;
    if (each instanceof Uint8Array) return Buffer.from(each).toString('hex');
    if (each === null || typeof each !== 'object' || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)));
  });

/** Reads the chain from the node's files and from the database, and compares every block; resolves to how many there are. */
async function compareAll(folder: string, databaseUrl: string): Promise<number> {
  using node = await openBlocks(sourceAt(folder));
  const { chainId } = node.info;
  const stored = await storedKind({ kind: 'stored', databaseUrl, chainId }).open({});
  const rows = stored.blocks(heldBy(node));
  let count = 0;
  for await (const { block } of node.blocks(heldBy(node))) {
    const { value } = await rows.next();
    // The matcher takes a hundred times as long.
    if (canonical(value.block) !== canonical(block))
      expect(value.block, `block ${block.height}`).toEqual(block);
    count++;
  }
  expect(await rows.next()).toMatchObject({ done: true });
  stored.close();
  return count;
}

test.each(['terra-columbus4-devnet', 'terra-columbus5-devnet'] as const)(
  'every block of %s: header, commit, evidence, events, results, validators, params and txs decoded anew',
  async (name) => {
    database = await createDatabase({ holding: name });
    expect(await compareAll(fixtureData(name), database.url)).toBeGreaterThan(100);
  },
);

/** One of each way in which blocks were stored; `npm run verify-recordings` has all of them. */
describe.each(['terra-columbus3-devnet', 'terra-classic3-devnet', 'sdk050-comet038-devnet'])('%s', (name) => {
  test('every block is equal, and every table after all of them were written anew', async (context) => {
    needsRealdata(`../fixtures/${name}`)(context);
    const folder = unpackRecording(name)!;
    database = await createDatabase();
    await indexHere(folder, database.url, '--no-state');
    expect(await compareAll(folder, database.url)).toBeGreaterThan(100);
    const indexed = await database.checksums();
    const redecode = ['redecode', '--tables', tableNames.join(), '--database', database.url, '--quiet'];
    expect(await baleen(redecode)).toMatchObject({ code: 0 });
    expect(sumDifferences(indexed, await database.checksums())).toEqual([]);
  });
});
