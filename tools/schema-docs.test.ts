import { readFileSync } from 'node:fs';
import { createDatabase, type TestDatabase, withClient } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCHEMA_PAGE, SCHEMA_SQL, schemaPage } from './schema-docs.ts';
import { type Join, joinsOf } from './schema-joins.ts';
import { schemaSql } from './schema-sql.ts';

describe('of a migrated database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  test('docs/schema.md is what it says of its views; if not, npm run schema-docs writes it', async () => {
    const page = await schemaPage(database.url);
    expect(page).not.toMatch(/^- `\\w+` .*: $/m);
    expect(page.split('\n').filter((line) => line.length > 140)).toEqual([]);
    expect(readFileSync(SCHEMA_PAGE, 'utf8')).toBe(page);
  });

  test('migrations/schema.sql is what the catalogue holds; if not, npm run schema-docs writes it', async () => {
    expect(readFileSync(SCHEMA_SQL, 'utf8')).toBe(await withClient(database.url, schemaSql));
  });
});

describe.each(['terra-columbus4-devnet', 'terra-columbus5-devnet'] as const)(
  'arrows of docs/schema.md, on %s',
  (holding) => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createDatabase({ holding, state: true });
    });
    afterAll(() => database.drop());

    const condition = ({ columns, key }: Join): string =>
      ['t.chain_id = f.chain_id', ...columns.map((column, index) => `t.${key[index]} = f.${column}`)].join(
        ' and ',
      );

    test('each names a row that is there', async () => {
      const views = await database.query<{ name: string; columns: { name: string }[] }>(
        `select c.relname as name, json_agg(json_build_object('name', a.attname) order by a.attnum) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where c.relnamespace = 'baleen'::regnamespace and c.relkind = 'v' group by 1`,
      );
      const joins = joinsOf(views);
      expect(joins.length).toBeGreaterThan(40);
      const lost = [];
      for (const join of joins) {
        const there = ['chain_id', ...join.columns].map((column) => `f.${column} is not null`).join(' and ');
        const rows = await database.query(
          `select ${['f.chain_id', ...join.columns.map((column) => `f.${column}`)].join(', ')} from baleen.${join.from} f
         where ${there} and not exists (select from baleen.${join.to} t where ${condition(join)}) limit 1`,
        );
        lost.push(...rows.map((row) => ({ from: join.from, to: join.to, row })));
      }
      expect(lost).toEqual([]);
    });
  },
);
