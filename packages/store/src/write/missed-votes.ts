/** Who missed a vote. A commit has no address of an absent validator: the set of the signed height tells it, and who operated the key is
 * told by `validator_operators`. Both may be written before or after the vote, in any order. What the rows of `missed_votes` say follows
 * from what is stored: an address is NULL while no set of its height is, an operator while nothing tells it. */
import type { BlockRange } from '@baleen/chain';
import { tables } from '@baleen/tables';
import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../postgres/connections.ts';

/** Flag of a vote that did not come. */
const ABSENT = 1;

/** The set of a height: a query of one row or none. Ranges of sets do not overlap, so the last that begins below is the only candidate. */
const setAt = (chainId: RawBuilder<unknown>, height: RawBuilder<unknown>) => sql`
  select s.addresses
  from (
    select r.validators_hash, r.to_height from baleen_store.validator_set_ranges r
    where r.chain_id = ${chainId} and r.from_height <= ${height}
    order by r.from_height desc limit 1
  ) last
  join baleen_store.validator_sets s on s.chain_id = ${chainId} and s.validators_hash = last.validators_hash
  where last.to_height >= ${height}`;

/** Who had taken the key `address` when vote `m` was due. */
const operatorOf = (address: RawBuilder<unknown>) => sql`(
  select o.operator_address from baleen_store.validator_operators o
  where o.chain_id = m.chain_id and o.address = ${address} and o.height <= m.height
  order by o.height desc limit 1
)`;

/** Moves rows of missed votes from their temporary table, and completes them. A set is unpacked once for all of its absent. The caller
 * has added sets and operators of the batch. */
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

/** Names the absent of a height anew, whose set was written or removed. The caller holds the chain's lock. */
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

/** Names the operators of votes above a height anew, of validators whose operator was written or removed. The caller holds the chain's
 * lock.
 *
 * @param addresses  consensus addresses */
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

/** Consensus addresses that operators took in these blocks, by what is stored. */
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

/** A row whose address or operator is not what the stored sets and operators tell; texts for people. */
export interface Misnamed {
  readonly height: number;
  readonly vote_index: number;
  readonly column: 'address' | 'operator_address';
  readonly expected: string | null;
  readonly found: string | null;
}

/** Finds rows of missed votes that name others than what is stored tells. */
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
      values ('address', encode(m.voter, 'hex'), encode(m.address, 'hex')), ('operator_address', o.operator, m.operator_address)
    ) as wrong ("column", expected, found)
    where wrong.expected is distinct from wrong.found
    order by m.height, m.vote_index`.execute(db);
  return rows;
}
