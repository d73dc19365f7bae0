/** `npm run schema-docs [-- --database URL]`: writes docs/schema.md and migrations/schema.sql from a freshly migrated database. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '@baleen/store';
import { openServer, withClient, withDatabase } from '@baleen/testing';
import { joinsOf } from './schema-joins.ts';
import { schemaSql } from './schema-sql.ts';

export const SCHEMA_PAGE = join(import.meta.dirname, '../docs/schema.md');
export const SCHEMA_SQL = join(import.meta.dirname, '../migrations/schema.sql');

/** No line of the page is longer: it is read in terminals and reviews, too. */
const LONGEST_LINE = 140;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

interface View {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly Column[];
}

interface Call {
  /** With its arguments. */
  readonly name: string;
  readonly comment: string;
  readonly result: string;
}

/** @param url  of a migrated database, as someone who may read its catalog */
export async function schemaPage(url: string): Promise<string> {
  const views = await readViews(url);
  const calls = await readCalls(url);
  return `# The views

What applications read: schema \`baleen\`. Made of the database's own comments by \`npm run schema-docs\`; \`baleen sql\` lists the views as well.
Schema \`baleen_store\` below them is no interface: it changes without notice.

\`chain_id\`, \`lineage\`, \`height\`, \`time\`, \`tx_index\` and \`tx_hash\` mean the same in every view that has them. Absent is not zero:
\`coverage\` says for which heights the data is there, \`gaps\` what is missing and why.

## How they join

Each arrow leads from a view to the one whose row it names, by the columns on it and \`chain_id\`. Join a tx by \`chain_id\`, \`height\` and
\`tx_index\`: the same tx may stand in several blocks, and a join by \`tx_hash\` alone doubles its rows. Without an arrow a view is of its chain
alone.

${diagram(views)}

${views.map(section).join('\n\n')}

# The functions

Called as \`select * from swap_quote(1000000, 'uluna', 'uusd')\`.

${calls.map(({ name, comment, result }) => `## ${name}\n\n${wrapped(comment)}\n\n${wrapped(`Gives \`${result}\`.`)}`).join('\n\n')}
`;
}

async function readCalls(url: string): Promise<Call[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<Call>(
      `select p.proname || '(' || pg_get_function_arguments(p.oid) || ')' as name,
         coalesce(obj_description(p.oid, 'pg_proc'), '') as comment, lower(pg_get_function_result(p.oid)) as result
       from pg_proc p where p.pronamespace = 'baleen'::regnamespace order by p.proname collate "C"`,
    );
    return rows;
  });
}

async function readViews(url: string): Promise<View[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<View>(
      `select c.relname as name, coalesce(obj_description(c.oid, 'pg_class'), '') as comment,
         json_agg(json_build_object(
           'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
           'comment', coalesce(col_description(c.oid, a.attnum), '')) order by a.attnum) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'baleen'::regnamespace and c.relkind in ('v', 'm')
       group by c.oid, c.relname order by c.relname collate "C"`,
    );
    return rows;
  });
}

function section({ name, comment, columns }: View): string {
  const items = columns.map(({ name, type, comment }) => wrapped(`- \`${name}\` ${type}: ${comment}`, '  '));
  return [`## ${name}`, '', wrapped(comment), '', ...items].join('\n');
}

/** @param indent  of all lines but the first */
function wrapped(text: string, indent = ''): string {
  const lines = [''];
  for (const word of text.replaceAll('<', '&lt;').split(/\s+/)) {
    const line = lines.at(-1)!;
    const longer = line === '' ? word : `${line}${line === indent ? '' : ' '}${word}`;
    if (longer.length <= LONGEST_LINE) lines[lines.length - 1] = longer;
    else lines.push(indent + word);
  }
  return lines.join('\n');
}

function diagram(views: readonly View[]): string {
  const arrows = joinsOf(views)
    .filter(({ to }) => to !== 'chains')
    .map(({ from, columns, to }) => `  ${from} -->|${columns.join(', ')}| ${to}`);
  return ['```mermaid', 'graph LR', ...arrows, '```'].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { database: { type: 'string' } } });
  const server = await openServer(values.database);
  try {
    await withDatabase(server.url, async (url) => {
      const store = await openStore(url);
      await store.migrate();
      await store.close();
      writeFileSync(SCHEMA_PAGE, await schemaPage(url));
      writeFileSync(SCHEMA_SQL, await withClient(url, schemaSql));
    });
  } finally {
    await server.stop();
  }
}

if (process.argv[1] === import.meta.filename) await main();
