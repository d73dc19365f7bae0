create or replace view baleen.coverage as
select r.chain_id, l.lineage, r.kind, r.from_height, r.to_height, r.version
from baleen_store.ranges r
left join baleen_store.chains l on l.chain_id = r.chain_id
union all
select c.chain_id, c.lineage, 'genesis', c.initial_height - 1, c.initial_height - 1, null
from baleen_store.chains c
where c.genesis_hash is not null;

comment on view baleen.coverage is 'One row is a range of heights whose data is there. Ranges of one kind and version never touch. Key: chain_id, kind, from_height. Outside of it, absent does not mean zero.';
comment on column baleen.coverage.kind is 'blocks: blocks and their txs. results: their results. table:<name>: the rows of a table of schema baleen_store, be it none; those of commits and missed_votes stand one height below. state:<store>: a module''s store after one block, whose height is from_height and to_height; another state of the chain takes its place. genesis: at the height before the first block.';
comment on column baleen.coverage.from_height is 'First height.';
comment on column baleen.coverage.to_height is 'Last height, included.';
comment on column baleen.coverage.version is 'Of a table: the version of its decoder that made the rows. NULL: the kind has none.';
