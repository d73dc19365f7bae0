-- Rows that are there already keep NULL, and coverage says of them version 1.

alter table baleen_store.txs
  add extra jsonb,
  add extra_raw bytea;
