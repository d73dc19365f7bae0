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
  encode(c.genesis_file_sha256, 'hex') as genesis_file_sha256
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
  select r.to_height from baleen_store.ranges r where r.chain_id = c.chain_id and r.kind = 'blocks'
  order by r.from_height limit 1
) first on true
left join lateral (
  select r.to_height from baleen_store.ranges r where r.chain_id = c.chain_id and r.kind = 'blocks'
  order by r.from_height desc limit 1
) head on true
left join baleen_store.blocks head_block on head_block.chain_id = c.chain_id and head_block.height = head.to_height;

comment on view baleen.chains is 'One row is a chain. Key: chain_id. Cost: one lookup per chain.';
comment on column baleen.chains.predecessor is 'Chain id that this chain continues. NULL: none, or not known.';
comment on column baleen.chains.successor is 'Chain id that continues this chain. NULL: none, or not known.';
comment on column baleen.chains.first_height is 'Height of the chain''s first block, indexed or not.';
comment on column baleen.chains.last_height is 'Height of the chain''s last block. NULL: it lives, or not known.';
comment on column baleen.chains.head_height is 'Highest indexed height. NULL: none yet.';
comment on column baleen.chains.complete_to is 'A consumer''s watermark: every height from the first indexed one to here is there. NULL: none yet.';
comment on column baleen.chains.lag_seconds is 'Seconds since the time of the highest indexed block. NULL: none yet.';
comment on column baleen.chains.last_write is 'When the last batch was committed. NULL: never.';
comment on column baleen.chains.head_time is 'Time of the highest indexed block. NULL: none yet.';
comment on column baleen.chains.bech32_prefix is 'Prefix of account addresses, e.g. terra. NULL: nothing tells it.';
comment on column baleen.chains.genesis_hash is 'sha256, in hex, of the genesis without insignificant white space. NULL: no source had it.';
comment on column baleen.chains.genesis_file_sha256 is 'sha256, in hex, of the genesis file as it was. NULL: no source had it.';
