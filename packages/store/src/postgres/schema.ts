import type { CopyType, LeafTable, TableName, tables } from '@baleen/tables';
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { LedgerKind, StoredKind } from '../ledger/ledger-kinds.ts';

/** Row types of the tables of schema baleen_store, and of the views of schema baleen that the store reads. migrations/ defines the
 * columns; those of facts come from packages/tables. */
export interface Schema extends Facts {
  lineages: { chain_id: string; lineage: string; position: number; last_height: number | null };
  chains: Chains;
  applications: { chain_id: string; from_height: number; application: string; reason: string };
  ranges: Range & { kind: StoredKind; version: number | null };
  wanted_ranges: Range;
  failed_ranges: Range & FailedRange;
  enqueued_ranges: EnqueuedRanges;
  leases: Leases;
  leaves: Leaves;
  genesis_chunks: { chain_id: string; chunk_index: number; bytes: Uint8Array };
  definitions: { name: string; hash: string; applied_at: Generated<Date>; makes: Generated<string[] | null> };
  workers: { worker_id: string };
  sources: { worker_id: string; is_read: boolean };
  states: { chain_id: string; height: number; app_hash: Uint8Array; is_proved: boolean; leaves: number };
  undecoded: Undecoded;
  'baleen.chains': ChainView;
  'baleen.coverage': Range & { kind: StoredKind | 'genesis'; version: number | null };
  'baleen.failed_ranges': Range & { reason: string; attempts: number };
  'baleen.gaps': Range & { kind: LedgerKind; reason: string };
  'baleen.sources': SourceView;
  'baleen.workers': WorkerView;
}

/** Tables of facts: read here, and written only by COPY. */
type Facts = { [Name in TableName]: FactRow<(typeof tables)[Name]['columns'][number]> };
type FactRow<Column extends { name: string; type: CopyType; nullable: boolean }> = {
  [One in Column as One['name']]: ColumnType<
    ReadTypes[One['type']] | (One['nullable'] extends true ? null : never),
    never,
    never
  >;
};

/** What the driver answers for each type. Heights and counts are below 2^53: see `connections.ts`. */
interface ReadTypes {
  text: string;
  bytea: Uint8Array;
  int2: number;
  int4: number;
  int8: number;
  numeric: string;
  decimal: string;
  bool: boolean;
  jsonb: unknown;
  timestamptz: Date;
  'text[]': (string | null)[];
  'bytea[]': (Uint8Array | null)[];
  'int2[]': (number | null)[];
  'int4[]': (number | null)[];
  'int8[]': (string | null)[];
  'decimal[]': (string | null)[];
  'timestamptz[]': (Date | null)[];
}

interface Range {
  chain_id: string;
  from_height: number;
  to_height: number;
}

interface Chains {
  chain_id: string;
  number: GeneratedAlways<number>;
  lineage: string;
  initial_height: number;
  genesis_hash: Uint8Array | null;
  genesis_file_sha256: Uint8Array | null;
  bech32_prefix: string | null;
  leaf_heights: number;
  last_write: Date | null;
}

interface Undecoded {
  chain_id: string;
  kind: string;
  name: string;
  things: number;
  first_height: number;
  last_height: number;
}

interface FailedRange {
  reason: string;
  attempts: Generated<number>;
  last_failed: Generated<Date>;
  next_try: Date | null;
}

interface EnqueuedRanges extends Range {
  source: string;
  range_size: number;
  addresses: string[];
}

interface Leases extends Range {
  token: number;
  holder: string;
  expires_at: Date;
}

interface Leaves extends Range {
  leaf: string;
  table_name: LeafTable;
  sealed_at: Date | null;
}

interface ChainView {
  chain_id: string;
  lineage: string;
  head_height: number | null;
  complete_to: number | null;
  lag_seconds: number | null;
  last_write: Date | null;
}

interface SourceView {
  chain_id: string;
  address: string;
  host: string;
  backend: 'goleveldb' | 'pebbledb' | 'rpc';
  head_height: number | null;
  requests: number;
  errors: number;
  concurrency: number;
  trouble: string | null;
  trouble_since: Date | null;
  last_seen: Date;
  readers: number;
}

interface WorkerView {
  chain_id: string | null;
  worker_id: string;
  host: string;
  pid: number;
  command: string;
  state: 'working' | 'lost';
  doing: string;
  doing_since: Date;
  last_seen: Date;
  heights: number;
  heights_per_second: number;
  rss_bytes: number;
}
