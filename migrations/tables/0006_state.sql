-- Application state. Columns and their comments come from packages/tables/src/state; a test holds the two together.
-- One row is what a leaf of a module's store said from from_height (the block that wrote it) to to_height (NULL: still).
-- Not partitioned: rows are asked for by key, and a chain's state is replaced in one transaction that readers don't wait for.
-- Keys begin with the chain and end with from_height; the other indexes hold only what is still so.

create table baleen_store.state_accounts (
  chain_id text collate "C" not null,
  address text not null,
  type text not null,
  account_number numeric not null,
  sequence numeric not null,
  public_key jsonb,
  module_name text,
  permissions text[],
  vesting jsonb,
  vesting_raw bytea,
  from_height int8 not null,
  to_height int8,
  constraint state_accounts_key primary key (chain_id, address, from_height)
);
create index state_accounts_address on baleen_store.state_accounts (address) where to_height is null;

create table baleen_store.state_balances (
  chain_id text collate "C" not null,
  address text not null,
  denom text not null,
  amount numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_balances_key primary key (chain_id, address, denom, from_height)
);
create index state_balances_address on baleen_store.state_balances (address, denom) where to_height is null;
create index state_balances_denom on baleen_store.state_balances (denom, amount desc) where to_height is null;

create table baleen_store.state_denom_metadata (
  chain_id text collate "C" not null,
  denom text not null,
  value jsonb,
  value_raw bytea,
  from_height int8 not null,
  to_height int8,
  constraint state_denom_metadata_key primary key (chain_id, denom, from_height)
);

create table baleen_store.state_denom_traces (
  chain_id text collate "C" not null,
  hash text not null,
  path text not null,
  base_denom text not null,
  from_height int8 not null,
  to_height int8,
  constraint state_denom_traces_key primary key (chain_id, hash, from_height)
);

create table baleen_store.state_supply (
  chain_id text collate "C" not null,
  denom text not null,
  amount numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_supply_key primary key (chain_id, denom, from_height)
);

create table baleen_store.state_vesting (
  chain_id text collate "C" not null,
  address text not null,
  denom text not null,
  original_vesting numeric not null,
  delegated_free numeric not null,
  delegated_vesting numeric not null,
  start_time numeric,
  end_time numeric not null,
  schedules jsonb,
  from_height int8 not null,
  to_height int8,
  constraint state_vesting_key primary key (chain_id, address, denom, from_height)
);
create index state_vesting_address on baleen_store.state_vesting (address) where to_height is null;

create table baleen_store.state_consensus_keys (
  chain_id text collate "C" not null,
  consensus_address text not null,
  key_type text not null,
  public_key bytea not null,
  from_height int8 not null,
  to_height int8,
  constraint state_consensus_keys_key primary key (chain_id, consensus_address, from_height)
);

create table baleen_store.state_delegations (
  chain_id text collate "C" not null,
  delegator text not null,
  operator_address text not null,
  shares numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_delegations_key primary key (chain_id, delegator, operator_address, from_height)
);
create index state_delegations_delegator on baleen_store.state_delegations (delegator, operator_address) where to_height is null;
create index state_delegations_operator on baleen_store.state_delegations (operator_address) where to_height is null;

create table baleen_store.state_historical_infos (
  chain_id text collate "C" not null,
  height int8 not null,
  value jsonb,
  value_raw bytea,
  from_height int8 not null,
  to_height int8,
  constraint state_historical_infos_key primary key (chain_id, height, from_height)
);

create table baleen_store.state_missed_blocks (
  chain_id text collate "C" not null,
  consensus_address text not null,
  block_index int8 not null,
  missed bool not null,
  from_height int8 not null,
  to_height int8,
  constraint state_missed_blocks_key primary key (chain_id, consensus_address, block_index, from_height)
);

