-- Our own digests of what no hash of the chain covers. Blocks that are there already have none until `baleen redecode`: the ledger lacks
-- this table at their heights.

create table baleen_store.digests (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  facts bytea not null,
  events bytea,
  texts bytea
) partition by list (chain_id);
