import { type RowOfTable, type TableName, tables } from '@baleen/tables';
import pg from 'pg';
import { copyOut } from './copy-out.ts';
import { CopyReader } from './copy-reader.ts';

/** Which rows of a table are read, and in which order. */
interface Selection<Name extends TableName, Column extends keyof RowOfTable<Name>> {
  readonly columns: readonly Column[];
  /** Condition in SQL; values stand in it as literals, since COPY takes no parameters. */
  readonly where: string;
  readonly orderBy: string;
}

/** Reads rows of a table of facts, with every value as `rows` of the table made it: times to the microsecond, integers of any size. */
export async function readRows<Name extends TableName, Column extends keyof RowOfTable<Name> & string>(
  client: pg.ClientBase,
  table: Name,
  { columns, where, orderBy }: Selection<Name, Column>,
): Promise<Pick<RowOfTable<Name>, Column>[]> {
  const names = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  const query = `select ${names} from baleen_store.${table} where ${where} order by ${orderBy}`;
  const reader = new CopyReader(await copyOut(client, query));
  const types = columns.map((column) => typeOf(table, column));
  const rows: Record<string, unknown>[] = [];
  while (reader.row()) {
    const row: Record<string, unknown> = {};
    for (let index = 0; index < types.length; index++) row[columns[index]!] = reader.cell(types[index]!);
    rows.push(row);
  }
  return rows as Pick<RowOfTable<Name>, Column>[];
}

const typeOf = (table: TableName, column: string) =>
  tables[table].columns.find(({ name }) => name === column)!.type;
