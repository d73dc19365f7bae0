/** Keeps the objects that users have made on Baleen's views: drops them if a view must change, and creates them again in the same
 * transaction. */
import { BaleenError } from '@baleen/chain';
import { sql } from 'kysely';
import { type Queries, runStatements } from '../postgres/connections.ts';
import {
  type CatalogObject,
  dropOrder,
  readWithDependents,
  withDependents,
  withNamedSchemas,
} from './dependents.ts';

/** Returns true if the files of migrations/ make this view or function. */
export type IsOurs = (object: CatalogObject) => boolean;

/** Drops the views and functions of these names with all objects that depend on them, whether Baleen or users have made them.
 *
 * @returns the dropped objects, in the order in which they were dropped
 * @throws BaleenError operator `STORE_DEPENDENT_OBJECT`: a user's object can't be dropped, or could not be created again */
export async function takeDown(
  db: Queries,
  names: readonly string[],
  isOurs: IsOurs,
): Promise<readonly CatalogObject[]> {
  const objects = withoutColumnLists(await readWithDependents(db, names), isOurs);
  const ordered = dropOrder(objects);
  if (ordered === undefined)
    throw refused(
      objects[0]!,
      objects.filter((object) => !isOurs(object)),
      'they stand on one another in a circle',
    );
  const users = ordered.filter((object) => !isOurs(object));
  for (const object of users)
    if (object.create === null) throw refused(object, users, 'only its owner knows how it is made');
  for (const object of ordered) await attempt(object, users, () => runStatements(db, object.drop));
  return ordered;
}

/** Creates users' objects again as they were, and gives Baleen's views their former rights and owners.
 *
 * @param dropped  the objects that `takeDown` has dropped, in that order. Baleen's own views and functions must exist again
 * @throws BaleenError operator `STORE_DEPENDENT_OBJECT`: one of the users' objects can't be created on the new views */
export async function putBack(db: Queries, dropped: readonly CatalogObject[], isOurs: IsOurs): Promise<void> {
  if (dropped.length === 0) return;
  const users = dropped.filter((object) => !isOurs(object));
  const [leaves, viewsAndFunctions] = [
    users.filter(({ isLeaf }) => isLeaf),
    users.filter(({ isLeaf }) => !isLeaf),
  ];
  const each = async (
    objects: readonly CatalogObject[],
    work: (object: CatalogObject) => Promise<void>,
  ): Promise<void> => {
    for (const object of objects) await attempt(object, users, () => work(object));
  };
  const made = viewsAndFunctions.toReversed();
  await withNamedSchemas(db, async () => {
    // `checkFunctions` checks the bodies of functions later, under the search_path for which they were written.
    await runStatements(db, 'set local check_function_bodies = off');
    await each(dropped.filter(isOurs), (object) => dressOurs(db, object));
    await each(made, (object) => make(db, object));
    await each(made, ({ refresh }) => runAll(db, refresh === null ? [] : [refresh]));
    await each(leaves, (object) => make(db, object));
    await runStatements(db, 'set local check_function_bodies to default');
  });
  await checkSame(db, dropped, isOurs);
}

/** Removes lists of columns from the objects' SQL. If a function in FROM returns rows of a view, PostgreSQL writes its columns as a list by
 * position: `all_blocks() b(chain_id, …)`. If the list only repeats the view's own names, it is removed, so that each name means the same
 * column of the new view. */
