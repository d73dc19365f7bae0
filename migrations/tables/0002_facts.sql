-- The facts. Columns and their comments come from packages/tables (one file per table); a test holds the two together.
-- Partitioned tables: LIST (chain_id), below it RANGE (height). Leaves are made when first needed, with a unique key of
-- their own (migrations/indexes); blocks has its key on the parent, and that is what refuses a height written twice.

create table baleen_store.blocks (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  block_hash bytea not null,
  parts_total int4 not null,
  parts_hash bytea not null,
  version_block numeric not null,
  version_app numeric not null,
  num_txs int8,
  total_txs int8,
  last_block_hash bytea not null,
  last_parts_total int4 not null,
  last_parts_hash bytea not null,
  last_commit_hash bytea not null,
  data_hash bytea not null,
  validators_hash bytea not null,
  next_validators_hash bytea not null,
  consensus_hash bytea not null,
  app_hash bytea not null,
  last_results_hash bytea not null,
  evidence_hash bytea not null,
  proposer_address bytea not null,
  proposer_consensus_address text,
  size int4 not null,
  tx_count int4 not null,
  results_hash bytea,
  validator_updates jsonb,
  constraint blocks_key primary key (chain_id, height)
) partition by list (chain_id);

create table baleen_store.txs (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  tx_index int4 not null,
  code int8,
  codespace text,
  codespace_raw bytea,
  gas_wanted numeric,
  gas_used numeric,
  data bytea,
  log text,
  log_raw bytea,
  info text,
  info_raw bytea,
  memo text,
  memo_raw bytea,
  fee_gas numeric,
  fee_payer text,
  fee_granter text,
  timeout_height numeric,
  message_count int4,
  decode_error text,
  raw bytea not null
) partition by list (chain_id);

create table baleen_store.tx_hashes (
  chain_id text collate "C" not null,
  height int8 not null,
  tx_index int4 not null,
  tx_hash bytea not null,
  success bool,
  constraint tx_hashes_key primary key (chain_id, height, tx_index)
);

create table baleen_store.messages (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  tx_index int4 not null,
  msg_index int4 not null,
  path text not null,
  type text not null,
  type_raw bytea,
  name text,
  value jsonb,
  value_raw bytea,
  fields jsonb,
  fields_raw bytea,
  raw bytea not null
) partition by list (chain_id);

create table baleen_store.tx_signatures (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  tx_index int4 not null,
  signature_index int4 not null,
  signer text,
  public_key jsonb,
  public_key_raw bytea,
  sequence numeric,
  sign_mode text,
  signature bytea not null,
  members jsonb
) partition by list (chain_id);

create table baleen_store.tx_fees (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  tx_index int4 not null,
  fee_index int4 not null,
  denom text not null,
  denom_raw bytea,
  amount numeric not null,
  kind text not null,
  payer text,
  charged bool
) partition by list (chain_id);

create table baleen_store.events (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  event_index int4 not null,
  phase text not null,
  tx_index int4,
  phase_index int4 not null,
  type text not null,
  type_raw bytea,
  attributes jsonb not null,
  attributes_raw bytea
) partition by list (chain_id);

create table baleen_store.commits (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  round int4 not null,
  block_hash bytea not null,
  parts_total int4 not null,
  parts_hash bytea not null,
  flags int2[] not null,
  addresses bytea[] not null,
  times timestamptz[] not null,
  times_ns int4[] not null,
  signatures bytea[] not null
) partition by list (chain_id);

create table baleen_store.missed_votes (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  vote_index int4 not null,
  flag int2 not null,
  address bytea
) partition by list (chain_id);

create table baleen_store.evidence (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  evidence_index int4 not null,
  validator_index int4 not null,
  kind text not null,
  evidence_height int8 not null,
  address bytea,
  consensus_address text,
  power int8,
  total_power int8,
  evidence_time timestamptz,
  evidence_time_ns int4,
  raw bytea not null,
  constraint evidence_key primary key (chain_id, height, evidence_index, validator_index)
);

create table baleen_store.validators (
  chain_id text collate "C" not null,
  address bytea not null,
  consensus_address text,
  key_type text,
  public_key bytea,
  constraint validators_key primary key (chain_id, address)
);

create table baleen_store.validator_sets (
  chain_id text collate "C" not null,
  validators_hash bytea not null,
  addresses bytea[] not null,
  voting_powers int8[] not null,
  constraint validator_sets_key primary key (chain_id, validators_hash)
);

create table baleen_store.consensus_params (
  chain_id text collate "C" not null,
  params_hash bytea not null,
  block_max_bytes int8 not null,
  block_max_gas int8 not null,
  block_time_iota_ms int8,
  evidence_max_age_blocks int8,
  evidence_max_age_ns int8,
  evidence_max_bytes int8,
  validator_key_types text[] not null,
  app_version numeric,
  constraint consensus_params_key primary key (chain_id, params_hash)
);


create index tx_hashes_hash on baleen_store.tx_hashes using hash (upper(encode(tx_hash, 'hex')));
create index validators_consensus_address on baleen_store.validators (consensus_address);

-- Random bytes: trying to compress them is time lost.
alter table baleen_store.commits alter signatures set storage external, alter addresses set storage external;
alter table baleen_store.validator_sets alter addresses set storage external;
