/** Applies definitions to a database, in the caller's transaction. */
import { sql } from 'kysely';
import { type Queries, runStatements } from '../postgres/connections.ts';
import { sqlState } from '../postgres/postgres-faults.ts';
import { OPTIONS } from './catalogue.ts';
import { type Definition, filesOfObjects, madeBy, pieces } from './definitions.ts';
import type { CatalogObject } from './dependents.ts';
import { checkFunctions, type IsOurs, putBack, soundFunctions, takeDown } from './users-objects.ts';

/** Applies `todo` in the order of `all`, and the files whose views had to be dropped for it.
 *
 * @throws BaleenError operator `STORE_DEPENDENT_OBJECT`: an object of a user's stands in the way */
export async function applyAll(
  db: Queries,
  todo: readonly Definition[],
  all: readonly Definition[],
): Promise<void> {
  const made = filesOfObjects(all);
  const isOurs: IsOurs = ({ name }) => name !== null && made.has(name);
  const waiting = new Set(todo.map(({ name }) => name));
  const changing = [...made].filter(([, file]) => waiting.has(file)).map(([name]) => name);
  const sound = await soundFunctions(db, changing, isOurs);
  const options = await sql<{ statement: string }>`${sql.raw(OPTIONS)}`.execute(db);
  const dropped: CatalogObject[] = [];
  const drop: Drop = async (views) => {
    const objects = await takeDown(db, views, isOurs);
    dropped.push(...objects);
    for (const { name } of objects.filter(isOurs)) waiting.add(made.get(name!)!);
    waiting.add(all.at(-1)!.name);
  };
  for (let next = first(all, waiting); next !== undefined; next = first(all, waiting)) {
    waiting.delete(next.name);
    if (next.name.startsWith('views/')) await applyViews(db, next, drop);
    else await applyTables(db, next, () => drop([...made.keys()]));
    await remember(db, next);
  }
  for (const { statement } of options.rows) await runStatements(db, statement);
  await putBack(db, dropped, isOurs);
  await checkFunctions(db, sound);
}

const first = (all: readonly Definition[], waiting: ReadonlySet<string>): Definition | undefined =>
  all.find(({ name }) => waiting.has(name));

/** Drops the views and functions of these names, and what stands on them. */
type Drop = (names: readonly string[]) => Promise<void>;

/** invalid_table_definition of a view, invalid_function_definition: other columns than `create or replace` may give it. */
const MOVED_COLUMNS: ReadonlySet<string> = new Set(['42P16', '42P13']);

/** Piece by piece only where a view can't be replaced: what stands on the file's other views is left alone. */
const applyViews = (db: Queries, { text }: Definition, drop: Drop): Promise<void> =>
  inTwoTries(db, text, MOVED_COLUMNS, async () => {
    for (const piece of pieces(text)) {
      const name = madeBy(piece);
      await inTwoTries(db, piece, MOVED_COLUMNS, async () => {
        await drop(name === undefined ? [] : [name]);
        await runStatements(db, piece);
      });
    }
  });

/** feature_not_supported, as `alter column type` says where a view reads it; dependent_objects_still_exist. */
const READ_BY_VIEWS: ReadonlySet<string> = new Set(['0A000', '2BP01']);

const applyTables = (db: Queries, { text }: Definition, dropViews: () => Promise<void>): Promise<void> =>
  inTwoTries(db, text, READ_BY_VIEWS, async () => {
    await dropViews();
    await runStatements(db, text);
  });

/** Runs `text`; where it fails with one of `states` nothing of it is left, and `other` is called in its place. */
async function inTwoTries(
  db: Queries,
  text: string,
  states: ReadonlySet<string>,
  other: () => Promise<void>,
): Promise<void> {
  await runStatements(db, 'savepoint text');
  try {
    await runStatements(db, text);
  } catch (error) {
    if (!states.has(sqlState(error) ?? '')) throw error;
    await runStatements(db, 'rollback to savepoint text');
    await other();
  }
  await runStatements(db, 'release savepoint text');
}

const remember = (db: Queries, { name, hash }: Definition): Promise<unknown> =>
  db
    .insertInto('definitions')
    .values({ name, hash })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ hash, applied_at: sql<Date>`now()` }))
    .execute();
