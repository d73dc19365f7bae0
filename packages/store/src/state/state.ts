/** Writes a chain's application state. It is replaced as a whole, or left as it is. */
import { BaleenError } from '@baleen/chain';
import { stateTables } from '@baleen/tables';
import { sql } from 'kysely';
import type pg from 'pg';
import { loadChain } from '../chain/chains.ts';
import { equalBytes, shortHash } from '../hashes.ts';
import { type Queries, storeTable, transaction } from '../postgres/connections.ts';
import { lockChain, lockState } from '../postgres/locks.ts';
import { notify } from '../postgres/notify.ts';
import { explained } from '../postgres/postgres-faults.ts';
import { copyBody } from '../write/copy.ts';

/** An application state that is to be written. */
export interface StateDescription {
  readonly chainId: string;
  /** The state is the one after this block was executed. */
  readonly height: number;
  readonly appHash: Uint8Array;
  /** Whether the source's consensus knows the same app hash. */
  readonly isProved: boolean;
  /** Module stores that were read, empty ones too. */
  readonly stores: readonly string[];
  /** Number of keys in all of them. */
  readonly leaves: number;
}

/** Encoded rows of a table of state. */
export interface StateCopy {
  /** Name of the table, e.g. `state_balances`. */
  readonly table: string;
  /** Body of a binary COPY without header and trailer. */
  readonly body: Uint8Array;
}

/** The state that a database has of a chain. */
export interface StoredState {
  readonly height: number;
  /** 64 hex digits. */
  readonly appHash: string;
  readonly isProved: boolean;
  /** Keys of all stores. */
  readonly leaves: number;
  /** Keys that are not decoded and kept as bytes, by store. */
  readonly unknown: readonly { readonly store: string; readonly leaves: number }[];
}

export interface ReplaceStateOptions {
  /** Whether a stored state of a higher height is left as it is. */
  readonly keepsNewer?: boolean;
}

/** already: the database has this state. newer: it has one of a higher height, which stays. In both cases nothing was read or written. */
export type StateOutcome = 'written' | 'already' | 'newer';

const columnsOf = new Map(
  stateTables.map(({ name, columns }) => [name, columns.map((column) => column.name).join(', ')]),
);

/** Replaces the state in one transaction: removes the old rows, copies the new ones as fast as `copies` yields them, updates the ledger,
 * notifies. Readers see the old state until it commits, and none waits. Writers of blocks wait only for the last step.
 *
 * @param copies  called once it is clear that the rows are needed; when it throws, the old state stays
 * @throws BaleenError `STORE_STATE_REFUTED`, `STORE_UNKNOWN_CHAIN`; those of `explained`; what `copies` throws */
export async function replaceState(
  pool: pg.Pool,
  state: StateDescription,
  copies: () => AsyncIterable<StateCopy>,
  options: ReplaceStateOptions = {},
): Promise<StateOutcome> {
  let ofCopies: unknown;
  const watched = async function* (): AsyncGenerator<StateCopy> {
    try {
      yield* copies();
    } catch (error) {
      ofCopies = error;
      throw error;
    }
  };
  try {
    const outcome = await transaction(pool, (db, client) => replaceOnce(db, client, state, watched, options));
    if (outcome === 'written') await vacuum(pool);
    return outcome;
  } catch (error) {
    if (error === ofCopies || error instanceof BaleenError) throw error;
    throw explained(
      `write the state of ${state.chainId} at ${state.height}`,
      error,
      'the old state is still there',
    );
  }
}

async function replaceOnce(
  db: Queries,
  client: pg.PoolClient,
  state: StateDescription,
  copies: () => AsyncIterable<StateCopy>,
  { keepsNewer = false }: ReplaceStateOptions,
): Promise<StateOutcome> {
  const { chainId, height } = state;
  const { number } = await loadChain(db, chainId);
  await lockState(db, number);
  const stored = await storedState(db, chainId);
  const isKnown = (await checkAppHash(db, state)) || state.isProved;
  const isSame = stored?.height === height && stored.appHash === hex(state.appHash);
  if (isSame && (await hasStores(db, state))) {
    if (isKnown && !stored!.isProved) await setProved(db, chainId);
    return 'already';
  }
  if (keepsNewer && stored !== undefined && stored.height > height) return 'newer';
  await deleteRows(db, chainId);
  for await (const { table, body } of copies())
    await copyBody(client, `baleen_store.${table} (${columnsOf.get(table)})`, body);
  await sql`analyze ${sql.raw(tableNames())}`.execute(db);
  await lockChain(db, number);
  const isProved = (await checkAppHash(db, state)) || isKnown;
  await addToLedger(db, { ...state, isProved });
  // Autovacuum skips tables this small, and the planner takes tables without statistics for large ones.
  await sql`analyze baleen_store.chains, baleen_store.lineages, baleen_store.states`.execute(db);
  await notify(db, chainId, { from: height, to: height }, height);
  return 'written';
}

