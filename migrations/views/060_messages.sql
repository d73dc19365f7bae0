create or replace view baleen.messages as
select
  m.chain_id,
  l.lineage,
  m.height,
  m.time,
  m.time_ns,
  m.tx_index,
  upper(encode(h.tx_hash, 'hex')) as tx_hash,
  h.success,
  m.msg_index,
  m.path,
  m.type,
  m.name,
  m.value,
  m.fields,
  m.raw,
  m.value_raw,
  m.fields_raw,
  m.type_raw,
  m.path_raw,
  m.name_raw
from baleen_store.messages m
left join baleen_store.tx_hashes h on h.chain_id = m.chain_id and h.height = m.height and h.tx_index = m.tx_index
left join baleen_store.chains l on l.chain_id = m.chain_id;

comment on view baleen.messages is 'One row is a message of a tx, or one nested in it (authz, msgauth, gov v1, group). Key: chain_id, height, tx_index, msg_index, path. Messages of failed txs are in it: see success. Undecodable txs have none. Cost: filter on tx_hash, on chain_id and height or time, or on name.';
