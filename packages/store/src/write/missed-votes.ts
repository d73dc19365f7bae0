/** Finds out which validators missed a vote. A commit does not have the address of an absent validator; it is taken from the validator set
 * of the signed height, and the operator from `validator_operators`. Both may be written before or after the vote, in any order. So the
 * rows of `missed_votes` change with what is stored: an address is NULL as long as the set of its height is not stored, an operator as
 * long as it is not known. */
import type { BlockRange } from '@baleen/chain';
import { tables } from '@baleen/tables';
import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../postgres/connections.ts';

/** Flag in a commit for a validator whose vote is absent. */
const ABSENT = 1;

/** SQL that selects the validator set in force at a height: one row, or none if it is not stored. The heights of sets do not overlap, so
 * the only candidate is the last set that begins at this height or below. */
const setAt = (chainId: RawBuilder<unknown>, height: RawBuilder<unknown>) => sql`
  select s.addresses
  from (
    select r.validators_hash, r.to_height from baleen_store.validator_set_ranges r
    where r.chain_id = ${chainId} and r.from_height <= ${height}
    order by r.from_height desc limit 1
  ) last
  join baleen_store.validator_sets s on s.chain_id = ${chainId} and s.validators_hash = last.validators_hash
  where last.to_height >= ${height}`;

/** SQL that selects the operator whose validator had the consensus address `address` when vote `m` was due. */
const operatorOf = (address: RawBuilder<unknown>) => sql`(
  select o.operator_address from baleen_store.validator_operators o
  where o.chain_id = m.chain_id and o.address = ${address} and o.height <= m.height
  order by o.height desc limit 1
)`;

/** Moves rows of missed votes out of their temporary table, and adds addresses and operators. A set is unpacked once for all of its absent
 * validators. The caller has already written the sets and operators of the batch. */
export async function insertMissedVotes(db: Queries): Promise<void> {
  const columns = tables.missed_votes.columns.map(({ name }) => name);
  const address = sql`coalesce(m.address, member.address)`;
  const values = columns.map((name) => {
    if (name === 'address') return address;
    return name === 'operator_address' ? operatorOf(address) : sql.ref(`m.${name}`);
  });
  await sql`
    insert into baleen_store.missed_votes (${sql.join(columns.map((name) => sql.ref(name)))})
    select ${sql.join(values)}
    from pg_temp.stage_missed_votes m
    left join (
      select h.height, u.address, u.place - 1 as vote_index
      from (select distinct chain_id, height from pg_temp.stage_missed_votes where address is null) h
      cross join lateral (${setAt(sql`h.chain_id`, sql`h.height`)}) s
      cross join lateral unnest(s.addresses) with ordinality as u (address, place)
    ) member using (height, vote_index)`.execute(db);
}

/** Sets the addresses and operators of a height's missed votes again, after its validator set was written or removed. The caller holds the
 * chain's lock. */
export async function nameAbsent(db: Queries, chainId: string, height: number): Promise<void> {
  await sql`
    update baleen_store.missed_votes m
    set (address, operator_address) = (
      select who.address, ${operatorOf(sql`who.address`)}
      from (
        select (${setAt(sql`m.chain_id`, sql`m.height`)}) as addresses offset 0
      ) s
      cross join lateral (select s.addresses[m.vote_index + 1] as address offset 0) who
    )
    where m.chain_id = ${chainId} and m.height = ${height} and m.flag = ${ABSENT}`.execute(db);
}

/** Sets the operators of missed votes above a height again, after operators of these validators were written or removed. The caller holds
 * the chain's lock.
 *
 * @param addresses  consensus addresses of the validators */
export async function nameOperators(
  db: Queries,
  chainId: string,
  addresses: readonly Uint8Array[],
  above: number,
): Promise<void> {
  if (addresses.length === 0) return;
  const operator = operatorOf(sql`m.address`);
  await sql`
    update baleen_store.missed_votes m set operator_address = ${operator}
    where m.chain_id = ${chainId} and m.height > ${above} and m.address = any(${addresses.map((one) => Buffer.from(one))}::bytea[])
      and m.operator_address is distinct from ${operator}`.execute(db);
}

/** Returns the consensus addresses that operators took in these blocks, by the stored rows. */
export async function keysTaken(
  db: Queries,
  chainId: string,
  { from, to }: BlockRange,
): Promise<Uint8Array[]> {
  const rows = await db
    .selectFrom('validator_operators')
    .select('address')
    .distinct()
    .where('chain_id', '=', chainId)
    .where('height', '>=', from)
    .where('height', '<=', to)
    .execute();
  return rows.map(({ address }) => address);
}

/** A row of missed votes whose address or operator does not follow from the stored sets and operators, as text for messages. */
export interface Misnamed {
  readonly height: number;
  readonly vote_index: number;
  readonly column: 'address' | 'operator_address';
  readonly expected: string | null;
  readonly found: string | null;
}

/** Finds the rows of missed votes whose address or operator does not follow from the stored sets and operators. */
export async function misnamedVotes(
  db: Queries,
  chainId: string,
  { from, to }: BlockRange,
): Promise<Misnamed[]> {
  const { rows } = await sql<Misnamed>`
    select m.height, m.vote_index, wrong.*
    from (
      select m.*, case when m.flag = ${ABSENT} then who.address else m.address end as voter
      from baleen_store.missed_votes m
      cross join lateral (select (${setAt(sql`m.chain_id`, sql`m.height`)}) as addresses offset 0) s
      cross join lateral (select s.addresses[m.vote_index + 1] as address offset 0) who
      where m.chain_id = ${chainId} and m.height between ${from} and ${to}
    ) m
    cross join lateral (select ${operatorOf(sql`m.voter`)} as operator offset 0) o
    cross join lateral (
      values ('address', upper(encode(m.voter, 'hex')), upper(encode(m.address, 'hex'))), ('operator_address', o.operator, m.operator_address)
    ) as wrong ("column", expected, found)
    where wrong.expected is distinct from wrong.found
    order by m.height, m.vote_index`.execute(db);
  return rows;
}
