import { BaleenError, type BlockRange, shownRange } from '@baleen/chain';
import { sql } from 'kysely';
import { type Queries, sessionName } from '../postgres/connections.ts';

/** A worker's exclusive right to write a range, until the worker releases it or another one takes it over. */
export interface Lease {
  readonly chainId: string;
  readonly range: BlockRange;
  /** Fencing token: a later lease of any range has a higher one. */
  readonly token: number;
}

export interface LeaseRequest {
  readonly chainId: string;
  readonly range: BlockRange;
  /** Name of the worker, for people. */
  readonly holder: string;
  readonly forMs: number;
}

/** Takes the lease of a range. A worker whose lease has expired loses it, and its database sessions are ended.
 *
 * @returns undefined if another worker has the lease of the range */
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

/** Ends the sessions of a worker whose lease of the range has expired. A process that is paused in the middle of a write keeps its locks,
 * and others would wait for them. A worker that was only slow must do its other jobs again. */
const endExpired = (db: Queries, { chainId, range }: LeaseRequest): Promise<unknown> =>
  sql`
    select pg_terminate_backend(a.pid)
    from baleen_store.leases l
    join pg_stat_activity a on a.application_name = ${sessionName('')} || l.holder and a.datname = current_database()
    where l.chain_id = ${chainId} and l.from_height = ${range.from} and l.to_height = ${range.to}
      and l.expires_at < clock_timestamp() and a.pid <> pg_backend_pid()`.execute(db);

/** Extends a lease.
 *
 * @returns false if another worker has taken the lease over */
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

/** Checks, in the transaction of a write and last before the ledger, that the lease is still held. The row stays locked until commit, so
 * a lease is taken over before the write or after it, never between check and commit.
 *
 * The ledger alone refuses that a height is written twice. The lease adds that a worker which was paused beyond its lease writes
 * nothing: what it has read may differ from what the source says now.
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
