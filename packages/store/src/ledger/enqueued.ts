import type { BlockRange } from '@baleen/chain';
import { sql } from 'kysely';
import type { Queries } from '../postgres/connections.ts';

/** A range that workers were asked to write. */
export interface EnqueuedRange extends BlockRange {
  readonly chainId: string;
  /** Name of the source. */
  readonly source: string;
  /** Jobs are cut at multiples of this number of heights. */
  readonly rangeSize: number;
  /** RPC addresses, for workers that were told none. */
  readonly addresses: readonly string[];
}

/** Remembers what was asked for; resolves to it as it is remembered: asked again, the size of its jobs stays. */
export async function rememberEnqueued(db: Queries, asked: EnqueuedRange): Promise<EnqueuedRange> {
  const stored = await db
    .insertInto('enqueued_ranges')
    .values({
      chain_id: asked.chainId,
      source: asked.source,
      from_height: asked.from,
      to_height: asked.to,
      range_size: asked.rangeSize,
      addresses: [...asked.addresses],
    })
    .onConflict((conflict) =>
      conflict
        .columns(['chain_id', 'source', 'from_height', 'to_height'])
        .doUpdateSet({ addresses: [...asked.addresses] }),
    )
    .returning('range_size')
    .executeTakeFirstOrThrow();
  return { ...asked, rangeSize: stored.range_size };
}

export const readEnqueued = (db: Queries): Promise<EnqueuedRange[]> =>
  db
    .selectFrom('enqueued_ranges')
    .select([
      'chain_id as chainId',
      'source',
      'from_height as from',
      'to_height as to',
      'range_size as rangeSize',
      'addresses',
    ])
    .orderBy('chain_id')
    .orderBy('source')
    .orderBy('from_height')
    .execute();

/** All of it is there. */
export async function forgetEnqueued(db: Queries, done: EnqueuedRange): Promise<void> {
  await db
    .deleteFrom('enqueued_ranges')
    .where('chain_id', '=', done.chainId)
    .where('source', '=', done.source)
    .where('from_height', '=', done.from)
    .where('to_height', '=', done.to)
    .execute();
}

/** Tells databases that use one Redis apart, as jobs of one must not be done in another. Stays the same for the life of the
 * database, and differs between it and a copy of it. */
export async function databaseId(db: Queries): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select (select system_identifier from pg_control_system())::text || '-' || oid::text as id
    from pg_database where datname = current_database()`.execute(db);
  return rows[0]!.id;
}