create table baleen_store.state_redelegation_entries (
  chain_id text collate "C" not null,
  delegator text not null,
  source_operator_address text not null,
  destination_operator_address text not null,
  entry_index int4 not null,
  creation_height numeric not null,
  completion_time timestamptz,
  completion_time_ns int4,
  initial_balance numeric not null,
  shares_destination numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_redelegation_entries_key primary key (chain_id, delegator, source_operator_address, destination_operator_address, entry_index, from_height)
);
create index state_redelegation_entries_delegator on baleen_store.state_redelegation_entries (delegator) where to_height is null;
create index state_redelegation_entries_source on baleen_store.state_redelegation_entries (source_operator_address) where to_height is null;
create index state_redelegation_entries_destination on baleen_store.state_redelegation_entries (destination_operator_address) where to_height is null;

create table baleen_store.state_signing_infos (
  chain_id text collate "C" not null,
  consensus_address text not null,
  start_height numeric not null,
  index_offset numeric not null,
  jailed_until timestamptz,
  jailed_until_ns int4,
  tombstoned bool not null,
  missed_blocks_counter numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_signing_infos_key primary key (chain_id, consensus_address, from_height)
);

create table baleen_store.state_unbonding_entries (
  chain_id text collate "C" not null,
  delegator text not null,
  operator_address text not null,
  entry_index int4 not null,
  creation_height numeric not null,
  completion_time timestamptz,
  completion_time_ns int4,
  initial_balance numeric not null,
  balance numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_unbonding_entries_key primary key (chain_id, delegator, operator_address, entry_index, from_height)
);
create index state_unbonding_entries_delegator on baleen_store.state_unbonding_entries (delegator) where to_height is null;
create index state_unbonding_entries_operator on baleen_store.state_unbonding_entries (operator_address) where to_height is null;

create table baleen_store.state_validator_powers (
  chain_id text collate "C" not null,
  operator_address text not null,
  power int8 not null,
  from_height int8 not null,
  to_height int8,
  constraint state_validator_powers_key primary key (chain_id, operator_address, from_height)
);

create table baleen_store.state_validators (
  chain_id text collate "C" not null,
  operator_address text not null,
  operator_account text not null,
  consensus_address text not null,
  key_type text not null,
  public_key bytea not null,
  consensus_pubkey jsonb not null,
  jailed bool not null,
  status text not null,
  tokens numeric not null,
  delegator_shares numeric not null,
  moniker text not null,
  description jsonb,
  description_raw bytea,
  unbonding_height numeric not null,
  unbonding_time timestamptz,
  unbonding_time_ns int4,
  commission_rate numeric not null,
  commission_max_rate numeric not null,
  commission_max_change_rate numeric not null,
  commission_update_time timestamptz,
  commission_update_time_ns int4,
  min_self_delegation numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_validators_key primary key (chain_id, operator_address, from_height)
);
create index state_validators_consensus on baleen_store.state_validators (consensus_address) where to_height is null;
create index state_validators_operator_account on baleen_store.state_validators (operator_account) where to_height is null;

create table baleen_store.state_accumulated_commissions (
  chain_id text collate "C" not null,
  operator_address text not null,
  denom text not null,
  amount numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_accumulated_commissions_key primary key (chain_id, operator_address, denom, from_height)
);

create table baleen_store.state_community_pool (
  chain_id text collate "C" not null,
  denom text not null,
  amount numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_community_pool_key primary key (chain_id, denom, from_height)
);

create table baleen_store.state_current_periods (
  chain_id text collate "C" not null,
  operator_address text not null,
  period numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_current_periods_key primary key (chain_id, operator_address, from_height)
);

create table baleen_store.state_current_rewards (
  chain_id text collate "C" not null,
  operator_address text not null,
  denom text not null,
  amount numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_current_rewards_key primary key (chain_id, operator_address, denom, from_height)
);

create table baleen_store.state_historical_periods (
  chain_id text collate "C" not null,
  operator_address text not null,
  period numeric not null,
  reference_count int4 not null,
  from_height int8 not null,
  to_height int8,
  constraint state_historical_periods_key primary key (chain_id, operator_address, period, from_height)
);

create table baleen_store.state_historical_ratios (
  chain_id text collate "C" not null,
  operator_address text not null,
  period numeric not null,
  denom text not null,
  ratio numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_historical_ratios_key primary key (chain_id, operator_address, period, denom, from_height)
);

