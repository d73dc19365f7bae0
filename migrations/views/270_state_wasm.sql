create or replace view baleen.wasm_codes as
select c.chain_id, s.lineage, c.code_id, c.creator, c.code_hash as checksum, c.from_height, c.to_height
from baleen_store.state_wasm_codes c
join baleen_store.state_heads s on s.chain_id = c.chain_id
where c.to_height is null;

comment on view baleen.wasm_codes is 'One row is a code that the chain holds. Key: chain_id, code_id. Cost: small.';
comment on column baleen.wasm_codes.checksum is 'sha256 of the code.';

create or replace view baleen.wasm_contracts as
select
  c.chain_id,
  s.lineage,
  c.address,
  c.code_id,
  c.creator,
  c.admin,
  c.migratable,
  c.init_message,
  c.init_message_raw,
  c.value,
  c.value_raw,
  c.from_height,
  c.to_height,
  c.address_raw,
  c.admin_raw
from baleen_store.state_wasm_contracts c
join baleen_store.state_heads s on s.chain_id = c.chain_id
where c.to_height is null;

comment on view baleen.wasm_contracts is 'One row is a contract. Key: chain_id, address. Cost: filter on address, code_id or admin.';

create or replace view baleen.contract_state as
select e.chain_id, s.lineage, e.contract, e.key, e.key_text, e.value, e.value_json, e.from_height, e.to_height,
  e.contract_raw
from baleen_store.state_wasm_entries e
join baleen_store.state_heads s on s.chain_id = e.chain_id
where e.to_height is null;

comment on view baleen.contract_state is 'One row is a key of a contract''s storage. Key: chain_id, contract, key. Cost: filter on contract, or on key.';