/** Removes the state that a database has of a chain, rows and ledger together. */
export function removeState(pool: pg.Pool, chainId: string): Promise<void> {
  return transaction(pool, async (db) => {
    const { number } = await loadChain(db, chainId);
    await lockState(db, number);
    if ((await storedState(db, chainId)) === undefined) return;
    await deleteRows(db, chainId);
    await db.deleteFrom('ranges').where('chain_id', '=', chainId).where('kind', 'like', 'state:%').execute();
    await db.deleteFrom('states').where('chain_id', '=', chainId).execute();
    await countUnknown(db, chainId);
  });
}

async function deleteRows(db: Queries, chainId: string): Promise<void> {
  for (const { name } of stateTables)
    await sql`delete from ${storeTable(name)} where chain_id = ${chainId}`.execute(db);
}

export async function storedState(db: Queries, chainId: string): Promise<StoredState | undefined> {
  const stored = await db
    .selectFrom('states')
    .select(['height', 'app_hash', 'is_proved as isProved', 'leaves'])
    .where('chain_id', '=', chainId)
    .executeTakeFirst();
  if (stored === undefined) return undefined;
  const unknown = await db
    .selectFrom('undecoded')
    .select(['name as store', 'things as leaves'])
    .where('chain_id', '=', chainId)
    .where('kind', '=', 'state')
    .orderBy('name')
    .execute();
  const { app_hash, ...same } = stored;
  return { ...same, appHash: hex(app_hash), unknown };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Whether the stored state was read from the same module stores. An earlier version of Baleen may have read others. */
async function hasStores(db: Queries, { chainId, stores }: StateDescription): Promise<boolean> {
  const rows = await db
    .selectFrom('ranges')
    .select('kind')
    .where('chain_id', '=', chainId)
    .where('kind', 'like', 'state:%')
    .execute();
  const there = new Set<string>(rows.map(({ kind }) => kind));
  return there.size === stores.length && stores.every((store) => there.has(`state:${store}`));
}

const setProved = (db: Queries, chainId: string): Promise<unknown> =>
  db.updateTable('states').set({ is_proved: true }).where('chain_id', '=', chainId).execute();

/** Whether the next block is stored and thus proves the state: its header must have the same app hash. */
async function checkAppHash(db: Queries, { chainId, height, appHash }: StateDescription): Promise<boolean> {
  const next = await db
    .selectFrom('blocks')
    .select('app_hash')
    .where('chain_id', '=', chainId)
    .where('height', '=', height + 1)
    .executeTakeFirst();
  if (next === undefined) return false;
  if (!equalBytes(next.app_hash, appHash)) throw refuted(chainId, height, appHash, next.app_hash);
  return true;
}

async function addToLedger(db: Queries, state: StateDescription): Promise<void> {
  const { chainId, height, appHash, isProved, leaves } = state;
  await db.deleteFrom('ranges').where('chain_id', '=', chainId).where('kind', 'like', 'state:%').execute();
  const ranges = state.stores.map((store) => ({
    chain_id: chainId,
    kind: `state:${store}` as const,
    from_height: height,
    to_height: height,
  }));
  if (ranges.length > 0) await db.insertInto('ranges').values(ranges).execute();
  const row = { height, app_hash: appHash, is_proved: isProved, leaves };
  await db
    .insertInto('states')
    .values({ chain_id: chainId, ...row })
    .onConflict((conflict) => conflict.column('chain_id').doUpdateSet(row))
    .execute();
  await countUnknown(db, chainId);
}

/** Counts the keys of each store that are kept as bytes, for the view `undecoded`. */
async function countUnknown(db: Queries, chainId: string): Promise<void> {
  await db.deleteFrom('undecoded').where('chain_id', '=', chainId).where('kind', '=', 'state').execute();
  await sql`
    insert into baleen_store.undecoded (chain_id, kind, name, things, first_height, last_height)
    select chain_id, 'state', store, count(*), min(from_height), max(from_height)
    from baleen_store.state_unknown where chain_id = ${chainId} group by chain_id, store`.execute(db);
}

/** Makes the space of the old rows free for the next state. Autovacuum would do it later. */
async function vacuum(pool: pg.Pool): Promise<void> {
  await pool.query(`vacuum ${tableNames()}`);
}

const tableNames = (): string => stateTables.map(({ name }) => `baleen_store.${name}`).join(', ');

const refuted = (chainId: string, height: number, found: Uint8Array, header: Uint8Array): BaleenError =>
  new BaleenError(
    'data',
    'STORE_STATE_REFUTED',
    `write the state of ${chainId} at ${height}: expected app hash ${shortHash(header)}, as the header of ${height + 1} in the ` +
      `database says, found ${shortHash(found)} in the source; nothing written, source and database differ`,
  );