create table baleen_store.state_outstanding_rewards (
  chain_id text collate "C" not null,
  operator_address text not null,
  denom text not null,
  amount numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_outstanding_rewards_key primary key (chain_id, operator_address, denom, from_height)
);

create table baleen_store.state_slash_events (
  chain_id text collate "C" not null,
  operator_address text not null,
  height numeric not null,
  validator_period numeric not null,
  fraction numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_slash_events_key primary key (chain_id, operator_address, height, validator_period, from_height)
);

create table baleen_store.state_starting_infos (
  chain_id text collate "C" not null,
  delegator text not null,
  operator_address text not null,
  previous_period numeric not null,
  stake numeric not null,
  height numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_starting_infos_key primary key (chain_id, delegator, operator_address, from_height)
);
create index state_starting_infos_delegator on baleen_store.state_starting_infos (delegator, operator_address) where to_height is null;
create index state_starting_infos_operator on baleen_store.state_starting_infos (operator_address) where to_height is null;

create table baleen_store.state_withdraw_addresses (
  chain_id text collate "C" not null,
  delegator text not null,
  withdraw_address text not null,
  from_height int8 not null,
  to_height int8,
  constraint state_withdraw_addresses_key primary key (chain_id, delegator, from_height)
);
create index state_withdraw_addresses_delegator on baleen_store.state_withdraw_addresses (delegator) where to_height is null;

create table baleen_store.state_deposits (
  chain_id text collate "C" not null,
  proposal_id numeric not null,
  depositor text not null,
  denom text not null,
  amount numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_deposits_key primary key (chain_id, proposal_id, depositor, denom, from_height)
);
create index state_deposits_depositor on baleen_store.state_deposits (depositor) where to_height is null;

create table baleen_store.state_fee_allowances (
  chain_id text collate "C" not null,
  granter text not null,
  grantee text not null,
  allowance jsonb,
  allowance_raw bytea,
  from_height int8 not null,
  to_height int8,
  constraint state_fee_allowances_key primary key (chain_id, granter, grantee, from_height)
);
create index state_fee_allowances_granter on baleen_store.state_fee_allowances (granter) where to_height is null;
create index state_fee_allowances_grantee on baleen_store.state_fee_allowances (grantee) where to_height is null;

create table baleen_store.state_grants (
  chain_id text collate "C" not null,
  granter text not null,
  grantee text not null,
  message_type text not null,
  expiration timestamptz,
  expiration_ns int4,
  authorization_value jsonb,
  authorization_value_raw bytea,
  from_height int8 not null,
  to_height int8,
  constraint state_grants_key primary key (chain_id, granter, grantee, message_type, from_height)
);
create index state_grants_granter on baleen_store.state_grants (granter) where to_height is null;
create index state_grants_grantee on baleen_store.state_grants (grantee) where to_height is null;

create table baleen_store.state_proposals (
  chain_id text collate "C" not null,
  proposal_id numeric not null,
  content_type text not null,
  title text,
  status text not null,
  submit_time timestamptz,
  submit_time_ns int4,
  deposit_end_time timestamptz,
  deposit_end_time_ns int4,
  voting_start_time timestamptz,
  voting_start_time_ns int4,
  voting_end_time timestamptz,
  voting_end_time_ns int4,
  value jsonb,
  value_raw bytea,
  from_height int8 not null,
  to_height int8,
  constraint state_proposals_key primary key (chain_id, proposal_id, from_height)
);

create table baleen_store.state_votes (
  chain_id text collate "C" not null,
  proposal_id numeric not null,
  voter text not null,
  option_index int4 not null,
  option text not null,
  weight numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_votes_key primary key (chain_id, proposal_id, voter, option_index, from_height)
);
create index state_votes_voter on baleen_store.state_votes (voter) where to_height is null;

create table baleen_store.state_oracle_feeders (
  chain_id text collate "C" not null,
  operator_address text not null,
  feeder text not null,
  from_height int8 not null,
  to_height int8,
  constraint state_oracle_feeders_key primary key (chain_id, operator_address, from_height)
);

