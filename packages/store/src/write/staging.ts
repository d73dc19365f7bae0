/** Copies rows into temporary tables first, where they can't go into their table at once. */
import {
  type Content,
  type ContentTable,
  contentTables,
  type TableName,
  tableNames,
  tables,
} from '@baleen/tables';
import { type Queries, runStatements } from '../postgres/connections.ts';
import type { EncodedBatch } from './batch.ts';
import type { Rows } from './copy.ts';

/** Tables whose rows are copied into temporary tables of the connection first: rows of content may be there already, and rows of missed
 * votes are completed from others'. */
const stagedTables: readonly TableName[] = [...contentTables, 'missed_votes'];

/** Says where each table's rows are copied: those of `stagedTables` into temporary tables of this connection, until the chain's lock is
 * held, all others into the table itself. */
export async function staged(db: Queries, { copies }: EncodedBatch): Promise<Rows[]> {
  const create = stagedTables
    .filter((table) => copies[table] !== undefined)
    .map(
      (table) =>
        `create temporary table if not exists stage_${table} (like baleen_store.${table}) on commit delete rows`,
    );
  if (create.length > 0) await runStatements(db, create.join(';'));
  return tableNames.flatMap((table) => {
    const body = copies[table];
    if (body === undefined) return [];
    return [{ table, body, into: stagedTables.includes(table) ? `pg_temp.stage_${table}` : undefined }];
  });
}

/** Moves content rows from the temporary tables; those that are there stay as they are. */
export const insertContent = (db: Queries, batch: EncodedBatch): Promise<void> =>
  moveContent(db, batch, insertSql);

/** The same; those that are there get what the batch says. */
export const replaceContent = (db: Queries, batch: EncodedBatch): Promise<void> =>
  moveContent(db, batch, replaceSql);

async function moveContent(
  db: Queries,
  { copies }: EncodedBatch,
  sqlOf: (table: ContentTable, storage: Content) => string,
): Promise<void> {
  const inserts = contentTables.flatMap((table) =>
    copies[table] === undefined ? [] : [sqlOf(table, tables[table].storage)],
  );
  if (inserts.length > 0) await runStatements(db, inserts.join(';'));
}

/** SQL for rows that may be there. Of two rows with one key the one that has `filledBy` wins, and fills in what a stored row lacks. */
function insertSql(table: ContentTable, { key, filledBy }: Content): string {
  const [into, from, keys] = [`baleen_store.${table}`, `pg_temp.stage_${table}`, key.join(', ')];
  if (filledBy === undefined) return `insert into ${into} select * from ${from} on conflict do nothing`;
  return `insert into ${into} select distinct on (${keys}) * from ${from} order by ${keys}, ${filledBy} nulls last
     on conflict (${keys}) do update set ${valuesOf(table, key, (name) => `coalesce(${table}.${name}, excluded.${name})`)}
     where ${table}.${filledBy} is null and excluded.${filledBy} is not null`;
}

/** SQL that writes a row only where it differs. NULL, which another row of the key may have filled in, replaces nothing. */
function replaceSql(table: ContentTable, { key, filledBy }: Content): string {
  const [into, from, keys] = [`baleen_store.${table}`, `pg_temp.stage_${table}`, key.join(', ')];
  const order = filledBy === undefined ? keys : `${keys}, ${filledBy} nulls last`;
  const values = valuesOf(table, key, (name) =>
    filledBy === undefined ? `excluded.${name}` : `coalesce(excluded.${name}, ${table}.${name})`,
  );
  const [before, after] = [`${table}.*`, 'excluded.*'];
  return `insert into ${into} select distinct on (${keys}) * from ${from} order by ${order}
     on conflict (${keys}) do update set ${values} where row(${before}) is distinct from row(${after})`;
}

const valuesOf = (table: ContentTable, key: readonly string[], value: (column: string) => string): string =>
  tables[table].columns
    .filter(({ name }) => !key.includes(name))
    .map(({ name }) => `${name} = ${value(name)}`)
    .join(', ');
