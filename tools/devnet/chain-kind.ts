/** What two lines of node software do differently: their home, their questions, their txs. */
import type { Account } from './account.ts';
import type { NodeRpc } from './node-rpc.ts';
import type { SignerState } from './signer-state.ts';

export interface HomePlan {
  readonly chainId: string;
  readonly prefix: string;
  readonly validator: Account;
  /** Rich from the start. */
  readonly users: readonly Account[];
}

export interface HomeSettings {
  /** Ports on the loopback interface. */
  readonly rpc: number;
  readonly p2p: number;
  /** Port of the REST server that is part of the daemon. undefined: none. */
  readonly rest?: number | undefined;
  /** timeout_commit: the wait between blocks. */
  readonly blockTimeMs: number;
  readonly database: Database;
}

export const DATABASES = ['goleveldb', 'pebbledb'] as const;
/** `db_backend`, as config.toml names it. */
export type Database = (typeof DATABASES)[number];

/** @throws TypeError */
export function databaseOf(text: string): Database {
  const database = DATABASES.find((name) => name === text);
  if (database === undefined)
    throw new TypeError(`database: expected ${DATABASES.join(' or ')}, found ${text}`);
  return database;
}

export interface TrafficPlan {
  readonly users: readonly Account[];
  readonly validator: Account;
}

export interface PlannedTx {
  readonly from: Account;
  /** Bytes as they stand in a block. */
  encode(state: SignerState): Uint8Array;
}

export interface ChainKind {
  /** Of its bech32 addresses. */
  readonly prefix: string;
  readonly databases: readonly Database[];
  /** Makes the home, unless there is one from an earlier run. */
  prepareHome(daemon: string, home: string, plan: HomePlan): void;
  /** Loopback only, no peers, and a block every `blockTimeMs` plus the milliseconds that making it takes. */
  configure(home: string, settings: HomeSettings): void;
  account(rpc: NodeRpc, address: string): Promise<Pick<SignerState, 'accountNumber' | 'sequence'>>;
  /** Sends, delegations, and some txs that fail in their block. */
  txOf(turn: number, plan: TrafficPlan): PlannedTx;
}