create table baleen_store.state_oracle_misses (
  chain_id text collate "C" not null,
  operator_address text not null,
  misses numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_oracle_misses_key primary key (chain_id, operator_address, from_height)
);

create table baleen_store.state_oracle_prevotes (
  chain_id text collate "C" not null,
  operator_address text not null,
  denom text,
  hash text not null,
  submit_block int8 not null,
  from_height int8 not null,
  to_height int8,
  constraint state_oracle_prevotes_key unique nulls not distinct (chain_id, operator_address, denom, from_height)
);

create table baleen_store.state_oracle_rates (
  chain_id text collate "C" not null,
  denom text not null,
  rate numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_oracle_rates_key primary key (chain_id, denom, from_height)
);

create table baleen_store.state_oracle_tobin_taxes (
  chain_id text collate "C" not null,
  denom text not null,
  tax numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_oracle_tobin_taxes_key primary key (chain_id, denom, from_height)
);

create table baleen_store.state_oracle_votes (
  chain_id text collate "C" not null,
  operator_address text not null,
  aggregate bool not null,
  rate_index int4 not null,
  denom text not null,
  rate numeric not null,
  from_height int8 not null,
  to_height int8,
  constraint state_oracle_votes_key primary key (chain_id, operator_address, aggregate, rate_index, denom, from_height)
);

create table baleen_store.state_wasm_codes (
  chain_id text collate "C" not null,
  code_id numeric not null,
  code_hash bytea not null,
  creator text not null,
  from_height int8 not null,
  to_height int8,
  constraint state_wasm_codes_key primary key (chain_id, code_id, from_height)
);

create table baleen_store.state_wasm_contracts (
  chain_id text collate "C" not null,
  address text not null,
  code_id numeric not null,
  creator text,
  admin text,
  migratable bool,
  init_message jsonb,
  init_message_raw bytea,
  value jsonb,
  value_raw bytea,
  from_height int8 not null,
  to_height int8,
  constraint state_wasm_contracts_key primary key (chain_id, address, from_height)
);
create index state_wasm_contracts_address on baleen_store.state_wasm_contracts (address) where to_height is null;
create index state_wasm_contracts_code_id on baleen_store.state_wasm_contracts (code_id) where to_height is null;
create index state_wasm_contracts_admin on baleen_store.state_wasm_contracts (admin) where to_height is null;

create table baleen_store.state_wasm_entries (
  chain_id text collate "C" not null,
  contract text not null,
  key bytea not null,
  key_text text,
  value bytea not null,
  value_json jsonb,
  from_height int8 not null,
  to_height int8
);
-- Keys may be longer than a btree takes.
create unique index state_wasm_entries_key on baleen_store.state_wasm_entries (chain_id, contract, sha256(key), from_height);
create index state_wasm_entries_contract on baleen_store.state_wasm_entries (contract) where to_height is null;
create index state_wasm_entries_by_key on baleen_store.state_wasm_entries using hash (key);

create table baleen_store.state_module_values (
  chain_id text collate "C" not null,
  module text not null,
  name text not null,
  key text not null,
  value jsonb,
  value_raw bytea,
  from_height int8 not null,
  to_height int8,
  constraint state_module_values_key primary key (chain_id, module, name, key, from_height)
);

create table baleen_store.state_params (
  chain_id text collate "C" not null,
  subspace text not null,
  key text not null,
  name text,
  value jsonb,
  value_raw bytea,
  from_height int8 not null,
  to_height int8,
  constraint state_params_key primary key (chain_id, subspace, key, from_height)
);

create table baleen_store.state_unknown (
  chain_id text collate "C" not null,
  store text not null,
  leaf_key bytea not null,
  leaf_value bytea not null,
  reason text not null,
  from_height int8 not null,
  to_height int8
);
-- Keys may be longer than a btree takes.
create unique index state_unknown_key on baleen_store.state_unknown (chain_id, store, sha256(leaf_key), from_height);
