-- Columns that mean the same in every view; views name their exceptions themselves.
do $$
declare
  target record;
begin
  for target in
    select a.attrelid::regclass as view, a.attname as name, coalesce(said.doc, stored.doc) as doc
    from pg_attribute a
    join pg_class v on v.oid = a.attrelid and v.relkind = 'v' and v.relnamespace = 'baleen'::regnamespace
    left join (values
      ('chain_id', 'The chain''s id, as its blocks say it.'),
      ('lineage', 'Name of the chains that continue one another (columbus for columbus-1 to columbus-5), else the chain''s id.'),
      ('height', 'Height of the block.'),
      ('time', 'The block''s time, cut to microseconds. NULL: Go''s zero time.'),
      ('time_ns', 'Nanoseconds within the second of the block''s time, 0 to 999,999,999. NULL: Go''s zero time.'),
      ('tx_index', 'Position of the tx in its block, from 0.'),
      ('tx_hash', 'sha256 of the tx, upper-case hex. One hash may stand in several blocks.'),
      ('as_of_height', 'The state is what it was after this block.'),
      ('success', 'Whether the tx''s code is 0. NULL: no results of this block, see coverage.')
    ) as said (name, doc) on said.name = a.attname
    left join lateral (
      select col_description(t.attrelid, t.attnum) as doc
      from pg_attribute t
      join pg_class r on r.oid = t.attrelid and r.relnamespace = 'baleen_store'::regnamespace and not r.relispartition
      where t.attname = a.attname
        and (
          r.relname in (v.relname, 'events')
          -- A view of state, which reads its own table of state first of all.
          or r.relname like 'state\_%' and r.oid in (
            select d.refobjid from pg_depend d join pg_rewrite w on w.oid = d.objid
            where d.classid = 'pg_rewrite'::regclass and w.ev_class = v.oid
          )
        )
      order by r.relname = v.relname desc, r.relname = 'state_' || v.relname desc, r.relname = 'events' desc,
        r.relname in ('state_validators', 'state_params', 'state_accounts'), r.relname
      limit 1
    ) stored on true
    where a.attnum > 0 and not a.attisdropped and col_description(a.attrelid, a.attnum) is null
  loop
    if target.doc is not null then
      execute format('comment on column %s.%I is %L', target.view, target.name, target.doc);
    end if;
  end loop;
end $$;
