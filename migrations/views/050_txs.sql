create or replace view baleen.txs as
select
  t.chain_id,
  l.lineage,
  t.height,
  t.time,
  t.time_ns,
  t.tx_index,
  upper(encode(h.tx_hash, 'hex')) as tx_hash,
  t.code = 0 as success,
  t.code,
  t.codespace,
  t.gas_wanted,
  t.gas_used,
  t.memo,
  t.fee_payer,
  t.fee_granter,
  t.message_count,
  t.log,
  t.data,
  t.raw,
  t.info,
  t.fee_gas,
  t.timeout_height,
  t.decode_error,
  t.memo_raw,
  t.log_raw,
  t.info_raw,
  t.codespace_raw,
  t.fee_payer_raw,
  t.extra,
  t.extra_raw
from baleen_store.txs t
left join baleen_store.tx_hashes h on h.chain_id = t.chain_id and h.height = t.height and h.tx_index = t.tx_index
left join baleen_store.chains l on l.chain_id = t.chain_id;

comment on view baleen.txs is 'One row is a tx in a block; the same bytes may stand in several blocks. Key: chain_id, height, tx_index. Cost: filter on tx_hash, on chain_id and height or time, or on fee_payer.';
comment on column baleen.txs.raw is 'The tx as it stands in the block.';
