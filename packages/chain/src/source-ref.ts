import type { TxReading } from './application.ts';

/** Where the blocks of a chain come from, as plain data: it is passed on to threads, and opened by the module of its kind. */
export type SourceRef = NodeRef | StoredRef;

/** What a node holds or answers. */
export type NodeRef = LevelDbRef | RpcRef;

/** The database files of one node. */
export interface LevelDbRef {
  readonly kind: 'leveldb';
  /** The node's home, its data folder or a folder that holds blockstore.db. */
  readonly path: string;
}

/** The RPC of one or several nodes of one chain: any of them is asked for a height that it keeps. */
export interface RpcRef {
  readonly kind: 'rpc';
  /** `http(s)://host:26657` as typed, with user, password and query; one at least. */
  readonly endpoints: readonly string[];
  /** Header lines sent with every request, by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The rows that Baleen wrote of a chain. Without `applications` its txs are read by those that the database has for it. */
export interface StoredRef extends Partial<TxReading> {
  readonly kind: 'stored';
  /** URL of the PostgreSQL database, with user and password. */
  readonly databaseUrl: string;
  readonly chainId: string;
}
