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
  /** RPC addresses of the source, for workers that do not know it by name. */
  readonly addresses: readonly string[];
}

/** Stores a range that workers are to write, and resolves to the stored one: when it is enqueued again, its job size stays. */
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

/** Removes an enqueued range, once all of it is written. */
export async function forgetEnqueued(db: Queries, done: EnqueuedRange): Promise<void> {
  await db
    .deleteFrom('enqueued_ranges')
    .where('chain_id', '=', done.chainId)
    .where('source', '=', done.source)
    .where('from_height', '=', done.from)
    .where('to_height', '=', done.to)
    .execute();
}

/** An id that tells databases apart which share one Redis, so that no job of one is done in the other. It stays the same as long as the
 * database lives; a copy of the database has another. */
export async function databaseId(db: Queries): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select (select system_identifier from pg_control_system())::text || '-' || oid::text as id
    from pg_database where datname = current_database()`.execute(db);
  return rows[0]!.id;
}
