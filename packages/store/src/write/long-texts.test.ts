import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Block, Tx } from '@baleen/chain';
import { type Cell, type Column, indexedCells, stateTables, type Table, tables } from '@baleen/tables';
import {
  buildBlock,
  createDatabase,
  createEmptyDatabase,
  describeChain,
  type TestDatabase,
} from '@baleen/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { copyBody } from './copy.ts';
import { encodeBlocks } from './encode.ts';
import { encodeRows } from './encode-rows.ts';

/** PostgreSQL's limit of a btree entry of 8 kB pages. */
const MAX_ENTRY_BYTES = 2704;
/** Of an entry beside its columns: the item's header, a bitmap of NULLs, lengths, alignment. */
const ENTRY_OVERHEAD_BYTES = 50;
const FIXED_BYTES = 8;
/** uint64 and the 256 bits of an sdk.Int, as numeric. */
const NUMERIC_BYTES = 50;

const catalogue: readonly (Pick<Table, 'name' | 'columns'> & { readonly kind: 'fact' | 'state' })[] = [
  ...Object.values(tables).map(({ name, columns }) => ({ name, columns, kind: 'fact' as const })),
  ...stateTables.map(({ name, columns }) => ({ name, columns, kind: 'state' as const })),
];

/** Random text that no compression shortens. */
function noise(length: number, seed: string): string {
  let text = '';
  for (let part = 0; text.length < length; part++)
    text += createHash('sha512').update(`${seed} ${part}`).digest('base64');
  return text.slice(0, length);
}
const LONG = 100_000;

/** A row with a long text in every text column, as the table stores it. */
function longRow(columns: readonly Column[], chainId: string, seed: string): Record<string, Cell> {
  const row: Record<string, Cell> = {};
  for (const column of columns) {
    if (column.name in row) continue;
    row[column.name] = longCell(column, chainId, seed);
    if (!('isIndexed' in column)) continue;
    const { held, raw } = indexedCells(noise(LONG, `${seed} ${column.name}`));
    Object.assign(row, { [column.name]: held, [`${column.name}_raw`]: raw });
  }
  return row;
}

function longCell({ name, type, maxBytes = LONG }: Column, chainId: string, seed: string): Cell {
  const text = noise(maxBytes, `${seed} ${name}`);
  if (name === 'chain_id') return chainId;
  if (name === 'time') return { seconds: 1_600_000_000, nanos: 0 };
  if (name === 'height' || name === 'from_height') return type === 'numeric' ? 50n : 50;
  if (name === 'to_height') return null;
  if (type === 'text') return text;
  if (type === 'bytea') return Buffer.from(text);
  if (type === 'jsonb') return JSON.stringify([[text, text]]);
  if (type === 'numeric' || type === 'decimal') return 2n ** 255n;
  if (type === 'bool') return true;
  if (type === 'timestamptz') return { seconds: 1_600_000_000, nanos: 0 };
  if (type.endsWith('[]')) return type === 'text[]' ? [text] : [];
  return 7;
}

