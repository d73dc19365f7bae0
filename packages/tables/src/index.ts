import { blocks } from './blocks.ts';
import { commits, missedVotes } from './commits.ts';
import { consensusParams } from './consensus-params.ts';
import { events } from './events.ts';
import { evidence } from './evidence.ts';
import { messages } from './messages.ts';
import { txFees } from './tx-fees.ts';
import { txHashes } from './tx-hashes.ts';
import { txSignatures } from './tx-signatures.ts';
import { txs } from './txs.ts';
import { validatorOperators } from './validator-operators.ts';
import { validatorSets, validators } from './validators.ts';

export { MAX_CHAIN_ID_BYTES } from './common.ts';
export { paramsHash } from './consensus-params.ts';
export { eventCount } from './events.ts';
export { GenesisOperators } from './genesis-operators.ts';
export { indexedCells, MAX_INDEXED_BYTES } from './indexed-text.ts';
export { type JsonHold, jsonHold } from './json-cell.ts';
export { type StateTable, stateTables, stateTablesOf } from './state/index.ts';
export * from './table.ts';
export { operatorRows } from './validator-operators.ts';

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

/** Tables whose rows are named by their content: the same row comes again in other batches. */
export const contentTables = [
  'validators',
  'validator_sets',
  'consensus_params',
] as const satisfies readonly TableName[];
