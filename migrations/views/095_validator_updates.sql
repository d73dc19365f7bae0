create or replace view baleen.validator_updates as
select
  u.chain_id,
  l.lineage,
  u.height,
  u.time,
  u.time_ns,
  u.update_index,
  v.consensus_address,
  (
    select o.operator_address from baleen_store.validator_operators o
    where o.chain_id = u.chain_id and o.address = u.address and o.height <= u.height
    order by o.height desc limit 1
  ) as operator_address,
  u.key_type,
  u.public_key,
  u.power,
  upper(encode(u.address, 'hex')) as consensus_address_hex
from baleen_store.validator_updates u
left join baleen_store.validators v on v.chain_id = u.chain_id and v.address = u.address
left join baleen_store.chains l on l.chain_id = u.chain_id;

comment on view baleen.validator_updates is 'One row is a change of the validator set that the application answered to a block. Key: chain_id, height, update_index. The set votes so from two heights later, see validator_sets. Cost: filter on chain_id and height; few rows.';
comment on column baleen.validator_updates.consensus_address is 'The validator''s consensus address in bech32. NULL: it never stood in an indexed set, or nothing tells the chain''s prefix.';
comment on column baleen.validator_updates.operator_address is 'The operator who had the key then, from the genesis and MsgCreateValidator. NULL: neither tells.';
comment on column baleen.validator_updates.consensus_address_hex is 'The same address in hex. NULL: the key is not ed25519.';
