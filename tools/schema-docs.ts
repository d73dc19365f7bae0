/** `npm run schema-docs [-- --database URL]`: writes docs/schema.md from the comments of a freshly migrated database. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '@baleen/store';
import { openServer, withClient, withDatabase } from '@baleen/testing';

export const SCHEMA_PAGE = join(import.meta.dirname, '../docs/schema.md');

interface Column {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

interface View {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly Column[];
  /** Columns that tell its rows apart, as its comment says. */
  readonly key: readonly string[];
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

\`chain_id\`, \`lineage\`, \`height\`, \`time\`, \`tx_index\` and \`tx_hash\` mean the same in every view that has them. Absent is not zero: \`coverage\` says for which
heights the data is there, \`gaps\` what is missing and why.

## How they join

Each arrow is the shortest key that joins two views; all of them begin with \`chain_id\`.

${diagram(views)}

${views.map(section).join('\n\n')}

# The functions

Called as \`select * from swap_quote(1000000, 'uluna', 'uusd')\`.

${calls.map(({ name, comment, result }) => `## ${name}\n\n${comment}\n\nGives \`${result}\`.`).join('\n\n')}
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
    const { rows } = await client.query<Omit<View, 'key'>>(
      `select c.relname as name, coalesce(obj_description(c.oid, 'pg_class'), '') as comment,
         json_agg(json_build_object(
           'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
           'comment', coalesce(col_description(c.oid, a.attnum), '')) order by a.attnum) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'baleen'::regnamespace and c.relkind in ('v', 'm')
       group by c.oid, c.relname order by c.relname collate "C"`,
    );
    return rows.map((view) => ({ ...view, key: keyOf(view.comment) }));
  });
}

function keyOf(comment: string): string[] {
  const [, columns] = /\bKey: ([\w, ]+)\./.exec(comment) ?? [];
  return columns === undefined ? [] : columns.split(', ');
}

function section({ name, comment, columns }: View): string {
  const rows = columns.map(({ name, type, comment }) => `| \`${name}\` | ${type} | ${cell(comment)} |`);
  return [`## ${name}`, '', comment, '', '| column | type | |', '|---|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}

/** A view hangs below the one whose whole key is the longest beginning of its own. Ranges of heights have nothing below them:
 * two that begin at one height are no kin. */
function diagram(views: readonly View[]): string {
  const arrows = views.flatMap((view) => {
    const parent = parentOf(view, views);
    return parent === undefined ? [] : [`  ${parent.name} -->|${parent.key.join(', ')}| ${view.name}`];
  });
  return ['```mermaid', 'graph LR', ...arrows, '```'].join('\n');
}

function parentOf(view: View, views: readonly View[]): View | undefined {
  const above = views.filter(
    (other) =>
      other.key.length > 0 &&
      !other.key.includes('from_height') &&
      other.key.length < view.key.length &&
      other.key.every((column, position) => column === view.key[position]),
  );
  return above.sort((one, other) => other.key.length - one.key.length)[0];
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
    });
  } finally {
    await server.stop();
  }
}

if (process.argv[1] === import.meta.filename) await main();
