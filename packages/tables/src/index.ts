import { tables } from './catalogue.ts';
import type { Content, Flat, Leaves, Storage } from './storage.ts';
import type { Table } from './table.ts';

export { otherBlockIdOf } from './facts/commits.ts';
export { operatorRows } from './facts/validator-operators.ts';
export { GenesisOperators } from './genesis-operators.ts';
export { indexedCells, MAX_INDEXED_BYTES } from './indexed-text.ts';
export { type JsonHold, jsonHold } from './json-cell.ts';
export { MAX_CHAIN_ID_BYTES, timeOf } from './place.ts';
export { attributesOf, exactText } from './postgres-text.ts';
export { type StateTable, stateTables, stateTablesOf } from './state/index.ts';
export * from './storage.ts';
export * from './table.ts';

export { tables };

export type TableName = keyof typeof tables;

/** Row of a table. */
export type RowOfTable<Name extends TableName> =
  (typeof tables)[Name] extends Table<infer Row, Storage> ? Row : never;

export const tableNames = Object.keys(tables) as TableName[];

/** Tables with a column that follows from how txs and addresses are decoded. */
export const decodedTables: readonly TableName[] = tableNames.filter((name) =>
  tables[name].columns.some(({ proof }) => proof === 'redecode'),
);

/** Names of the tables with one kind of storage. */
type TableOf<Stored extends Storage> = {
  [Name in TableName]: (typeof tables)[Name]['storage'] extends Stored ? Name : never;
}[TableName];
const tablesOf = <Stored extends Storage>(kind: Stored['kind']): readonly TableOf<Stored>[] =>
  tableNames.filter((name) => tables[name].storage.kind === kind) as TableOf<Stored>[];

export type LeafTable = TableOf<Leaves>;
export const leafTables = tablesOf<Leaves>('leaves');
export type ContentTable = TableOf<Content>;
export const contentTables = tablesOf<Content>('content');
/** Tables whose rows stand at a height. */
export const heightTables: readonly Exclude<TableName, ContentTable>[] = [
  ...leafTables,
  ...tablesOf<Flat>('flat'),
];