describe('long texts', () => {
  let database: TestDatabase;
  let store: Store;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    for (const chainId of ['indexes-first', 'indexes-after'])
      await store.prepareChain(describeChain(chainId));
    await store.writeHead(encodeBlocks([buildBlock(49, { chainId: 'indexes-first' })]));
    await store.write(encodeBlocks([buildBlock(49, { chainId: 'indexes-after' })]));
  });
  afterAll(async () => {
    await client.end();
    await store.close();
    await database.drop();
  });

  it('can stand in no index or key whose columns are not declared with what they hold at most', async () => {
    const tableOf = new Map(catalogue.map((table) => [table.name, table]));
    const { rows } = await client.query<{ table: string; index: string; columns: string[] }>(
      `select coalesce(l.table_name, t.relname) as table, i.relname as index,
         array_agg(coalesce(a.attname::text, '') order by k.place) as columns
       from pg_index x
       join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid join pg_am m on m.oid = i.relam
       left join baleen_store.leaves l on l.leaf = t.relname
       cross join lateral unnest(x.indkey[0:x.indnkeyatts - 1]) with ordinality as k (attnum, place)
       left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum and k.attnum > 0
       where t.relnamespace = 'baleen_store'::regnamespace and m.amname = 'btree'
       group by 1, 2`,
    );
    const ours = rows.filter(({ table }) => tableOf.has(table));
    expect(ours.length).toBeGreaterThan(80);
    const refusable = ours.filter(({ table, columns }) => {
      const sizes = columns.map((name) => mostBytes(tableOf.get(table)!.columns, name));
      return !(sizes.reduce((sum, size) => sum + size, ENTRY_OVERHEAD_BYTES) <= MAX_ENTRY_BYTES);
    });
    expect(refusable).toEqual([]);
  });

  /** Bytes of a key column; NaN when nothing bounds it. An expression is a hash: see the migrations. */
  function mostBytes(columns: readonly Column[], name: string): number {
    if (name === '') return 36;
    const column = columns.find((each) => each.name === name)!;
    if (column.maxBytes !== undefined) return column.maxBytes + 4;
    if (['text', 'bytea', 'jsonb'].includes(column.type) || column.type.endsWith('[]')) return Number.NaN;
    return column.type === 'numeric' || column.type === 'decimal' ? NUMERIC_BYTES : FIXED_BYTES;
  }

  it.each(catalogue)(
    'of 100 kB in each text column of $name are held, with indexes first and after',
    async (table) => {
      for (const chainId of ['indexes-first', 'indexes-after']) {
        const rows = ['one', 'other'].map((seed, index) => ({
          ...longRow(table.columns, chainId, seed),
          ...(table.columns.some(({ name }) => name === 'height') && { height: heightOf(table, index) }),
          ...(table.kind === 'state' && { from_height: 50 + index }),
        }));
        const names = table.columns.map(({ name }) => name).join(', ');
        await copyBody(client, `baleen_store.${table.name} (${names})`, encodeRows(table, rows));
      }
      if (table.kind === 'state') await client.query(`reindex table baleen_store.${table.name}`);
      const { rows } = await client.query(
        `select count(*)::int as rows from baleen_store.${table.name} where chain_id like 'indexes-%'
       ${table.kind === 'fact' && table.columns.some(({ name }) => name === 'height') ? 'and height >= 50' : ''}`,
      );
      expect(rows[0].rows).toBeGreaterThanOrEqual(4);
    },
  );

  const heightOf = ({ columns }: Pick<Table, 'columns'>, index: number) =>
    columns.find(({ name }) => name === 'height')!.type === 'numeric' ? BigInt(50 + index) : 50 + index;

  it('are no hindrance to the indexes that are built afterwards', async () => {
    await store.finish('indexes-after');
    const [status] = (await store.status()).filter(({ chainId }) => chainId === 'indexes-after');
    expect(status!.missingIndexes).toEqual([]);
  });

  it.each(['', 'terra1abc', 'x'.repeat(1024), 'é'.repeat(513), `xx${'😀'.repeat(300)}`, noise(5000, 'key')])(
    'have the form that baleen.key gives',
    async (text) => {
      const { rows } = await client.query('select baleen.key($1) as key', [text]);
      expect(rows[0].key).toBe(indexedCells(text).held);
    },
  );

  it('of a tx are found by the whole text, through every view that has them', async () => {
    const payer = noise(6000, 'payer');
    await store.prepareChain(describeChain('found'));
    await store.writeHead(
      encodeBlocks([withPayer(buildBlock(1, { chainId: 'found', txsPerBlock: 1 }), payer)]),
    );
    for (const [view, column] of [
      ['txs', 'fee_payer'],
      ['tx_fees', 'payer'],
      ['tx_signatures', 'signer'],
      ['messages', 'name'],
    ]) {
      const { rows } = await client.query(
        `select convert_from(${column}_raw, 'UTF8') as whole from baleen.${view} where ${column} = baleen.key($1)`,
        [payer],
      );
      expect(rows, view).toEqual([{ whole: payer }]);
    }
  });

  const withPayer = (block: Block, payer: string): Block => ({
    ...block,
    txs: block.txs.map((tx): Tx => {
      const content = tx.content!;
      const messages = content.messages.slice(0, 1).map((message) => ({ ...message, name: payer }));
      const signatures = content.signatures.slice(0, 1).map((signature) => ({ ...signature, signer: payer }));
      return { ...tx, content: { ...content, feePayer: payer, messages, signatures } };
    }),
  });

  it('that Postgres refuses all the same are told as what they are', async () => {
    const chainId = 'own-index';
    await store.prepareChain(describeChain(chainId));
    await store.writeHead(encodeBlocks([buildBlock(1, { chainId })]));
    const [leaf] = await store.query(
      `select leaf from baleen_store.leaves where chain_id = $1 and table_name = 'txs'`,
      [chainId],
    );
    await store.query(`create index users_own on baleen_store.${leaf!.leaf} (memo)`);
    const memo = noise(6000, 'memo');
    const block = buildBlock(2, { chainId });
    const batch = encodeBlocks([
      { ...block, txs: block.txs.map((tx) => ({ ...tx, content: { ...tx.content!, memo } })) },
    ]);
    await expect(store.write(batch)).rejects.toMatchObject({ code: 'STORE_LIMIT', kind: 'data', height: 2 });
    await expect(store.write(batch)).rejects.toThrow(
      /^write blocks 2 of own-index: Postgres can't hold a value of theirs: index row size .* "users_own"; nothing of them written; drop the index/,
    );
  });
});