function withoutColumnLists(objects: readonly CatalogObject[], isOurs: IsOurs): CatalogObject[] {
  const lists = objects.filter(isOurs).flatMap(({ columns }) => (columns === null ? [] : [`(${columns})`]));
  const without = (text: string): string =>
    lists.reduce(
      (shorter, list) => shorter.replaceAll(new RegExp(`(?<=[\\w"])${escaped(list)}`, 'g'), ''),
      text,
    );
  return objects.map((object) =>
    isOurs(object) || object.create === null ? object : { ...object, create: without(object.create) },
  );
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Refuses objects that name columns by their position (`from baleen.txs t(a, b)`). On the new view they would read other columns, without
 * any error.
 *
 * @throws BaleenError operator `STORE_DEPENDENT_OBJECT` */
async function checkSame(db: Queries, dropped: readonly CatalogObject[], isOurs: IsOurs): Promise<void> {
  const ours = dropped.filter(isOurs).flatMap(({ name }) => (name === null ? [] : [name]));
  const now = new Map(
    withoutColumnLists(await readWithDependents(db, ours), isOurs).map(({ label, create }) => [
      label,
      create,
    ]),
  );
  const users = dropped.filter((object) => !isOurs(object));
  for (const object of users)
    if (now.get(object.label) !== object.create)
      throw refused(object, users, 'it names columns by their position');
}

async function make(db: Queries, object: CatalogObject): Promise<void> {
  await runStatements(db, object.create!);
  await setOwner(db, object);
  await setRights(db, object);
  await runAll(db, [...object.columnGrants.map((grant) => grant.sql), ...object.extras]);
}

/** Gives a view of Baleen its former owner and rights. Its comments come from its file. Rights on columns that it no longer has are
 * dropped. */
async function dressOurs(db: Queries, object: CatalogObject): Promise<void> {
  await setOwner(db, object);
  await setRights(db, object);
  const columns = await columnsOf(db, object);
  await runAll(
    db,
    object.columnGrants.filter(({ column }) => columns.has(column)).map((grant) => grant.sql),
  );
}

async function setOwner(db: Queries, { owner, setOwner }: CatalogObject): Promise<void> {
  if (owner === null || setOwner === null) return;
  const { rows } = await sql<{ me: string }>`select current_user::regrole::text as me`.execute(db);
  if (rows[0]!.me !== owner) await runStatements(db, setOwner);
}

/** Gives an object exactly the rights that it had. `alter default privileges` may have given the new object others. */
async function setRights(db: Queries, { grantedOn, hasGrants, grants }: CatalogObject): Promise<void> {
  if (grantedOn === null) return;
  const given = await revokes(db, grantedOn);
  if (hasGrants || given.length > 0) await runAll(db, [...given, ...grants]);
}

async function revokes(db: Queries, grantedOn: string): Promise<string[]> {
  const [, kind, identity] = /^(table|routine) (.*)$/s.exec(grantedOn)!;
  const acl =
    kind === 'table'
      ? sql`select relacl as acl from pg_class where oid = to_regclass(${identity})`
      : sql`select proacl as acl from pg_proc where oid = to_regprocedure(${identity})`;
  const { rows } = await sql<{ statement: string }>`
    select distinct format('revoke all on %s from %s', ${grantedOn}::text,
      case when a.grantee = 0 then 'public' else a.grantee::regrole::text end) as statement
    from (${acl}) o cross join lateral aclexplode(o.acl) a`.execute(db);
  return rows.map(({ statement }) => statement);
}

async function columnsOf(db: Queries, { grantedOn }: CatalogObject): Promise<ReadonlySet<string>> {
  if (grantedOn === null || !grantedOn.startsWith('table ')) return new Set();
  const { rows } = await sql<{ name: string }>`
    select attname as name from pg_attribute
    where attrelid = to_regclass(${grantedOn.slice('table '.length)}) and attnum > 0 and not attisdropped`.execute(
    db,
  );
  return new Set(rows.map(({ name }) => name));
}

async function runAll(db: Queries, texts: readonly string[]): Promise<void> {
  for (const text of texts) await runStatements(db, text);
}

/** Returns the users' functions on these views whose bodies PostgreSQL accepts now. */
export async function soundFunctions(
  db: Queries,
  names: readonly string[],
  isOurs: IsOurs,
): Promise<readonly CatalogObject[]> {
  const functions = (await readWithDependents(db, names)).filter((one) => one.isFunction && !isOurs(one));
  const sound: CatalogObject[] = [];
  for (const one of functions) if ((await bodyError(db, one)) === undefined) sound.push(one);
  return sound;
}

/** Checks that users' functions still fit the views. A function that returns rows of a view may no longer fit, even if nothing was dropped.
 *
 * @throws BaleenError operator `STORE_DEPENDENT_OBJECT` */
export async function checkFunctions(db: Queries, sound: readonly CatalogObject[]): Promise<void> {
  for (const one of sound) {
    const error = await bodyError(db, one);
    if (error !== undefined) throw refused(one, sound, error);
  }
}

/** Returns PostgreSQL's error about a function's body; undefined if it accepts the body. The function is not changed. */
async function bodyError(db: Queries, { create }: CatalogObject): Promise<unknown> {
  await runStatements(db, 'savepoint body');
  const error = await runStatements(db, create!).then(
    () => undefined,
    (failed: unknown) => failed,
  );
  await runStatements(db, 'rollback to savepoint body');
  return error;
}

async function attempt(
  object: CatalogObject,
  users: readonly CatalogObject[],
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw refused(object, users, error);
  }
}

/** Makes the error for a user's object that can't be dropped or created again.
 * @param users  all objects of users, in an order in which they can be dropped */
function refused(object: CatalogObject, users: readonly CatalogObject[], cause: unknown): BaleenError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const inTheWay = withDependents(object, users);
  const lines = (texts: readonly (string | null)[]): string =>
    texts.map((text) => `${(text ?? '').trim().replace(/;$/, '')};`).join('\n');
  const creates = inTheWay.toReversed().flatMap(({ create }) => (create === null ? [] : [create]));
  return new BaleenError(
    'operator',
    'STORE_DEPENDENT_OBJECT',
    `migrate: a view of Baleen must change, and ${object.label}${object.owner === null ? '' : ` of role ${object.owner}`} stands on it ` +
      `and can't be taken down and put back: ${why}; nothing was changed. Next, as its owner: drop it, run baleen migrate, and make it anew on the new columns:\n` +
      lines(inTheWay.map(({ drop }) => drop)) +
      (creates.length === 0 ? '' : `\n\nAs it was:\n${lines(creates)}`),
    { cause },
  );
}
