-- Comments of columns that a view's own file leaves out. A column that means the same in every view has one text. Any other takes the
-- comment of the column of the same name that the view reads: of the table that the view shows (named like it), else of the only one
-- there is. Where several differ, the view's file has to say it.
do $$
declare
  target record;
  found bool := true;
begin
  -- Again, until nothing is found: a view may take a comment from another view.
  while found loop
    found := false;
    for target in
      select a.attrelid::regclass as view, a.attname as name, coalesce(said.doc, named.doc, sole.doc) as doc
      from pg_attribute a
      join pg_class v on v.oid = a.attrelid and v.relkind = 'v' and v.relnamespace = 'baleen'::regnamespace
      left join (values
        ('chain_id', 'The chain''s id, as its blocks say it.'),
        ('lineage', 'Name of the chains that continue one another (columbus for columbus-1 to columbus-5), else the chain''s id.'),
        ('height', 'Height of the block.'),
        ('time', 'The block''s time, cut to microseconds. NULL: Go''s zero time.'),
        ('time_ns', 'Nanoseconds within the second of the block''s time, 0 to 999,999,999. NULL: Go''s zero time.'),
        ('tx_index', 'Position of the tx in its block, from 0.'),
        ('tx_hash', 'sha256 of the tx, upper-case hex; tx(hash) takes any case. The same tx may stand in several blocks: join by chain_id, height and tx_index.'),
        ('as_of_height', 'The state is what it was after this block.'),
        ('success', 'Whether the tx''s code is 0. NULL: no results of this block, see coverage.')
      ) as said (name, doc) on said.name = a.attname
      left join lateral (
        select array_agg(distinct col_description(r.oid, t.attnum)) as docs,
          array_agg(col_description(r.oid, t.attnum)) filter (where r.relname in (v.relname, 'state_' || v.relname)) as named_docs
        from pg_rewrite w
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
        join pg_class r on r.oid = d.refobjid and r.oid <> v.oid
        join pg_attribute t on t.attrelid = r.oid and t.attnum = d.refobjsubid and t.attname = a.attname
        where w.ev_class = v.oid and col_description(r.oid, t.attnum) is not null
      ) read on true
      left join lateral (select read.named_docs[1] as doc) named on true
      left join lateral (select read.docs[1] as doc where cardinality(read.docs) = 1) sole on true
      where a.attnum > 0 and not a.attisdropped and col_description(a.attrelid, a.attnum) is null
    loop
      if target.doc is not null then
        execute format('comment on column %s.%I is %L', target.view, target.name, target.doc);
        found := true;
      end if;
    end loop;
  end loop;
end $$;
