create or replace view baleen.gaps as
select
  m.chain_id,
  m.lineage,
  missing.kind,
  lower(g.heights) as from_height,
  upper(g.heights) - 1 as to_height,
  missing.reason
from baleen_store.missing_heights m
cross join lateral (
  values
    ('blocks', 'blocks: not indexed yet', m.asked_for),
    ('blocks', 'blocks: not asked for, though a source has them', m.not_asked_for),
    ('results', 'results: not in source', m.results)
) missing (kind, reason, heights)
cross join lateral unnest(missing.heights) as g (heights);

comment on view baleen.gaps is 'One row is a range of heights that is missing: of those that were asked for, between heights that are there, and, before and after these, of those that a source was seen to have. Key: chain_id, kind, from_height.';
comment on column baleen.gaps.kind is 'What is missing: blocks, or results of blocks that are there.';
comment on column baleen.gaps.from_height is 'First height.';
comment on column baleen.gaps.to_height is 'Last height, included.';
comment on column baleen.gaps.reason is 'Why it is missing: not indexed yet, not asked for, or not in the source.';

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

comment on view baleen.failed_ranges is 'One row is a range of heights that could not be written; the row is removed once they are. Key: chain_id, from_height, to_height.';
comment on column baleen.failed_ranges.from_height is 'First height.';
comment on column baleen.failed_ranges.to_height is 'Last height, included.';
comment on column baleen.failed_ranges.reason is 'Message of the last error.';
comment on column baleen.failed_ranges.attempts is 'How many tries have failed.';
comment on column baleen.failed_ranges.next_try is 'When a worker tries it again. NULL: only when a command asks for these heights again.';
comment on column baleen.failed_ranges.last_failed is 'When the last try failed.';
