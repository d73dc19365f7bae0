create or replace view baleen.tx_signatures as
select
  s.chain_id,
  l.lineage,
  s.height,
  s.time,
  s.time_ns,
  s.tx_index,
  upper(encode(h.tx_hash, 'hex')) as tx_hash,
  h.success,
  s.signature_index,
  s.signer,
  s.public_key,
  s.sequence,
  s.sign_mode,
  s.signature,
  s.members,
  s.public_key_raw,
  s.signer_raw
from baleen_store.tx_signatures s
left join baleen_store.tx_hashes h on h.chain_id = s.chain_id and h.height = s.height and h.tx_index = s.tx_index
left join baleen_store.chains l on l.chain_id = s.chain_id;

comment on view baleen.tx_signatures is 'One row is a signature of a tx; a multisig is one row. Key: chain_id, height, tx_index, signature_index. Cost: filter on tx_hash, on chain_id and height or time, or on signer.';

create or replace view baleen.tx_fees as
select
  f.chain_id,
  l.lineage,
  f.height,
  f.time,
  f.time_ns,
  f.tx_index,
  upper(encode(h.tx_hash, 'hex')) as tx_hash,
  h.success,
  f.fee_index,
  f.denom,
  f.amount,
  f.kind,
  f.payer,
  f.charged,
  f.denom_raw,
  f.payer_raw
from baleen_store.tx_fees f
left join baleen_store.tx_hashes h on h.chain_id = f.chain_id and h.height = f.height and h.tx_index = f.tx_index
left join baleen_store.chains l on l.chain_id = f.chain_id;

comment on view baleen.tx_fees is 'One row is a coin of a tx''s declared fee. Key: chain_id, height, tx_index, fee_index. Cost: filter on tx_hash, on chain_id and height or time, or on payer.';
