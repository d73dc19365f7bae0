create or replace view baleen.module_params as
select p.chain_id, s.lineage, p.subspace, p.key, p.name, p.value, p.value_raw, p.from_height, p.to_height,
  p.subspace_raw, p.key_raw
from baleen_store.state_params p
join baleen_store.state_heads s on s.chain_id = p.chain_id
where p.to_height is null;

comment on view baleen.module_params is 'One row is a parameter of a module. jsonb_object_agg(name, value) of a subspace is what REST answers. Key: chain_id, subspace, key. Cost: small.';

create or replace view baleen.module_values as
select m.chain_id, s.lineage, m.module, m.name, m.key, m.value, m.value_raw, m.from_height, m.to_height,
  m.key_raw
from baleen_store.state_module_values m
join baleen_store.state_heads s on s.chain_id = m.chain_id
where m.to_height is null;

comment on view baleen.module_values is 'One row is a value that a module has besides what other views show: the minter, tax caps, the pool''s delta, a planned upgrade. Key: chain_id, module, name, key. Cost: filter on module.';

create or replace view baleen.historical_infos as
select h.chain_id, s.lineage, h.height, h.value, h.value_raw, h.from_height, h.to_height
from baleen_store.state_historical_infos h
join baleen_store.state_heads s on s.chain_id = h.chain_id
where h.to_height is null;

comment on view baleen.historical_infos is 'One row is a block that the staking module remembers for IBC: header and validators. Key: chain_id, height. Cost: small.';
comment on column baleen.historical_infos.height is 'Height of the block that is remembered.';

create or replace view baleen.grants as
select
  g.chain_id,
  s.lineage,
  g.granter,
  g.grantee,
  g.message_type,
  g.expiration,
  g.expiration_ns,
  g.authorization_value,
  g.authorization_value_raw,
  g.from_height,
  g.to_height,
  g.granter_raw,
  g.grantee_raw,
  g.message_type_raw
from baleen_store.state_grants g
join baleen_store.state_heads s on s.chain_id = g.chain_id
where g.to_height is null;

comment on view baleen.grants is 'One row is a kind of message that a grantee may send in a granter''s name (authz, msgauth). Key: chain_id, granter, grantee, message_type. Cost: filter on granter or grantee.';

create or replace view baleen.fee_allowances as
select f.chain_id, s.lineage, f.granter, f.grantee, f.allowance, f.allowance_raw, f.from_height, f.to_height,
  f.granter_raw, f.grantee_raw
from baleen_store.state_fee_allowances f
join baleen_store.state_heads s on s.chain_id = f.chain_id
where f.to_height is null;

comment on view baleen.fee_allowances is 'One row is a granter who pays a grantee''s fees. Key: chain_id, granter, grantee. Cost: filter on granter or grantee.';
