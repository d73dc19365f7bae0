/** What stands on views and functions of ours, or belongs to them. */
import { sql } from 'kysely';
import { type Queries, run } from '../postgres/connections.ts';
import { DESCRIPTIONS, EDGES, OBJECTS } from './catalogue.ts';

/** A view, materialised view or function, or what belongs to one or stands on one: a trigger, rule, index, column default, … */
export interface Standing {
  /** Class and object id of the catalogue, e.g. `1259/16423`. */
  readonly key: string;
  /** For people, e.g. `materialized view dash.top`. */
  readonly label: string;
  /** Schema and name as migrations/ write them, without a function's arguments; null: it has none of its own. */
  readonly name: string | null;
  /** Neither a view nor a function: nothing that can be put back stands on it. */
  readonly isLeaf: boolean;
  readonly isFunction: boolean;
  readonly drop: string;
  /** null: the catalogue has no SQL that makes it as it is. */
  readonly create: string | null;
  /** Of a view, as Postgres writes a list of names; null: of all others. */
  readonly columns: string | null;
  /** null: it has no owner of its own. */
  readonly owner: string | null;
  readonly setOwner: string | null;
  /** The object as GRANT names it; null: it has no rights of its own. */
  readonly grantedOn: string | null;
  /** Somebody granted or revoked something. */
  readonly hasGrants: boolean;
  readonly grants: readonly string[];
  readonly columnGrants: readonly { readonly column: string; readonly sql: string }[];
  /** Comments, statistics targets, whether a trigger fires. */
  readonly extras: readonly string[];
  /** Fills a materialised view; null: it is not filled. */
  readonly refresh: string | null;
  /** Keys of the objects of the same answer that it stands on or belongs to. */
  readonly needs: readonly string[];
}

/** The views and functions of these names, all that stands on them, directly or through others, and what belongs to those.
 * Names that the database does not have are left out. */
export function standingOn(db: Queries, names: readonly string[]): Promise<Standing[]> {
  return withNamedSchemas(db, async () => {
    const { rows } = await sql<Standing>`${sql.raw(EDGES)}, roots as (
      select 'pg_class'::regclass::oid as class, c.oid as object from pg_class c
      where c.relnamespace::regnamespace || '.' || c.relname = any(${names}) and c.relkind in ('v', 'm')
      union all
      select 'pg_proc'::regclass, p.oid from pg_proc p
      where p.pronamespace::regnamespace || '.' || p.proname = any(${names})
    ) ${sql.raw(OBJECTS)} ${sql.raw(DESCRIPTIONS)}`.execute(db);
    return rows;
  });
}

/** Runs `work` while Postgres writes each name with its schema. */
export async function withNamedSchemas<Result>(db: Queries, work: () => Promise<Result>): Promise<Result> {
  await run(db, 'set local search_path = pg_catalog');
  const result = await work();
  await run(db, 'set local search_path to default');
  return result;
}

/** In an order in which nothing is dropped that another one still stands on; undefined: they stand on one another in a circle. */
export function dropOrder(objects: readonly Standing[]): Standing[] | undefined {
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

/** `object` and those of `all` that stand on it, directly or through others, in the order of `all`. */
export function withThoseOnTop(object: Standing, all: readonly Standing[]): Standing[] {
  const keys = new Set([object.key]);
  for (let size = 0; size !== keys.size; ) {
    size = keys.size;
    for (const { key, needs } of all) if (needs.some((need) => keys.has(need))) keys.add(key);
  }
  return all.filter(({ key }) => keys.has(key));
}
