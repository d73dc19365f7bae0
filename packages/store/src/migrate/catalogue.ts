/** The catalogue's answer to: what stands on these views and functions, and which SQL drops each and makes it again as it is?
 *
 * Three parts of one statement, with the names of the views and functions between the first and the second. Names in the SQL that it
 * makes have their schemas as long as search_path is `pg_catalog`. */

/** SQL for the dependencies between objects. The rule by which a view is a view stands for the view, and so do its row type and that type's
 * array. */
export const EDGES = `
with recursive row_types as (
  select t.oid as type, t.typrelid as class from pg_type t where t.typtype = 'c' and t.typrelid >= 16384
  union all
  select t.typarray, t.typrelid from pg_type t where t.typtype = 'c' and t.typrelid >= 16384
), edges as materialized (
  select
    case when w.rulename = '_RETURN' then 'pg_class'::regclass else d.classid end::oid as class,
    case when w.rulename = '_RETURN' then w.ev_class else d.objid end as object,
    case when w.rulename = '_RETURN' then 0 else d.objsubid end as part,
    case when t.class is null then d.refclassid else 'pg_class'::regclass end::oid as on_class,
    coalesce(t.class, d.refobjid) as on_object
  from pg_depend d
  left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
  left join row_types t on d.refclassid = 'pg_type'::regclass and t.type = d.refobjid
  where d.deptype = 'n' and d.refobjid >= 16384
    and d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass)
)`;

/** Above the roots, in \`roots\` (class, object), all that stands on them, and the triggers, rules, indexes, statistics and defaults of
 * all of these. */
export const OBJECTS = `
, seen as (
  select class, object, 0 as part from roots
  union
  select e.class, e.object, e.part
  from seen s
  join edges e on e.on_class = s.class and e.on_object = s.object and s.part = 0
), belongings as (
  select 'pg_trigger'::regclass::oid as class, t.oid as object, t.tgrelid as relation from pg_trigger t where not t.tgisinternal
  union all
  select 'pg_rewrite'::regclass, w.oid, w.ev_class from pg_rewrite w where w.rulename <> '_RETURN'
  union all
  select 'pg_class'::regclass, i.indexrelid, i.indrelid from pg_index i
  union all
  select 'pg_statistic_ext'::regclass, e.oid, e.stxrelid from pg_statistic_ext e
  union all
  select 'pg_attrdef'::regclass, f.oid, f.adrelid from pg_attrdef f
), objects as (
  select class, object, part from seen
  union
  select b.class, b.object, 0
  from seen s
  join belongings b on b.relation = s.object
  where s.class = 'pg_class'::regclass and s.part = 0
), named as (
  select o.class, o.object, o.part, i.identity, case i.type when 'statistics object' then 'statistics' else i.type end as type
  from objects o
  cross join lateral pg_identify_object(o.class, o.object, o.part) i
)`;

