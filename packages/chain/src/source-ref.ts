import type { TxReading } from './application.ts';

/** Names a source of a chain's blocks. It is plain data that is sent to threads, where the module of its kind opens it. */
export type SourceRef = NodeRef | StoredRef;

/** A source that belongs to nodes: their database files or their RPC. */
export type NodeRef = LevelDbRef | RpcRef;

/** The database files of one node. */
export interface LevelDbRef {
  readonly kind: 'leveldb';
  /** Path of the node's home, of its data folder, or of another folder with blockstore.db in it. */
  readonly path: string;
}

/** The RPC endpoints of one or several nodes of the same chain. A height is read from any of them that still has it. */
export interface RpcRef {
  readonly kind: 'rpc';
  /** At least one URL `http(s)://host:26657` as the user typed it, with user, password and query. */
  readonly endpoints: readonly string[];
  /** HTTP headers that are sent with every request, value by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The rows that Baleen has written for a chain. If `applications` is missing, the txs are read by the applications that the database has
 * stored for the chain. */
export interface StoredRef extends Partial<TxReading> {
  readonly kind: 'stored';
  /** URL of the PostgreSQL database, with user and password. */
  readonly databaseUrl: string;
  readonly chainId: string;
  /** True: addresses of a block have the prefix that its source told, or none, as its rows were written. By default they have the prefix
   * that the chain has now. */
  readonly isAsWritten?: boolean;
}
