import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { database, dataDir } from '../cli/shared-options.ts';
import { type Database, withDatabase } from '../database.ts';
import { wrapped } from '../output/table.ts';
import { queryPages } from '../sql/query-pages.ts';
import { readerUrl } from '../sql/reader-login.ts';
import { formatters, type SqlResultFormat } from '../sql/result-formats.ts';

const LINE_WIDTH = 120;

const query = option(z.string().optional(), {
  help: 'one SQL statement; without it the views are listed',
  positional: true,
});
const csv = option(z.boolean().default(false), { help: 'print CSV with a header' });
const json = option(z.boolean().default(false), {
  help: 'print one JSON object per row; numeric as strings',
});
const readerUrlOption = option(z.string().optional(), {
  help: `URL of a login that is a member of baleen_reader; default: a login is made`,
  value: 'URL',
});

export const sql = defineCommand({
  name: 'sql',
  summary: 'run a query as the read-only role, or list the views',
  details: `The query runs in a read-only transaction, logged in as a member of baleen_reader.
  baleen sql "select height, time, tx_count from blocks order by height desc limit 5"`,
  options: z.object({ query, database, dataDir, readerUrl: readerUrlOption, csv, json }),
  run(options, context) {
    return withDatabase(options, async (db) => {
      const url = options.readerUrl ?? (await readerUrl(db, options.dataDir));
      if (options.query === undefined) await listViews(url, db, context);
      else
        await printQuery(url, options.query, options.json ? 'json' : options.csv ? 'csv' : 'table', context);
      return context.signal.aborted ? EXIT.interrupted : EXIT.done;
    });
  },
});

async function printQuery(
  url: string,
  text: string,
  format: SqlResultFormat,
  context: Context,
): Promise<void> {
  let rowCount = 0;
  let isFirst = true;
  for await (const page of queryPages(url, text, context.signal)) {
    await context.printAll(formatters[format](page, isFirst));
    isFirst = false;
    rowCount += page.rows.length;
  }
  if (format === 'table') context.print(`(${rowCount} ${rowCount === 1 ? 'row' : 'rows'})`);
}

const VIEWS = `
  select relname, coalesce(obj_description(oid, 'pg_class'), '')
  from pg_class where relnamespace = 'baleen'::regnamespace and relkind in ('v', 'm') order by relname`;

async function listViews(url: string, db: Database, context: Context): Promise<void> {
  for await (const page of queryPages(url, VIEWS, context.signal)) {
    const nameWidth = Math.max(...page.rows.map(([name]) => name?.length ?? 0)) + 2;
    for (const [name, comment] of page.rows) {
      const [first = '', ...more] = wrapped(comment ?? '', LINE_WIDTH - nameWidth);
      await context.printAll([
        `${name?.padEnd(nameWidth)}${first}`,
        ...more.map((line) => ' '.repeat(nameWidth) + line),
      ]);
    }
  }
  context.print('');
  context.print(`URL of the reader: ${url}`);
  if (db.isEmbedded) context.print('It works while PostgreSQL runs: baleen db start keeps it running.');
  context.print(`With psql:         psql "${url}"`);
  context.print(
    `Columns of a view: baleen sql "select column_name, data_type from information_schema.columns where table_name = 'txs'"`,
  );
}
