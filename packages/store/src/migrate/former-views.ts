/** Views and functions that an earlier version made and migrations/ no longer have. */
import { sql } from 'kysely';
import { type Queries, runStatements } from '../postgres/connections.ts';
import { sqlState } from '../postgres/postgres-faults.ts';
import { type Definition, filesOfObjects } from './definitions.ts';
import { type CatalogObject, dropOrder, readWithDependents } from './dependents.ts';

/** dependent_objects_still_exist */
const STOOD_ON = '2BP01';

/** Drops what the database remembers as made by Baleen and `all` no longer make. What a user's object stands on is left, and tried again
 * with the next migration.
 *
 * @returns a sentence about each that is left */
export async function dropFormer(db: Queries, all: readonly Definition[]): Promise<string[]> {
  const made = filesOfObjects(all);
  const remembered = await db
    .selectFrom('definitions')
    .select('makes')
    .where('makes', 'is not', null)
    .execute();
  const former = new Set(remembered.flatMap(({ makes }) => makes ?? []).filter((name) => !made.has(name)));
  const left = former.size === 0 ? [] : await dropAll(db, [...former]);
  await remember(
    db,
    all,
    made,
    left.map(({ name }) => name!),
  );
  return left.map(({ label }) => `${label} is no part of Baleen any more, and is left as others stand on it`);
}

/** @returns what is left */
async function dropAll(db: Queries, names: readonly string[]): Promise<CatalogObject[]> {
  const objects = (await readWithDependents(db, names)).filter(
    ({ name }) => name !== null && names.includes(name),
  );
  const left: CatalogObject[] = [];
  for (const object of dropOrder(objects) ?? objects) {
    await runStatements(db, 'savepoint former');
    try {
      await runStatements(db, object.drop);
    } catch (error) {
      if (sqlState(error) !== STOOD_ON) throw error;
      await runStatements(db, 'rollback to savepoint former');
      left.push(object);
    }
    await runStatements(db, 'release savepoint former');
  }
  return left;
}

/** Notes with each file of views what it makes, and with the last one what is left of earlier ones; forgets files that are gone. */
async function remember(
  db: Queries,
  all: readonly Definition[],
  made: ReadonlyMap<string, string>,
  left: readonly string[],
): Promise<void> {
  const views = all.filter(({ name }) => name.startsWith('views/'));
  const names = views.map(({ name }) => name);
  await db
    .deleteFrom('definitions')
    .where('name', 'like', 'views/%')
    .where('name', 'not in', names)
    .execute();
  for (const file of names) {
    const own = [...made].filter(([, by]) => by === file).map(([name]) => name);
    const makes = file === names.at(-1) ? [...own, ...left] : own;
    await sql`
      update baleen_store.definitions set makes = ${makes}::text[]
      where name = ${file} and makes is distinct from ${makes}::text[]`.execute(db);
  }
}
