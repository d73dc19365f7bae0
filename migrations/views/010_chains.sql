-- What is missing of a chain, as sets of heights: asked_for, of the heights that were asked for or lie between indexed ones; not_asked_for,
-- of those below and above that a source was seen to have; results, of indexed blocks.
create or replace view baleen_store.missing_heights as
select c.chain_id, c.lineage, m.asked_for, m.not_asked_for, m.results
from baleen_store.chains c
cross join lateral (
  select
    coalesce(range_agg(int8range(r.from_height, r.to_height, '[]')) filter (where r.kind = 'blocks'), '{}') as blocks,
    coalesce(range_agg(int8range(r.from_height, r.to_height, '[]')) filter (where r.kind = 'results'), '{}') as results
  from baleen_store.ranges r
  where r.chain_id = c.chain_id and r.kind in ('blocks', 'results')
) there
cross join lateral (
  select coalesce(range_agg(int8range(w.from_height, w.to_height, '[]')), '{}') + int8multirange(range_merge(there.blocks)) as heights
  from baleen_store.wanted_ranges w
  where w.chain_id = c.chain_id
) wanted
cross join lateral (
  select coalesce(range_agg(int8range(s.base_height, s.head_height, '[]')), '{}') as heights
  from baleen_store.sources s
  where s.chain_id = c.chain_id and s.base_height <= s.head_height
) seen
cross join lateral (
  select
    wanted.heights - there.blocks as asked_for,
    seen.heights - wanted.heights as not_asked_for,
    there.blocks - there.results as results
) m;

comment on view baleen_store.missing_heights is 'One row is a chain. Key: chain_id. Cost: its ranges.';
comment on column baleen_store.missing_heights.chain_id is 'The chain''s id.';
comment on column baleen_store.missing_heights.lineage is 'Name of the chains that continue one another.';
comment on column baleen_store.missing_heights.asked_for is 'Missing heights that were asked for, or lie between indexed ones.';
comment on column baleen_store.missing_heights.not_asked_for is 'Heights below and above these that a source was seen to have.';
comment on column baleen_store.missing_heights.results is 'Indexed heights without results.';

create or replace view baleen.chains as
select
  c.chain_id,
  c.lineage,
  predecessor.chain_id as predecessor,
  successor.chain_id as successor,
  c.initial_height as first_height,
  l.last_height,
  head.to_height as head_height,
  first.to_height as complete_to,
  extract(epoch from now() - head_block.time)::float8 as lag_seconds,
  c.last_write,
  head_block.time as head_time,
  c.bech32_prefix,
  encode(c.genesis_hash, 'hex') as genesis_hash,
  encode(c.genesis_file_sha256, 'hex') as genesis_file_sha256,
  first.from_height as first_indexed,
  head.to_height as last_indexed,
  missing.blocks as missing,
  missing.results as results_missing,
  least(first.to_height, first_results.to_height) as results_complete_to,
  state.height as state_height
from baleen_store.chains c
left join baleen_store.lineages l on l.chain_id = c.chain_id
left join lateral (
  select p.chain_id from baleen_store.lineages p where p.lineage = c.lineage and p.position < l.position
  order by p.position desc limit 1
) predecessor on true
left join lateral (
  select s.chain_id from baleen_store.lineages s where s.lineage = c.lineage and s.position > l.position
  order by s.position limit 1
) successor on true
left join lateral (
  select r.from_height, r.to_height from baleen_store.ranges r where r.chain_id = c.chain_id and r.kind = 'blocks'
  order by r.from_height limit 1
) first on true
left join lateral (
  select r.to_height from baleen_store.ranges r where r.chain_id = c.chain_id and r.kind = 'blocks'
  order by r.from_height desc limit 1
) head on true
left join baleen_store.ranges first_results
  on first_results.chain_id = c.chain_id and first_results.kind = 'results'
  and first.from_height between first_results.from_height and first_results.to_height
left join baleen_store.states state on state.chain_id = c.chain_id
left join lateral (
  select
    (select coalesce(sum(upper(h) - lower(h)), 0)::int8 from unnest(m.asked_for) h) as blocks,
    (select coalesce(sum(upper(h) - lower(h)), 0)::int8 from unnest(m.results) h) as results
  from baleen_store.missing_heights m
  where m.chain_id = c.chain_id
) missing on true
left join baleen_store.blocks head_block on head_block.chain_id = c.chain_id and head_block.height = head.to_height;

comment on view baleen.chains is 'One row is a chain, and what of it is here: blocks from first_indexed to last_indexed but for `missing` of them, results but for `results_missing`, state at state_height. Key: chain_id. Cost: one lookup per chain.';
comment on column baleen.chains.predecessor is 'Chain id that this chain continues. NULL: none, or not known.';
comment on column baleen.chains.successor is 'Chain id that continues this chain. NULL: none, or not known.';
comment on column baleen.chains.first_height is 'Height of the chain''s first block, indexed or not.';
comment on column baleen.chains.last_height is 'Height of the chain''s last block. NULL: the chain still makes blocks, or its end is not known.';
comment on column baleen.chains.head_height is 'Highest indexed height, as last_indexed. NULL: none yet.';
comment on column baleen.chains.complete_to is 'Watermark of a consumer of blocks: the block of every height from first_indexed to here is there, its results perhaps not (see results_complete_to). It falls only when a lower height is indexed. NULL: none yet.';
comment on column baleen.chains.lag_seconds is 'Seconds since the time of the highest indexed block. NULL: none yet.';
comment on column baleen.chains.last_write is 'When the last batch was committed. NULL: never.';
comment on column baleen.chains.head_time is 'Time of the highest indexed block. NULL: none yet.';
comment on column baleen.chains.bech32_prefix is 'Prefix of account addresses, e.g. terra. NULL: nothing tells it.';
comment on column baleen.chains.genesis_hash is 'sha256, in hex, of the genesis without insignificant white space. NULL: no source had it.';
comment on column baleen.chains.genesis_file_sha256 is 'sha256, in hex, of the genesis file byte for byte. NULL: no source had the file.';
comment on column baleen.chains.first_indexed is 'Lowest indexed height. NULL: none yet.';
comment on column baleen.chains.last_indexed is 'Highest indexed height. NULL: none yet.';
comment on column baleen.chains.missing is 'How many heights are missing of those that were asked for or lie between first_indexed and last_indexed; gaps names them.';
comment on column baleen.chains.results_missing is 'How many indexed heights have no results (events, codes, gas, logs); gaps names them.';
comment on column baleen.chains.results_complete_to is 'Watermark of a consumer of results: every height from first_indexed to here has block and results. NULL: first_indexed has no results.';
comment on column baleen.chains.state_height is 'The application''s state that is here is the one after this block. NULL: none is.';