describe('a chain id that Tendermint would refuse', () => {
  it('is refused before anything is written', async () => {
    const database = await createDatabase();
    const store = await openStore(database.url);
    await expect(store.prepareChain(describeChain('x'.repeat(51)))).rejects.toMatchObject({
      code: 'STORE_LONG_CHAIN_ID',
    });
    expect(await store.query('select * from baleen_store.chains')).toEqual([]);
    await store.close();
    await database.drop();
  });
});

describe('a database made before long texts were bounded', () => {
  it('is brought forward: what is too long is bounded, found, and whole beside it', async () => {
    const database = await createEmptyDatabase();
    const store = await openStore(database.url);
    await migrateTo(store, '0009');
    const text = noise(2000, 'old');
    const type = `/some.module.v1beta1.Msg${noise(600, 'type').replaceAll(/[/.+=]/g, '')}`;
    await store.query(`
      create table baleen_store.txs_1 partition of baleen_store.txs for values in ('old-1') partition by range (height);
      create table baleen_store.txs_1_0 partition of baleen_store.txs_1 for values from (0) to (1000);
      create table baleen_store.messages_1 partition of baleen_store.messages for values in ('old-1') partition by range (height);
      create table baleen_store.messages_1_0 partition of baleen_store.messages_1 for values from (0) to (1000);
      insert into baleen_store.txs (chain_id, height, tx_index, fee_payer, raw) values ('old-1', 1, 0, '${text}', ''), ('old-1', 1, 1, 'short', '');
      insert into baleen_store.messages (chain_id, height, tx_index, msg_index, path, type, raw) values ('old-1', 1, 0, 0, '', '${type}', '')`);
    await store.migrate();
    expect(
      await store.query(
        `select fee_payer = baleen.key($1) as found, convert_from(fee_payer_raw, 'UTF8') = $1 as whole, length(fee_payer) as length
         from baleen.txs order by tx_index`,
        [text],
      ),
    ).toEqual([
      { found: true, whole: true, length: 900 + 1 + 'sha256:'.length + 64 },
      { found: false, whole: null, length: 5 },
    ]);
    expect(await store.query('select name from baleen.messages')).toEqual([
      { name: type.replace('/some.module.v1beta1', 'module') },
    ]);
    await store.close();
    await database.drop();
  });

  /** Applies the table files up to a number, as the version that had no later ones did. */
  async function migrateTo(store: Store, last: string): Promise<void> {
    const folder = new URL('../../../../migrations/tables/', import.meta.url);
    await store.query(
      `create schema baleen_store; create schema baleen;
       create table baleen_store.definitions (name text primary key, hash text not null, applied_at timestamptz not null default now())`,
    );
    for (const name of readdirSync(folder).sort()) {
      if (name.slice(0, 4) > last) continue;
      const text = readFileSync(new URL(name, folder), 'utf8');
      await store.query(text);
      await store.query('insert into baleen_store.definitions (name, hash) values ($1, $2)', [
        `tables/${name}`,
        createHash('sha256').update(text).digest('hex'),
      ]);
    }
  }
});
