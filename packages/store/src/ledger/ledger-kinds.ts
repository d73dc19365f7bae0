import type { TableName } from '@baleen/tables';

/** The parts of a block that a source has or lacks. */
export type LedgerKind = 'blocks' | 'results';

/** What the ledger has ranges of heights of: the parts of blocks; table: rows of that table, be it none; state: a module's store. */
export type StoredKind = LedgerKind | `table:${TableName}` | `state:${string}`;
