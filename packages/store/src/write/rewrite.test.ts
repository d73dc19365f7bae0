import type { Block, Message } from '@baleen/chain';
import { buildBlock, buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { contents } from './contents.fixture.ts';
import { encodeBlocks } from './encode.ts';

const SHAPE = { count: 30, setChanges: [12] };
const blocks = buildBlocks(SHAPE);

/** The block as an older decoder read it, who did not know the message of its first tx. */
function asOnce(block: Block): Block {
  const [first, ...others] = block.txs;
  const content = first!.content!;
  const message: Message = { ...content.messages[0]!, name: undefined, value: undefined, fields: '{}' };
  return {
    ...block,
    txs: [{ ...first!, content: { ...content, messages: [message], memo: 'once' } }, ...others],
  };
}

describe('rewrite', () => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain());
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const undecoded = () =>
    store.query(
      `select things::int, first_height::int as first, last_height::int as last from baleen.undecoded where kind = 'message'`,
    );

  it('replaces the rows of the chosen tables alone, and what is undecoded falls', async () => {
    await store.write(encodeBlocks(blocks));
    const whole = await contents(store);
    await store.forget('test-1', { range: { from: 1, to: 30 } });
    await store.write(encodeBlocks(blocks.map(asOnce)));
    await store.finish('test-1');
    expect(await undecoded()).toEqual([{ things: 30, first: 1, last: 30 }]);

    expect(await store.rewrite(encodeBlocks(blocks.slice(0, 10), ['messages']), ['messages'])).toBe(
      'written',
    );
    await store.afterRedecode('test-1', ['messages']);
    expect(await undecoded()).toEqual([{ things: 20, first: 11, last: 30 }]);
    expect(await store.query(`select from baleen_store.txs where memo = 'once'`)).toHaveLength(30);

    expect(await store.rewrite(encodeBlocks(blocks, ['messages', 'txs']), ['messages', 'txs'])).toBe(
      'written',
    );
    await store.afterRedecode('test-1', ['messages', 'txs']);
    expect(await contents(store)).toEqual(whole);
  });

  it('replaces content, whose old rows go once no height refers to them', async () => {
    await store.write(encodeBlocks(blocks));
    const whole = await contents(store);
    const names = ['consensus_params', 'validator_sets', 'validators'] as const;
    const other = blocks.map((block) => ({
      ...block,
      bech32Prefix: 'other',
      consensusParams: { ...block.consensusParams!, appVersion: 7n },
    }));
    await store.rewrite(encodeBlocks(other, names), names);
    await store.afterRedecode('test-1', names);
    expect(await store.query('select app_version from baleen_store.consensus_params')).toEqual([
      { app_version: '7' },
    ]);
    expect(
      await store.query(`select from baleen_store.validators where consensus_address like 'othervalcons1%'`),
    ).toHaveLength(4);
    for (const part of [blocks.slice(15), blocks.slice(0, 15)])
      await store.rewrite(encodeBlocks(part, names), names);
    await store.afterRedecode('test-1', names);
    expect(await contents(store)).toEqual(whole);
  });

  it('writes nothing if the blocks have got results, other ones, or are forgotten since they were read', async () => {
    const bare = buildBlocks({ ...SHAPE, results: false });
    const names = ['txs'] as const;
    expect(await store.rewrite(encodeBlocks(bare, names), names)).toBe('changed');
    await store.write(encodeBlocks(bare));
    expect(await store.rewrite(encodeBlocks(blocks, names), names)).toBe('changed');
    await store.write(encodeBlocks(blocks));
    const whole = await contents(store);
    expect(await store.rewrite(encodeBlocks(bare, names), names)).toBe('changed');
    const head = blocks.at(-1)!;
    const other = { ...head, results: { ...head.results!, hash: new Uint8Array(32) } };
    expect(await store.rewrite(encodeBlocks([other], names), names)).toBe('changed');
    const read = await store.head('test-1');
    await store.writeHead(encodeBlocks([head, buildBlock(31, SHAPE)]));
    await store.forget('test-1', { range: { from: 31, to: 31 } });
    expect(await store.rewrite(encodeBlocks([head], names), names, read)).toBe('changed');
    const now = await store.head('test-1');
    expect(await store.rewrite(encodeBlocks([head], names), names, now)).toBe('written');
    expect(await contents(store)).toEqual(whole);
  });

  it('marks rows as outdated, and what was asked for goes on where it was', async () => {
    await store.write(encodeBlocks(blocks));
    const asked = { tables: ['messages'], range: { from: 5, to: 20 }, what: 'messages of 5..20' } as const;
    const left = () => store.outdatedTables('test-1');
    await store.markOutdated('test-1', asked);
    expect(await left()).toEqual([{ table: 'messages', ranges: [{ from: 5, to: 20 }], isAskedFor: true }]);
    await store.rewrite(encodeBlocks(blocks.slice(4, 12), ['messages']), ['messages']);
    await store.markOutdated('test-1', asked);
    expect(await left()).toEqual([{ table: 'messages', ranges: [{ from: 13, to: 20 }], isAskedFor: true }]);
    await store.markOutdated('test-1', { ...asked, what: 'messages of 5..20 by other descriptors' });
    expect(await left()).toEqual([{ table: 'messages', ranges: [{ from: 5, to: 20 }], isAskedFor: true }]);
    await store.rewrite(encodeBlocks(blocks, ['messages']), ['messages']);
    expect(await left()).toEqual([]);
  });

  it('has the leaves vacuumed again, whose rows it replaced', async () => {
    const sealed = () =>
      store.query(
        `select table_name from baleen_store.leaves where sealed_at is not null and table_name in ('txs', 'messages')`,
      );
    await store.write(encodeBlocks(blocks));
    await store.query(`update baleen_store.leaves set sealed_at = now()`);
    await store.rewrite(encodeBlocks(blocks, ['messages']), ['messages']);
    expect(await sealed()).toEqual([{ table_name: 'txs' }]);
  });
});
