-- Consensus params of CometBFT 0.38 and later. NULL: not set, or the era has no such parameter.
alter table baleen_store.consensus_params
  add column vote_extensions_height int8,
  add column proposer_time_height int8,
  add column synchrony_precision_ns int8,
  add column synchrony_delay_ns int8;
