import type { TableName } from '@baleen/tables';

/** The parts of a block that a source has or lacks. */
export type LedgerKind = 'blocks' | 'results';

/** The kinds of things for which the ledger records heights: the parts of blocks; `table:`, the rows of that table, even if a height has
 * none; `state:`, a module's store. */
export type StoredKind = LedgerKind | `table:${TableName}` | `state:${string}`;
