/** Whoever changes which rows a block has raises a version, so that databases that hold the block find out (`baleen redecode`). */

import { createHash } from 'node:crypto';
import type { Block } from '@baleen/chain';
import { sourceAt } from '@baleen/source';
import { type Seen, type Table, tableNames, tables } from '@baleen/tables';
import { fixtureData } from '@baleen/testing';
import { beforeAll, expect, test } from 'vitest';
import { heldBy } from '../walk/block-source.ts';
import { openBlocks } from '../walk/open-blocks.ts';
import { ROWS } from './rows-of-versions.fixture.ts';

const blocks: Block[] = [];
beforeAll(async () => {
  for (const name of ['terra-columbus4-devnet', 'terra-columbus5-devnet'] as const) {
    using source = await openBlocks(sourceAt(fixtureData(name)));
    for await (const { block } of source.blocks(heldBy(source))) blocks.push(block);
  }
});

test.each(tableNames)('%s: the rows of the bundled chains are those of its version', (name) => {
  const table = tables[name] as Table;
  const hash = createHash('md5');
  const seen: Seen = new Set();
  for (const block of blocks)
    for (const row of table.rows(block, seen)) hash.update(JSON.stringify(row, plain)).update('\n');
  const key = `${name}@${table.version}`;
  const found = hash.digest('hex');
  expect(ROWS[key], `${key} is new: add '${key}': '${found}' to rows-of-versions.fixture.ts`).toBeDefined();
  expect(
    found,
    `other rows of the same blocks: raise the version of table ${name}, or TX_DECODING if decoders changed (packages/tables)`,
  ).toBe(ROWS[key]);
});

function plain(this: Record<string, unknown>, key: string): unknown {
  // A Buffer comes here as what its toJSON answers.
  const value = this[key];
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
