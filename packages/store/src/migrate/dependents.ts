/** Finds the objects in a database that depend on Baleen's views and functions or belong to them. */
import { sql } from 'kysely';
import { type Queries, runStatements } from '../postgres/connections.ts';
import { DESCRIPTIONS, EDGES, OBJECTS } from './catalogue.ts';

/** A view, materialised view or function, or an object that belongs to one or depends on one: a trigger, rule, index, column default, … */
export interface CatalogObject {
  /** Class and object id in PostgreSQL's catalogue: `1259/16423`. */
  readonly key: string;
  /** Name of the object in messages: `materialized view dash.top`. */
  readonly label: string;
  /** Schema and name as the files of migrations/ write them, without a function's arguments; null if the object has no name of its own. */
  readonly name: string | null;
  /** True if the object is neither a view nor a function, so that nothing that can be created again depends on it. */
  readonly isLeaf: boolean;
  readonly isFunction: boolean;
  readonly drop: string;
  /** SQL that creates the object as it is; null if the catalogue does not give such SQL. */
  readonly create: string | null;
  /** The columns of a view, as PostgreSQL writes a list of names; null for all other objects. */
  readonly columns: string | null;
  /** Role that owns the object; null if it has no owner of its own. */
  readonly owner: string | null;
  readonly setOwner: string | null;
  /** The object as GRANT names it; null if it has no rights of its own. */
  readonly grantedOn: string | null;
  /** True if rights on the object were granted or revoked. */
  readonly hasGrants: boolean;
  readonly grants: readonly string[];
  readonly columnGrants: readonly { readonly column: string; readonly sql: string }[];
  /** Statements that restore comments, statistics targets, and whether a trigger fires. */
  readonly extras: readonly string[];
  /** Statement that fills a materialised view; null if it is not filled or the object is none. */
  readonly refresh: string | null;
  /** Keys of the objects, among those that the same query returned, on which this object depends or to which it belongs. */
  readonly needs: readonly string[];
}

/** Returns the views and functions of these names, all objects that depend on them, directly or through others, and all that belong to
 * those. Names that the database does not have are skipped. */
export function readWithDependents(db: Queries, names: readonly string[]): Promise<CatalogObject[]> {
  return withNamedSchemas(db, async () => {
    const { rows } = await sql<CatalogObject>`${sql.raw(EDGES)}, roots as (
      select 'pg_class'::regclass::oid as class, c.oid as object from pg_class c
      where c.relnamespace::regnamespace || '.' || c.relname = any(${names}) and c.relkind in ('v', 'm')
      union all
      select 'pg_proc'::regclass, p.oid from pg_proc p
      where p.pronamespace::regnamespace || '.' || p.proname = any(${names})
    ) ${sql.raw(OBJECTS)} ${sql.raw(DESCRIPTIONS)}`.execute(db);
    return rows;
  });
}

/** Runs `work` with a search path that makes PostgreSQL write each name with its schema. */
export async function withNamedSchemas<Result>(db: Queries, work: () => Promise<Result>): Promise<Result> {
  await runStatements(db, 'set local search_path = pg_catalog');
  const result = await work();
  await runStatements(db, 'set local search_path to default');
  return result;
}

/** Returns the objects in an order in which none is dropped while another one still depends on it; undefined if they depend on each other
 * in a circle. */
export function dropOrder(objects: readonly CatalogObject[]): CatalogObject[] | undefined {
  const ordered = objects.filter(({ isLeaf }) => isLeaf);
  let rest = objects.filter(({ isLeaf }) => !isLeaf);
  while (rest.length > 0) {
    const needed = new Set(rest.flatMap(({ key, needs }) => needs.filter((need) => need !== key)));
    const free = rest.filter(({ key }) => !needed.has(key));
    if (free.length === 0) return undefined;
    ordered.push(...free);
    rest = rest.filter(({ key }) => needed.has(key));
  }
  return ordered;
}

/** Returns `object` and those of `all` that depend on it, directly or through others, in the order of `all`. */
export function withDependents(object: CatalogObject, all: readonly CatalogObject[]): CatalogObject[] {
  const keys = new Set([object.key]);
  for (let size = 0; size !== keys.size; ) {
    size = keys.size;
    for (const { key, needs } of all) if (needs.some((need) => keys.has(need))) keys.add(key);
  }
  return all.filter(({ key }) => keys.has(key));
}
