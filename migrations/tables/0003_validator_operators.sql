-- Who operates a consensus key, and since when. Few rows: one per validator that was ever made.

create table baleen_store.validator_operators (
  chain_id text collate "C" not null,
  height int8 not null,
  address bytea not null,
  operator_address text not null,
  constraint validator_operators_key primary key (chain_id, address, height)
);
