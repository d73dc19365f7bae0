import { BaleenError, type BlockRange, shownRange } from '@baleen/chain';
import { sql } from 'kysely';
import { type Queries, sessionName } from '../postgres/connections.ts';

/** A worker's leave to write a range, until it is released or taken over. */
export interface Lease {
  readonly chainId: string;
  readonly range: BlockRange;
  /** Grows from lease to lease, over all ranges. */
  readonly token: number;
}

export interface LeaseRequest {
  readonly chainId: string;
  readonly range: BlockRange;
  /** Who asks, for people. */
  readonly holder: string;
  readonly forMs: number;
}

/** undefined: another worker holds the range. One that has let its lease expire loses it, and its sessions with it. */
export async function takeLease(db: Queries, request: LeaseRequest): Promise<Lease | undefined> {
  const { chainId, range, holder, forMs } = request;
  await endExpired(db, request);
  const { rows } = await sql<{ token: number }>`
    insert into baleen_store.leases as l (chain_id, from_height, to_height, token, holder, taken_at, expires_at)
    values (${chainId}, ${range.from}, ${range.to}, nextval('baleen_store.lease_tokens'), ${holder}, clock_timestamp(),
      clock_timestamp() + ${forMs} * interval '1 millisecond')
    on conflict (chain_id, from_height, to_height) do update set
      token = excluded.token,
      holder = excluded.holder,
      taken_at = excluded.taken_at,
      expires_at = excluded.expires_at
    where l.expires_at < clock_timestamp()
    returning l.token`.execute(db);
  const token = rows[0]?.token;
  return token === undefined ? undefined : { chainId, range, token };
}

/** A process that stands still in the middle of a write keeps its locks, and whoever writes the same heights would wait for them.
 * One that was only slow has its other jobs to do again. */
const endExpired = (db: Queries, { chainId, range }: LeaseRequest): Promise<unknown> =>
  sql`
    select pg_terminate_backend(a.pid)
    from baleen_store.leases l
    join pg_stat_activity a on a.application_name = ${sessionName('')} || l.holder and a.datname = current_database()
    where l.chain_id = ${chainId} and l.from_height = ${range.from} and l.to_height = ${range.to}
      and l.expires_at < clock_timestamp() and a.pid <> pg_backend_pid()`.execute(db);

/** false: it was taken over. */
export async function renewLease(db: Queries, lease: Lease, forMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('leases')
    .set({ expires_at: sql<Date>`clock_timestamp() + ${forMs} * interval '1 millisecond'` })
    .where('chain_id', '=', lease.chainId)
    .where('from_height', '=', lease.range.from)
    .where('to_height', '=', lease.range.to)
    .where('token', '=', lease.token)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function releaseLease(db: Queries, lease: Lease): Promise<void> {
  await db
    .deleteFrom('leases')
    .where('chain_id', '=', lease.chainId)
    .where('from_height', '=', lease.range.from)
    .where('to_height', '=', lease.range.to)
    .where('token', '=', lease.token)
    .execute();
}

/** Within the transaction of a write, the last thing but the ledger: the row's lock is held until commit, so a lease is
 * taken over before the write or after it, never between check and commit.
 *
 * The ledger alone already refuses that a height is written twice. This adds that a worker which slept past its lease writes
 * nothing at all: what it read then may differ from what its source, or the chain's head, says now.
 * @throws BaleenError `STORE_FENCED` */
export async function checkLease(db: Queries, lease: Lease): Promise<void> {
  const held = await db
    .selectFrom('leases')
    .select(['token', 'holder'])
    .where('chain_id', '=', lease.chainId)
    .where('from_height', '=', lease.range.from)
    .where('to_height', '=', lease.range.to)
    .forShare()
    .executeTakeFirst();
  if (held?.token !== lease.token) throw fenced(lease, held?.holder);
}

const fenced = ({ chainId, range, token }: Lease, holder: string | undefined): BaleenError =>
  new BaleenError(
    'source',
    'STORE_FENCED',
    `write blocks ${shownRange(range)} of ${chainId}: expected to hold lease ${token}, found that ` +
      `${holder === undefined ? 'the range was finished by another worker' : `${holder} holds the range now`}; nothing written; ` +
      'this process was silent for too long, the other goes on',
  );
