create or replace view baleen.coverage as
select r.chain_id, l.lineage, r.kind, r.from_height, r.to_height
from baleen_store.ranges r
left join baleen_store.chains l on l.chain_id = r.chain_id
union all
select c.chain_id, c.lineage, 'genesis', c.initial_height - 1, c.initial_height - 1
from baleen_store.chains c
where c.genesis_hash is not null;

comment on view baleen.coverage is 'One row is a range of heights whose data is there; ranges of a kind never touch. Key: chain_id, kind, from_height. Outside of it, absent does not mean zero.';
comment on column baleen.coverage.kind is 'state:<store> (a module''s store after one block: from_height and to_height are that block, and another state of the chain takes its place), blocks (blocks, txs, messages, signatures, fees, evidence, and the commits one height below), results (events, codes, gas, logs), validator_sets, consensus_params, genesis (at the height before the first block).';
comment on column baleen.coverage.from_height is 'First height.';
comment on column baleen.coverage.to_height is 'Last height, included.';
