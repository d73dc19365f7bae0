import { blocks } from './facts/blocks.ts';
import { commits, missedVotes } from './facts/commits.ts';
import { consensusParams } from './facts/consensus-params.ts';
import { events } from './facts/events.ts';
import { evidence } from './facts/evidence.ts';
import { messages } from './facts/messages.ts';
import { txFees } from './facts/tx-fees.ts';
import { txHashes } from './facts/tx-hashes.ts';
import { txSignatures } from './facts/tx-signatures.ts';
import { txs } from './facts/txs.ts';
import { validatorOperators } from './facts/validator-operators.ts';
import { validatorSets, validators } from './facts/validators.ts';
import type { Content, Flat, Leaves, Storage } from './storage.ts';

export { eventCount } from './facts/events.ts';
export { operatorRows } from './facts/validator-operators.ts';
export { GenesisOperators } from './genesis-operators.ts';
export { indexedCells, MAX_INDEXED_BYTES } from './indexed-text.ts';
export { type JsonHold, jsonHold } from './json-cell.ts';
export { MAX_CHAIN_ID_BYTES } from './place.ts';
export { type StateTable, stateTables, stateTablesOf } from './state/index.ts';
export * from './storage.ts';
export * from './table.ts';

/** Every table of facts, in the order of writing: blocks first, since its key is what refuses a height written twice. */
export const tables = {
  blocks,
  txs,
  tx_hashes: txHashes,
  messages,
  tx_signatures: txSignatures,
  tx_fees: txFees,
  events,
  commits,
  missed_votes: missedVotes,
  evidence,
  validator_operators: validatorOperators,
  validators,
  validator_sets: validatorSets,
  consensus_params: consensusParams,
} as const;

export type TableName = keyof typeof tables;

export const tableNames = Object.keys(tables) as TableName[];

/** Tables of one kind of storage. */
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
