create or replace view baleen.gaps as
with wanted as (
  select w.chain_id, range_agg(int8range(w.from_height, w.to_height, '[]')) as heights
  from baleen_store.wanted_ranges w
  group by w.chain_id
), there as (
  select
    r.chain_id,
    coalesce(range_agg(int8range(r.from_height, r.to_height, '[]')) filter (where r.kind = 'blocks'), '{}') as blocks,
    coalesce(range_agg(int8range(r.from_height, r.to_height, '[]')) filter (where r.kind = 'results'), '{}') as results
  from baleen_store.ranges r
  group by r.chain_id
), missing as (
  select
    c.chain_id,
    'blocks' as kind,
    'blocks: not indexed yet' as reason,
    coalesce(w.heights, '{}') + int8multirange(range_merge(coalesce(t.blocks, '{}'))) - coalesce(t.blocks, '{}') as heights
  from baleen_store.chains c
  left join wanted w on w.chain_id = c.chain_id
  left join there t on t.chain_id = c.chain_id
  union all
  select t.chain_id, 'results', 'results: not in source', t.blocks - t.results
  from there t
)
select
  m.chain_id,
  l.lineage,
  m.kind,
  lower(g.heights) as from_height,
  upper(g.heights) - 1 as to_height,
  m.reason
from missing m
cross join lateral unnest(m.heights) as g (heights)
left join baleen_store.chains l on l.chain_id = m.chain_id;

comment on view baleen.gaps is 'One row is a range of heights that is missing: of the heights that were asked for, or between heights that are there. Key: chain_id, kind, from_height.';
comment on column baleen.gaps.kind is 'What is missing: blocks, or results of blocks that are there.';
comment on column baleen.gaps.from_height is 'First height.';
comment on column baleen.gaps.to_height is 'Last height, included.';
comment on column baleen.gaps.reason is 'Why it is missing.';

create or replace view baleen.failed_ranges as
select
  f.chain_id,
  l.lineage,
  f.from_height,
  f.to_height,
  f.reason,
  f.attempts,
  f.next_try,
  f.last_failed
from baleen_store.failed_ranges f
left join baleen_store.chains l on l.chain_id = f.chain_id;

comment on view baleen.failed_ranges is 'One row is a range of heights that could not be written; gone once it is. Key: chain_id, from_height, to_height.';
comment on column baleen.failed_ranges.from_height is 'First height.';
comment on column baleen.failed_ranges.to_height is 'Last height, included.';
comment on column baleen.failed_ranges.reason is 'The error, as it was told.';
comment on column baleen.failed_ranges.attempts is 'How often it was tried.';
comment on column baleen.failed_ranges.next_try is 'When it is tried again. NULL: when somebody asks.';
comment on column baleen.failed_ranges.last_failed is 'When it failed last.';
