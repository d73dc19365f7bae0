create or replace view baleen.blocks as
select
  b.chain_id,
  l.lineage,
  b.height,
  b.time,
  b.time_ns,
  upper(encode(b.block_hash, 'hex')) as block_hash,
  b.proposer_consensus_address,
  (
    select o.operator_address from baleen_store.validator_operators o
    where o.chain_id = b.chain_id and o.address = b.proposer_address and o.height <= b.height
    order by o.height desc limit 1
  ) as proposer_operator_address,
  b.tx_count,
  b.size,
  nullif(upper(encode(b.app_hash, 'hex')), '') as app_hash,
  b.version_block,
  b.version_app,
  b.num_txs,
  b.total_txs,
  nullif(upper(encode(b.last_block_hash, 'hex')), '') as last_block_hash,
  b.last_parts_total,
  nullif(upper(encode(b.last_parts_hash, 'hex')), '') as last_parts_hash,
  nullif(upper(encode(b.last_commit_hash, 'hex')), '') as last_commit_hash,
  nullif(upper(encode(b.data_hash, 'hex')), '') as data_hash,
  nullif(upper(encode(b.validators_hash, 'hex')), '') as validators_hash,
  nullif(upper(encode(b.next_validators_hash, 'hex')), '') as next_validators_hash,
  nullif(upper(encode(b.consensus_hash, 'hex')), '') as consensus_hash,
  nullif(upper(encode(b.last_results_hash, 'hex')), '') as last_results_hash,
  nullif(upper(encode(b.evidence_hash, 'hex')), '') as evidence_hash,
  upper(encode(b.proposer_address, 'hex')) as proposer_address_hex,
  b.parts_total,
  upper(encode(b.parts_hash, 'hex')) as parts_hash,
  upper(encode(b.results_hash, 'hex')) as results_hash,
  b.validator_updates
from baleen_store.blocks b
left join baleen_store.chains l on l.chain_id = b.chain_id;

comment on view baleen.blocks is 'One row is a block. Key: chain_id, height. Hashes are upper-case hex; NULL where the chain wrote none. Cost: filter on chain_id and height, time, block_hash or proposer_consensus_address.';
comment on column baleen.blocks.proposer_operator_address is 'The operator who had the proposer''s consensus key then, from the genesis and MsgCreateValidator. NULL: neither tells.';
comment on column baleen.blocks.app_hash is 'The application''s state after the block before. NULL: the chain wrote none.';
comment on column baleen.blocks.results_hash is 'What the next header must carry as last_results_hash; empty in eras that write none for no txs. NULL: no results, see coverage.';
comment on column baleen.blocks.proposer_address_hex is 'The proposer''s consensus address in hex, for chains whose prefix is not known.';