/** A row per object, with the columns of \`CatalogObject\`. */
export const DESCRIPTIONS = `
select
  n.class || '/' || n.object as key,
  n.type || ' ' || n.identity as label,
  coalesce(c.relnamespace, p.pronamespace)::regnamespace || '.' || coalesce(c.relname, p.proname) as name,
  not coalesce(c.relkind in ('v', 'm'), p.oid is not null) as "isLeaf",
  p.oid is not null and p.prokind <> 'a' as "isFunction",
  case
    when f.oid is not null then format('alter table %s alter column %I drop default', f.adrelid::regclass, f.attname)
    when n.part > 0 then format('alter table %s drop column %I', n.object::regclass,
      (select a.attname from pg_attribute a where a.attrelid = n.object and a.attnum = n.part))
    when n.type = 'table constraint' then (
      select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname) from pg_constraint k where k.oid = n.object
    )
    else format('drop %s %s', n.type, n.identity)
  end as drop,
  case
    when c.relkind = 'v' then format('create view %s%s as %s', n.identity, ' with (' || options.list || ')', pg_get_viewdef(n.object))
    when c.relkind = 'm' then format('create materialized view %s using %I%s%s as %s with no data', n.identity,
      (select m.amname from pg_am m where m.oid = c.relam), ' with (' || options.list || ')',
      ' tablespace ' || quote_ident(s.spcname), rtrim(pg_get_viewdef(n.object), ';'))
    when p.prokind in ('f', 'p', 'w') then pg_get_functiondef(n.object)
    when n.type = 'trigger' then pg_get_triggerdef(n.object)
    when n.type = 'rule' then pg_get_ruledef(n.object)
    when n.type = 'statistics' then pg_get_statisticsobjdef(n.object)
    when n.type = 'index' and not exists (select from pg_constraint k where k.conindid = n.object) then pg_get_indexdef(n.object)
    when f.attgenerated = '' then format('alter table %s alter column %I set default %s', f.adrelid::regclass, f.attname,
      pg_get_expr(f.adbin, f.adrelid))
  end as create,
  (
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind = 'v'
  ) as columns,
  owner.name as owner,
  format('alter %s %s owner to %s', n.type, n.identity, owner.name) as "setOwner",
  case when c.relkind in ('v', 'm') then 'table ' || n.identity when p.oid is not null then 'routine ' || n.identity end as "grantedOn",
  coalesce(c.relacl, p.proacl) is not null as "hasGrants",
  array(
    select format('grant %s on %s %s to %s%s', a.privilege_type, case when p.oid is null then 'table' else 'routine' end, n.identity,
      case when a.grantee = 0 then 'public' else a.grantee::regrole::text end,
      case when a.is_grantable then ' with grant option' else '' end)
    from aclexplode(coalesce(c.relacl, p.proacl, acldefault(case when p.oid is null then 'r' else 'f' end::"char", owner.id))) a
    where c.relkind in ('v', 'm') or p.oid is not null
  ) as grants,
  array(
    select json_build_object('column', t.attname, 'sql', format('grant %s (%I) on table %s to %s%s', a.privilege_type, t.attname,
      n.identity, case when a.grantee = 0 then 'public' else a.grantee::regrole::text end,
      case when a.is_grantable then ' with grant option' else '' end))
    from pg_attribute t
    cross join lateral aclexplode(t.attacl) a
    where t.attrelid = c.oid and t.attnum > 0 and c.relkind in ('v', 'm')
  ) as "columnGrants",
  array(
    select format('comment on %s is %L', case when d.objsubid = 0 then n.type || ' ' || n.identity
      else 'column ' || n.identity || '.' || quote_ident(t.attname) end, d.description)
    from pg_description d
    left join pg_attribute t on t.attrelid = d.objoid and t.attnum = d.objsubid and n.class = 'pg_class'::regclass
    where d.classoid = n.class and d.objoid = n.object
    union all
    select format('alter materialized view %s alter column %I set statistics %s', n.identity, t.attname, t.attstattarget)
    from pg_attribute t
    where t.attrelid = c.oid and c.relkind = 'm' and t.attnum > 0 and t.attstattarget >= 0
    union all
    select format('alter materialized view %s cluster on %I', i.indrelid::regclass, c.relname)
    from pg_index i
    join pg_class r on r.oid = i.indrelid and r.relkind = 'm'
    where i.indexrelid = c.oid and i.indisclustered
    union all
    select format('alter index %s set tablespace %I', n.identity, s.spcname) where c.relkind = 'i' and s.oid is not null
    union all
    select format('alter table %s %s %s %I', w.relation::regclass,
      case w.state when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, n.type, w.name)
    from (
      select t.tgrelid as relation, t.tgenabled as state, t.tgname as name
      from pg_trigger t where n.type = 'trigger' and t.oid = n.object
      union all
      select r.ev_class, r.ev_enabled, r.rulename from pg_rewrite r where n.type = 'rule' and r.oid = n.object
    ) w
    where w.state <> 'O'
  ) as extras,
  case when c.relkind = 'm' and c.relispopulated then 'refresh materialized view ' || n.identity end as refresh,
  array(
    select e.on_class || '/' || e.on_object
    from edges e
    join objects o on o.class = e.on_class and o.object = e.on_object
    where e.class = n.class and e.object = n.object
    union
    select 'pg_class'::regclass::oid || '/' || b.relation
    from belongings b
    where b.class = n.class and b.object = n.object
  ) as needs
from named n
left join pg_class c on n.class = 'pg_class'::regclass and c.oid = n.object and n.part = 0
left join pg_proc p on n.class = 'pg_proc'::regclass and p.oid = n.object
left join pg_tablespace s on s.oid = c.reltablespace
left join pg_statistic_ext x on n.type = 'statistics' and x.oid = n.object
left join lateral (
  select d.oid, d.adrelid, d.adbin, a.attname, a.attgenerated
  from pg_attrdef d
  join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  where n.class = 'pg_attrdef'::regclass and d.oid = n.object
) f on true
left join lateral (
  select string_agg(format('%s=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') as list
  from unnest(c.reloptions) o
  where c.relkind in ('v', 'm')
) options on true
left join lateral (
  select r.oid as id, r.oid::regrole::text as name
  from pg_roles r
  where r.oid = coalesce(case when c.relkind in ('v', 'm') then c.relowner end, p.proowner, x.stxowner)
) owner on true`;

/** Options that users gave to views of ours, as statements: `create or replace view` takes them away. */
export const OPTIONS = `
select format('alter view %s set (%s)', c.oid::regclass, list.options) as statement
from pg_class c
cross join lateral (
  select string_agg(format('%s=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') as options
  from unnest(c.reloptions) o
) list
where c.relkind = 'v' and c.relnamespace = any('{baleen,baleen_store}'::regnamespace[]) and list.options is not null`;
