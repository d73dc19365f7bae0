import { type Block, InvalidText, type Message, type Tx } from '@baleen/chain';
import { buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { openPool, queriesOf } from '../postgres/connections.ts';
import { encodeBlocks } from '../write/encode.ts';
import { rowsKeptRaw } from './undecoded.ts';

const LONG_TYPE = `/foreign.${'🐋'.repeat(300)}`;
const notText = new InvalidText('a\ufffd', new Uint8Array([0x61, 0xff]));

/** A message that no decoder knows. */
const unknown = (message: Message, type: string): Message => ({
  ...message,
  ...{ type, name: undefined, value: undefined, fields: '{"1":"a"}' },
});

/** Of every third block the first tx has messages that nothing knows; of block 10 a tx can't be decoded; some texts are no text. */
function withThingsKeptRaw(block: Block): Block {
  const [first, second] = block.txs as [Tx, Tx];
  const content = first.content!;
  const message = content.messages[0]!;
  const messages = [unknown(message, '/foreign.MsgA'), unknown({ ...message, index: 1 }, LONG_TYPE)];
  const isForeign = block.height % 3 === 0;
  const memo = block.height === 5 ? 'NUL \0' : content.memo;
  const result = first.result && { ...first.result, log: block.height === 7 ? notText : first.result.log };
  const odd = { type: 'odd', attributes: [['key', notText] as const] };
  const results = block.results && {
    ...block.results,
    beginEvents: block.height % 4 === 0 ? [odd] : [],
  };
  const changed = {
    ...first,
    result,
    content: { ...content, memo, ...(isForeign && { messages }) },
  };
  const broken = { ...second, content: undefined, decodeError: 'field 1: expected a length' };
  return { ...block, results, txs: [changed, block.height === 10 ? broken : second] };
}

const blocks = (results = true): Block[] => buildBlocks({ count: 24, results }).map(withThingsKeptRaw);

describe('the view undecoded', () => {
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

  const shown = () =>
    store.query(
      `select kind, name, things::int, first_height::int as first, last_height::int as last from baleen.undecoded order by 1, 2`,
    );

  /** The same, counted in the rows. */
  async function counted(): Promise<unknown[]> {
    const pool = openPool(database.url);
    const { rows } = await sql`
      select kind, name, count(*)::int as things, min(height)::int as first, max(height)::int as last
      from (${rowsKeptRaw('test-1', { from: 1, to: 24 })}) r group by 1, 2 order by 1, 2`.execute(
      queriesOf(pool),
    );
    await pool.end();
    return rows;
  }

  it('counts each kind of thing while it is written', async () => {
    await store.write(encodeBlocks(blocks()));
    expect(await shown()).toEqual([
      { kind: 'message', name: '/foreign.MsgA', things: 8, first: 3, last: 24 },
      { kind: 'message', name: [...LONG_TYPE].slice(0, 200).join(''), things: 8, first: 3, last: 24 },
      { kind: 'text', name: 'events.attributes', things: 6, first: 4, last: 24 },
      { kind: 'text', name: 'txs.log', things: 1, first: 7, last: 7 },
      { kind: 'text', name: 'txs.memo', things: 1, first: 5, last: 5 },
      { kind: 'tx', name: '', things: 1, first: 10, last: 10 },
    ]);
    expect(await counted()).toEqual(await shown());
  });

  it('has nothing where all can be read', async () => {
    await store.write(encodeBlocks(buildBlocks({ count: 24 })));
    expect(await shown()).toEqual([]);
  });

  it('counts the same in any order, and nothing twice when a range comes again', async () => {
    for (const [from, to] of [
      [13, 24],
      [1, 6],
      [7, 12],
      [7, 12],
      [1, 24],
    ] as const)
      await store.write(encodeBlocks(blocks().slice(from - 1, to)));
    expect(await counted()).toEqual(await shown());
    expect((await shown()).find(({ name }) => name === '/foreign.MsgA')).toMatchObject({ things: 8 });
  });

  it('stays right when blocks are replaced by ones with results', async () => {
    await store.write(encodeBlocks(blocks(false)));
    expect((await shown()).map(({ name }) => name)).not.toContain('txs.log');
    await store.write(encodeBlocks(blocks().slice(0, 12)));
    expect(await counted()).toEqual(await shown());
    await store.write(encodeBlocks(blocks().slice(12)));
    expect(await counted()).toEqual(await shown());
    expect((await shown()).map(({ name }) => name)).toContain('txs.log');
  });
});
