-- What a freshly migrated database holds. Made by npm run schema-docs from the catalogue; do not edit.

create table baleen_store.applications (
  chain_id text collate "C" not null,
  from_height bigint not null,
  application text not null,
  reason text not null,
  constraint applications_chain FOREIGN KEY (chain_id) REFERENCES baleen_store.chains(chain_id),
  constraint applications_key PRIMARY KEY (chain_id, from_height)
);

create table baleen_store.blocks (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  block_hash bytea not null,
  parts_total integer not null,
  parts_hash bytea not null,
  version_block numeric not null,
  version_app numeric not null,
  num_txs bigint,
  total_txs bigint,
  last_block_hash bytea not null,
  last_parts_total integer not null,
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
  size integer not null,
  tx_count integer not null,
  results_hash bytea,
  validator_updates jsonb,
  constraint blocks_key PRIMARY KEY (chain_id, height)
) partition by LIST (chain_id);

create table baleen_store.chains (
  chain_id text collate "C" not null,
  number integer generated always as identity not null,
  lineage text not null,
  initial_height bigint not null,
  genesis_hash bytea,
  genesis_file_sha256 bytea,
  bech32_prefix text,
  leaf_heights bigint not null,
  last_write timestamp with time zone,
  constraint chains_key PRIMARY KEY (chain_id),
  constraint chains_leaf_heights_positive CHECK ((leaf_heights > 0)),
  constraint chains_number_key UNIQUE (number)
);

create table baleen_store.commits (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  round integer not null,
  block_hash bytea not null,
  parts_total integer not null,
  parts_hash bytea not null,
  flags smallint[] not null,
  addresses bytea[] not null,
  times timestamp with time zone[] not null,
  times_ns integer[] not null,
  signatures bytea[] not null,
  other_block_ids bytea[]
) partition by LIST (chain_id);

create table baleen_store.consensus_params (
  chain_id text collate "C" not null,
  params_hash bytea not null,
  block_max_bytes bigint not null,
  block_max_gas bigint not null,
  block_time_iota_ms bigint,
  evidence_max_age_blocks bigint,
  evidence_max_age_ns bigint,
  evidence_max_bytes bigint,
  validator_key_types text[] not null,
  app_version numeric,
  vote_extensions_height bigint,
  proposer_time_height bigint,
  synchrony_precision_ns bigint,
  synchrony_delay_ns bigint,
  constraint consensus_params_key PRIMARY KEY (chain_id, params_hash)
);

create table baleen_store.consensus_params_ranges (
  chain_id text collate "C" not null,
  from_height bigint not null,
  to_height bigint not null,
  params_hash bytea not null,
  constraint consensus_params_ranges_key PRIMARY KEY (chain_id, from_height)
);

create table baleen_store.definitions (
  name text not null,
  hash text not null,
  applied_at timestamp with time zone default now() not null,
  makes text[],
  constraint definitions_key PRIMARY KEY (name)
);

create table baleen_store.digests (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  facts bytea not null,
  events bytea,
  texts bytea
) partition by LIST (chain_id);

create table baleen_store.enqueued_ranges (
  chain_id text collate "C" not null,
  source text not null,
  from_height bigint not null,
  to_height bigint not null,
  range_size integer not null,
  addresses text[] not null,
  enqueued_at timestamp with time zone default now() not null,
  constraint enqueued_ranges_chain FOREIGN KEY (chain_id) REFERENCES baleen_store.chains(chain_id),
  constraint enqueued_ranges_key PRIMARY KEY (chain_id, source, from_height, to_height),
  constraint enqueued_ranges_order CHECK ((from_height <= to_height)),
  constraint enqueued_ranges_size CHECK ((range_size > 0))
);

create table baleen_store.events (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  event_index integer not null,
  phase text not null,
  tx_index integer,
  phase_index integer not null,
  type text not null,
  type_raw bytea,
  attributes jsonb not null,
  attributes_raw bytea,
  msg_index integer
) partition by LIST (chain_id);

create table baleen_store.evidence (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  evidence_index integer not null,
  validator_index integer not null,
  kind text not null,
  evidence_height bigint not null,
  address bytea,
  consensus_address text,
  power bigint,
  total_power bigint,
  evidence_time timestamp with time zone,
  evidence_time_ns integer,
  raw bytea not null,
  constraint evidence_key PRIMARY KEY (chain_id, height, evidence_index, validator_index)
);

create table baleen_store.failed_ranges (
  chain_id text collate "C" not null,
  from_height bigint not null,
  to_height bigint not null,
  reason text not null,
  attempts integer default 1 not null,
  last_failed timestamp with time zone default now() not null,
  next_try timestamp with time zone,
  constraint failed_ranges_chain FOREIGN KEY (chain_id) REFERENCES baleen_store.chains(chain_id),
  constraint failed_ranges_key PRIMARY KEY (chain_id, from_height, to_height)
);

create table baleen_store.genesis_chunks (
  chain_id text collate "C" not null,
  chunk_index integer not null,
  bytes bytea not null,
  constraint genesis_chunks_chain FOREIGN KEY (chain_id) REFERENCES baleen_store.chains(chain_id),
  constraint genesis_chunks_key PRIMARY KEY (chain_id, chunk_index)
);

create table baleen_store.leases (
  chain_id text collate "C" not null,
  from_height bigint not null,
  to_height bigint not null,
  token bigint not null,
  holder text not null,
  taken_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint leases_chain FOREIGN KEY (chain_id) REFERENCES baleen_store.chains(chain_id),
  constraint leases_key PRIMARY KEY (chain_id, from_height, to_height)
);

create table baleen_store.leaves (
  leaf text not null,
  chain_id text collate "C" not null,
  table_name text not null,
  from_height bigint not null,
  to_height bigint not null,
  sealed_at timestamp with time zone,
  constraint leaves_chain FOREIGN KEY (chain_id) REFERENCES baleen_store.chains(chain_id),
  constraint leaves_heights_key UNIQUE (chain_id, table_name, from_height),
  constraint leaves_key PRIMARY KEY (leaf)
);

create table baleen_store.lineages (
  chain_id text collate "C" not null,
  lineage text not null,
  "position" integer not null,
  last_height bigint,
  constraint lineages_key PRIMARY KEY (chain_id),
  constraint lineages_position_key UNIQUE (lineage, "position")
);

create table baleen_store.messages (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  tx_index integer not null,
  msg_index integer not null,
  path text not null,
  type text not null,
  type_raw bytea,
  name text,
  value jsonb,
  value_raw bytea,
  fields jsonb,
  fields_raw bytea,
  raw bytea not null,
  path_raw bytea,
  name_raw bytea
) partition by LIST (chain_id);

create table baleen_store.missed_votes (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  vote_index integer not null,
  flag smallint not null,
  address bytea,
  operator_address text
) partition by LIST (chain_id);

create table baleen_store.ranges (
  chain_id text collate "C" not null,
  kind text not null,
  from_height bigint not null,
  to_height bigint not null,
  version integer,
  constraint ranges_chain FOREIGN KEY (chain_id) REFERENCES baleen_store.chains(chain_id),
  constraint ranges_key PRIMARY KEY (chain_id, kind, from_height),
  constraint ranges_kind CHECK (((kind = ANY (ARRAY['blocks'::text, 'results'::text])) OR (kind ~~ 'table:_%'::text) OR (kind ~~ 'state:_%'::text))),
  constraint ranges_order CHECK ((from_height <= to_height))
);

create table baleen_store.sources (
  chain_id text collate "C" not null,
  address text not null,
  worker_id text not null,
  host text not null,
  backend text not null,
  version text,
  base_height bigint,
  head_height bigint,
  requests bigint not null,
  errors bigint not null,
  bytes bigint not null,
  concurrency integer not null,
  trouble text,
  trouble_since timestamp with time zone,
  last_seen timestamp with time zone default now() not null,
  is_read boolean default true not null,
  constraint sources_key PRIMARY KEY (chain_id, address, worker_id)
);

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
  from_height bigint not null,
  to_height bigint,
  address_raw bytea,
  module_name_raw bytea,
  constraint state_accounts_key PRIMARY KEY (chain_id, address, from_height)
);
CREATE INDEX state_accounts_address ON baleen_store.state_accounts USING btree (address) WHERE (to_height IS NULL);
CREATE INDEX state_accounts_module ON baleen_store.state_accounts USING btree (module_name) WHERE ((module_name IS NOT NULL) AND (to_height IS NULL));

create table baleen_store.state_accumulated_commissions (
  chain_id text collate "C" not null,
  operator_address text not null,
  denom text not null,
  amount numeric not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  denom_raw bytea,
  constraint state_accumulated_commissions_key PRIMARY KEY (chain_id, operator_address, denom, from_height)
);

create table baleen_store.state_balances (
  chain_id text collate "C" not null,
  address text not null,
  denom text not null,
  amount numeric not null,
  from_height bigint not null,
  to_height bigint,
  address_raw bytea,
  denom_raw bytea,
  constraint state_balances_key PRIMARY KEY (chain_id, address, denom, from_height)
);
CREATE INDEX state_balances_address ON baleen_store.state_balances USING btree (address, denom) WHERE (to_height IS NULL);
CREATE INDEX state_balances_denom ON baleen_store.state_balances USING btree (denom, amount DESC) WHERE (to_height IS NULL);

create table baleen_store.state_community_pool (
  chain_id text collate "C" not null,
  denom text not null,
  amount numeric not null,
  from_height bigint not null,
  to_height bigint,
  denom_raw bytea,
  constraint state_community_pool_key PRIMARY KEY (chain_id, denom, from_height)
);

create table baleen_store.state_consensus_keys (
  chain_id text collate "C" not null,
  consensus_address text not null,
  key_type text not null,
  public_key bytea not null,
  from_height bigint not null,
  to_height bigint,
  consensus_address_raw bytea,
  constraint state_consensus_keys_key PRIMARY KEY (chain_id, consensus_address, from_height)
);

create table baleen_store.state_current_periods (
  chain_id text collate "C" not null,
  operator_address text not null,
  period numeric not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  constraint state_current_periods_key PRIMARY KEY (chain_id, operator_address, from_height)
);

create table baleen_store.state_current_rewards (
  chain_id text collate "C" not null,
  operator_address text not null,
  denom text not null,
  amount numeric not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  denom_raw bytea,
  constraint state_current_rewards_key PRIMARY KEY (chain_id, operator_address, denom, from_height)
);

create table baleen_store.state_delegations (
  chain_id text collate "C" not null,
  delegator text not null,
  operator_address text not null,
  shares numeric not null,
  from_height bigint not null,
  to_height bigint,
  delegator_raw bytea,
  operator_address_raw bytea,
  constraint state_delegations_key PRIMARY KEY (chain_id, delegator, operator_address, from_height)
);
CREATE INDEX state_delegations_delegator ON baleen_store.state_delegations USING btree (delegator, operator_address) WHERE (to_height IS NULL);
CREATE INDEX state_delegations_operator ON baleen_store.state_delegations USING btree (operator_address) WHERE (to_height IS NULL);

create table baleen_store.state_denom_metadata (
  chain_id text collate "C" not null,
  denom text not null,
  value jsonb,
  value_raw bytea,
  from_height bigint not null,
  to_height bigint,
  denom_raw bytea,
  constraint state_denom_metadata_key PRIMARY KEY (chain_id, denom, from_height)
);

create table baleen_store.state_denom_traces (
  chain_id text collate "C" not null,
  hash text not null,
  path text not null,
  base_denom text not null,
  from_height bigint not null,
  to_height bigint,
  hash_raw bytea,
  constraint state_denom_traces_key PRIMARY KEY (chain_id, hash, from_height)
);

create table baleen_store.state_deposits (
  chain_id text collate "C" not null,
  proposal_id numeric not null,
  depositor text not null,
  denom text not null,
  amount numeric not null,
  from_height bigint not null,
  to_height bigint,
  depositor_raw bytea,
  denom_raw bytea,
  constraint state_deposits_key PRIMARY KEY (chain_id, proposal_id, depositor, denom, from_height)
);
CREATE INDEX state_deposits_depositor ON baleen_store.state_deposits USING btree (depositor) WHERE (to_height IS NULL);

create table baleen_store.state_fee_allowances (
  chain_id text collate "C" not null,
  granter text not null,
  grantee text not null,
  allowance jsonb,
  allowance_raw bytea,
  from_height bigint not null,
  to_height bigint,
  granter_raw bytea,
  grantee_raw bytea,
  constraint state_fee_allowances_key PRIMARY KEY (chain_id, granter, grantee, from_height)
);
CREATE INDEX state_fee_allowances_grantee ON baleen_store.state_fee_allowances USING btree (grantee) WHERE (to_height IS NULL);
CREATE INDEX state_fee_allowances_granter ON baleen_store.state_fee_allowances USING btree (granter) WHERE (to_height IS NULL);

create table baleen_store.state_grants (
  chain_id text collate "C" not null,
  granter text not null,
  grantee text not null,
  message_type text not null,
  expiration timestamp with time zone,
  expiration_ns integer,
  authorization_value jsonb,
  authorization_value_raw bytea,
  from_height bigint not null,
  to_height bigint,
  granter_raw bytea,
  grantee_raw bytea,
  message_type_raw bytea
);
CREATE INDEX state_grants_grantee ON baleen_store.state_grants USING btree (grantee) WHERE (to_height IS NULL);
CREATE INDEX state_grants_granter ON baleen_store.state_grants USING btree (granter) WHERE (to_height IS NULL);
CREATE UNIQUE INDEX state_grants_key ON baleen_store.state_grants USING btree (chain_id, granter, baleen_store.text_hash(grantee), baleen_store.text_hash(message_type), from_height);

create table baleen_store.state_historical_infos (
  chain_id text collate "C" not null,
  height bigint not null,
  value jsonb,
  value_raw bytea,
  from_height bigint not null,
  to_height bigint,
  constraint state_historical_infos_key PRIMARY KEY (chain_id, height, from_height)
);

create table baleen_store.state_historical_periods (
  chain_id text collate "C" not null,
  operator_address text not null,
  period numeric not null,
  reference_count integer not null,
  denoms text[] not null,
  ratios numeric[] not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  constraint state_historical_periods_key PRIMARY KEY (chain_id, operator_address, period, from_height)
);

create table baleen_store.state_missed_blocks (
  chain_id text collate "C" not null,
  consensus_address text not null,
  block_index bigint not null,
  missed boolean not null,
  from_height bigint not null,
  to_height bigint,
  consensus_address_raw bytea,
  constraint state_missed_blocks_key PRIMARY KEY (chain_id, consensus_address, block_index, from_height)
);

create table baleen_store.state_module_values (
  chain_id text collate "C" not null,
  module text not null,
  name text not null,
  key text not null,
  value jsonb,
  value_raw bytea,
  from_height bigint not null,
  to_height bigint,
  key_raw bytea,
  constraint state_module_values_key PRIMARY KEY (chain_id, module, name, key, from_height)
);

create table baleen_store.state_oracle_feeders (
  chain_id text collate "C" not null,
  operator_address text not null,
  feeder text not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  constraint state_oracle_feeders_key PRIMARY KEY (chain_id, operator_address, from_height)
);

create table baleen_store.state_oracle_misses (
  chain_id text collate "C" not null,
  operator_address text not null,
  misses numeric not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  constraint state_oracle_misses_key PRIMARY KEY (chain_id, operator_address, from_height)
);

create table baleen_store.state_oracle_prevotes (
  chain_id text collate "C" not null,
  operator_address text not null,
  denom text,
  hash text not null,
  submit_block bigint not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  denom_raw bytea,
  constraint state_oracle_prevotes_key UNIQUE NULLS NOT DISTINCT (chain_id, operator_address, denom, from_height)
);

create table baleen_store.state_oracle_rates (
  chain_id text collate "C" not null,
  denom text not null,
  rate numeric not null,
  from_height bigint not null,
  to_height bigint,
  denom_raw bytea,
  constraint state_oracle_rates_key PRIMARY KEY (chain_id, denom, from_height)
);

create table baleen_store.state_oracle_tobin_taxes (
  chain_id text collate "C" not null,
  denom text not null,
  tax numeric not null,
  from_height bigint not null,
  to_height bigint,
  denom_raw bytea,
  constraint state_oracle_tobin_taxes_key PRIMARY KEY (chain_id, denom, from_height)
);

create table baleen_store.state_oracle_votes (
  chain_id text collate "C" not null,
  operator_address text not null,
  aggregate boolean not null,
  rate_index integer not null,
  denom text not null,
  rate numeric not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  denom_raw bytea,
  constraint state_oracle_votes_key PRIMARY KEY (chain_id, operator_address, aggregate, rate_index, denom, from_height)
);

create table baleen_store.state_outstanding_rewards (
  chain_id text collate "C" not null,
  operator_address text not null,
  denom text not null,
  amount numeric not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  denom_raw bytea,
  constraint state_outstanding_rewards_key PRIMARY KEY (chain_id, operator_address, denom, from_height)
);

create table baleen_store.state_params (
  chain_id text collate "C" not null,
  subspace text not null,
  key text not null,
  name text,
  value jsonb,
  value_raw bytea,
  from_height bigint not null,
  to_height bigint,
  subspace_raw bytea,
  key_raw bytea,
  constraint state_params_key PRIMARY KEY (chain_id, subspace, key, from_height)
);

create table baleen_store.state_proposals (
  chain_id text collate "C" not null,
  proposal_id numeric not null,
  content_type text not null,
  title text,
  status text not null,
  submit_time timestamp with time zone,
  submit_time_ns integer,
  deposit_end_time timestamp with time zone,
  deposit_end_time_ns integer,
  voting_start_time timestamp with time zone,
  voting_start_time_ns integer,
  voting_end_time timestamp with time zone,
  voting_end_time_ns integer,
  value jsonb,
  value_raw bytea,
  from_height bigint not null,
  to_height bigint,
  constraint state_proposals_key PRIMARY KEY (chain_id, proposal_id, from_height)
);

create table baleen_store.state_redelegation_entries (
  chain_id text collate "C" not null,
  delegator text not null,
  source_operator_address text not null,
  destination_operator_address text not null,
  entry_index integer not null,
  creation_height numeric not null,
  completion_time timestamp with time zone,
  completion_time_ns integer,
  initial_balance numeric not null,
  shares_destination numeric not null,
  from_height bigint not null,
  to_height bigint,
  delegator_raw bytea,
  source_operator_address_raw bytea,
  destination_operator_address_raw bytea
);
CREATE INDEX state_redelegation_entries_delegator ON baleen_store.state_redelegation_entries USING btree (delegator) WHERE (to_height IS NULL);
CREATE INDEX state_redelegation_entries_destination ON baleen_store.state_redelegation_entries USING btree (destination_operator_address) WHERE (to_height IS NULL);
CREATE UNIQUE INDEX state_redelegation_entries_key ON baleen_store.state_redelegation_entries USING btree (chain_id, delegator, baleen_store.text_hash(source_operator_address), baleen_store.text_hash(destination_operator_address), entry_index, from_height);
CREATE INDEX state_redelegation_entries_source ON baleen_store.state_redelegation_entries USING btree (source_operator_address) WHERE (to_height IS NULL);

create table baleen_store.state_signing_infos (
  chain_id text collate "C" not null,
  consensus_address text not null,
  start_height numeric not null,
  index_offset numeric not null,
  jailed_until timestamp with time zone,
  jailed_until_ns integer,
  tombstoned boolean not null,
  missed_blocks_counter numeric not null,
  from_height bigint not null,
  to_height bigint,
  consensus_address_raw bytea,
  constraint state_signing_infos_key PRIMARY KEY (chain_id, consensus_address, from_height)
);

create table baleen_store.state_slash_events (
  chain_id text collate "C" not null,
  operator_address text not null,
  height numeric not null,
  validator_period numeric not null,
  fraction numeric not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  constraint state_slash_events_key PRIMARY KEY (chain_id, operator_address, height, validator_period, from_height)
);

create table baleen_store.state_starting_infos (
  chain_id text collate "C" not null,
  delegator text not null,
  operator_address text not null,
  previous_period numeric not null,
  stake numeric not null,
  height numeric not null,
  from_height bigint not null,
  to_height bigint,
  delegator_raw bytea,
  operator_address_raw bytea,
  constraint state_starting_infos_key PRIMARY KEY (chain_id, delegator, operator_address, from_height)
);
CREATE INDEX state_starting_infos_delegator ON baleen_store.state_starting_infos USING btree (delegator, operator_address) WHERE (to_height IS NULL);
CREATE INDEX state_starting_infos_operator ON baleen_store.state_starting_infos USING btree (operator_address) WHERE (to_height IS NULL);

create table baleen_store.state_supply (
  chain_id text collate "C" not null,
  denom text not null,
  amount numeric not null,
  from_height bigint not null,
  to_height bigint,
  denom_raw bytea,
  constraint state_supply_key PRIMARY KEY (chain_id, denom, from_height)
);

create table baleen_store.state_unbonding_entries (
  chain_id text collate "C" not null,
  delegator text not null,
  operator_address text not null,
  entry_index integer not null,
  creation_height numeric not null,
  completion_time timestamp with time zone,
  completion_time_ns integer,
  initial_balance numeric not null,
  balance numeric not null,
  from_height bigint not null,
  to_height bigint,
  delegator_raw bytea,
  operator_address_raw bytea,
  constraint state_unbonding_entries_key PRIMARY KEY (chain_id, delegator, operator_address, entry_index, from_height)
);
CREATE INDEX state_unbonding_entries_delegator ON baleen_store.state_unbonding_entries USING btree (delegator) WHERE (to_height IS NULL);
CREATE INDEX state_unbonding_entries_operator ON baleen_store.state_unbonding_entries USING btree (operator_address) WHERE (to_height IS NULL);

create table baleen_store.state_unknown (
  chain_id text collate "C" not null,
  store text not null,
  leaf_key bytea not null,
  leaf_value bytea not null,
  reason text not null,
  from_height bigint not null,
  to_height bigint,
  store_raw bytea
);
CREATE UNIQUE INDEX state_unknown_key ON baleen_store.state_unknown USING btree (chain_id, store, sha256(leaf_key), from_height);

create table baleen_store.state_validator_powers (
  chain_id text collate "C" not null,
  operator_address text not null,
  power bigint not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  constraint state_validator_powers_key PRIMARY KEY (chain_id, operator_address, from_height)
);

create table baleen_store.state_validators (
  chain_id text collate "C" not null,
  operator_address text not null,
  operator_account text not null,
  consensus_address text not null,
  key_type text not null,
  public_key bytea not null,
  consensus_pubkey jsonb not null,
  jailed boolean not null,
  status text not null,
  tokens numeric not null,
  delegator_shares numeric not null,
  moniker text not null,
  description jsonb,
  description_raw bytea,
  unbonding_height numeric not null,
  unbonding_time timestamp with time zone,
  unbonding_time_ns integer,
  commission_rate numeric not null,
  commission_max_rate numeric not null,
  commission_max_change_rate numeric not null,
  commission_update_time timestamp with time zone,
  commission_update_time_ns integer,
  min_self_delegation numeric not null,
  from_height bigint not null,
  to_height bigint,
  operator_address_raw bytea,
  operator_account_raw bytea,
  consensus_address_raw bytea,
  constraint state_validators_key PRIMARY KEY (chain_id, operator_address, from_height)
);
CREATE INDEX state_validators_consensus ON baleen_store.state_validators USING btree (consensus_address) WHERE (to_height IS NULL);
CREATE INDEX state_validators_operator_account ON baleen_store.state_validators USING btree (operator_account) WHERE (to_height IS NULL);

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
  from_height bigint not null,
  to_height bigint,
  address_raw bytea,
  denom_raw bytea,
  constraint state_vesting_key PRIMARY KEY (chain_id, address, denom, from_height)
);
CREATE INDEX state_vesting_address ON baleen_store.state_vesting USING btree (address) WHERE (to_height IS NULL);

create table baleen_store.state_votes (
  chain_id text collate "C" not null,
  proposal_id numeric not null,
  voter text not null,
  option_index integer not null,
  option text not null,
  weight numeric not null,
  from_height bigint not null,
  to_height bigint,
  voter_raw bytea,
  constraint state_votes_key PRIMARY KEY (chain_id, proposal_id, voter, option_index, from_height)
);
CREATE INDEX state_votes_voter ON baleen_store.state_votes USING btree (voter) WHERE (to_height IS NULL);

create table baleen_store.state_wasm_codes (
  chain_id text collate "C" not null,
  code_id numeric not null,
  code_hash bytea not null,
  creator text not null,
  from_height bigint not null,
  to_height bigint,
  constraint state_wasm_codes_key PRIMARY KEY (chain_id, code_id, from_height)
);

create table baleen_store.state_wasm_contracts (
  chain_id text collate "C" not null,
  address text not null,
  code_id numeric not null,
  creator text,
  admin text,
  migratable boolean,
  init_message jsonb,
  init_message_raw bytea,
  value jsonb,
  value_raw bytea,
  from_height bigint not null,
  to_height bigint,
  address_raw bytea,
  admin_raw bytea,
  constraint state_wasm_contracts_key PRIMARY KEY (chain_id, address, from_height)
);
CREATE INDEX state_wasm_contracts_address ON baleen_store.state_wasm_contracts USING btree (address) WHERE (to_height IS NULL);
CREATE INDEX state_wasm_contracts_admin ON baleen_store.state_wasm_contracts USING btree (admin) WHERE (to_height IS NULL);
CREATE INDEX state_wasm_contracts_code_id ON baleen_store.state_wasm_contracts USING btree (code_id) WHERE (to_height IS NULL);

create table baleen_store.state_wasm_entries (
  chain_id text collate "C" not null,
  contract text not null,
  key bytea not null,
  key_text text,
  value bytea not null,
  value_json jsonb,
  from_height bigint not null,
  to_height bigint,
  contract_raw bytea
);
CREATE INDEX state_wasm_entries_by_key ON baleen_store.state_wasm_entries USING hash (key);
CREATE INDEX state_wasm_entries_contract ON baleen_store.state_wasm_entries USING btree (contract) WHERE (to_height IS NULL);
CREATE UNIQUE INDEX state_wasm_entries_key ON baleen_store.state_wasm_entries USING btree (chain_id, contract, sha256(key), from_height);

create table baleen_store.state_withdraw_addresses (
  chain_id text collate "C" not null,
  delegator text not null,
  withdraw_address text not null,
  from_height bigint not null,
  to_height bigint,
  delegator_raw bytea,
  constraint state_withdraw_addresses_key PRIMARY KEY (chain_id, delegator, from_height)
);
CREATE INDEX state_withdraw_addresses_delegator ON baleen_store.state_withdraw_addresses USING btree (delegator) WHERE (to_height IS NULL);

create table baleen_store.states (
  chain_id text collate "C" not null,
  height bigint not null,
  app_hash bytea not null,
  is_proved boolean not null,
  leaves bigint not null,
  constraint states_chain FOREIGN KEY (chain_id) REFERENCES baleen_store.chains(chain_id),
  constraint states_key PRIMARY KEY (chain_id)
);

create table baleen_store.tx_fees (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  tx_index integer not null,
  fee_index integer not null,
  denom text not null,
  denom_raw bytea,
  amount numeric not null,
  kind text not null,
  payer text,
  charged boolean,
  payer_raw bytea
) partition by LIST (chain_id);

create table baleen_store.tx_hashes (
  chain_id text collate "C" not null,
  height bigint not null,
  tx_index integer not null,
  tx_hash bytea not null,
  success boolean,
  constraint tx_hashes_key PRIMARY KEY (chain_id, height, tx_index)
);
CREATE INDEX tx_hashes_hash ON baleen_store.tx_hashes USING hash (upper(encode(tx_hash, 'hex'::text)));

create table baleen_store.tx_signatures (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  tx_index integer not null,
  signature_index integer not null,
  signer text,
  public_key jsonb,
  public_key_raw bytea,
  sequence numeric,
  sign_mode text,
  signature bytea not null,
  members jsonb,
  signer_raw bytea
) partition by LIST (chain_id);

create table baleen_store.txs (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  tx_index integer not null,
  code bigint,
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
  message_count integer,
  decode_error text,
  raw bytea not null,
  fee_payer_raw bytea,
  extra jsonb,
  extra_raw bytea
) partition by LIST (chain_id);

create table baleen_store.undecoded (
  chain_id text collate "C" not null,
  kind text not null,
  name text not null,
  things bigint not null,
  first_height bigint not null,
  last_height bigint not null,
  constraint undecoded_key PRIMARY KEY (chain_id, kind, name),
  constraint undecoded_kind CHECK ((kind = ANY (ARRAY['message'::text, 'tx'::text, 'text'::text, 'state'::text])))
);

create table baleen_store.validator_operators (
  chain_id text collate "C" not null,
  height bigint not null,
  address bytea not null,
  operator_address text not null,
  constraint validator_operators_key PRIMARY KEY (chain_id, address, height)
);

create table baleen_store.validator_set_ranges (
  chain_id text collate "C" not null,
  from_height bigint not null,
  to_height bigint not null,
  validators_hash bytea not null,
  constraint validator_set_ranges_key PRIMARY KEY (chain_id, from_height)
);

create table baleen_store.validator_sets (
  chain_id text collate "C" not null,
  validators_hash bytea not null,
  addresses bytea[] not null,
  voting_powers bigint[] not null,
  constraint validator_sets_key PRIMARY KEY (chain_id, validators_hash)
);

create table baleen_store.validator_updates (
  chain_id text collate "C" not null,
  height bigint not null,
  "time" timestamp with time zone,
  time_ns integer,
  update_index integer not null,
  key_type text not null,
  public_key bytea not null,
  address bytea,
  power bigint not null,
  constraint validator_updates_key PRIMARY KEY (chain_id, height, update_index)
);
CREATE INDEX validator_updates_address ON baleen_store.validator_updates USING btree (chain_id, address, height);

create table baleen_store.validators (
  chain_id text collate "C" not null,
  address bytea not null,
  consensus_address text,
  key_type text,
  public_key bytea,
  constraint validators_key PRIMARY KEY (chain_id, address)
);
CREATE INDEX validators_consensus_address ON baleen_store.validators USING btree (consensus_address);

create table baleen_store.verifications (
  chain_id text collate "C" not null,
  verification_id bigint generated always as identity not null,
  from_height bigint not null,
  to_height bigint not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone default now() not null,
  result text not null,
  blocks bigint not null,
  missing bigint not null,
  proved text[] not null,
  signatures bigint not null,
  trusted_height bigint,
  trusted_hash bytea,
  not_compared text[] not null,
  fault_count bigint not null,
  faults jsonb not null,
  constraint verifications_key PRIMARY KEY (chain_id, verification_id),
  constraint verifications_result CHECK ((result = ANY (ARRAY['proved'::text, 'incomplete'::text, 'faults'::text, 'interrupted'::text])))
);

create table baleen_store.wanted_ranges (
  chain_id text collate "C" not null,
  from_height bigint not null,
  to_height bigint not null,
  constraint wanted_ranges_chain FOREIGN KEY (chain_id) REFERENCES baleen_store.chains(chain_id),
  constraint wanted_ranges_key PRIMARY KEY (chain_id, from_height),
  constraint wanted_ranges_order CHECK ((from_height <= to_height))
);

create table baleen_store.workers (
  worker_id text not null,
  chain_id text collate "C",
  host text not null,
  pid integer not null,
  command text not null,
  started_at timestamp with time zone not null,
  last_seen timestamp with time zone default now() not null,
  doing text not null,
  doing_since timestamp with time zone default now() not null,
  heights bigint not null,
  rows bigint not null,
  bytes bigint not null,
  heights_per_second double precision not null,
  rss_bytes bigint not null,
  constraint workers_key UNIQUE NULLS NOT DISTINCT (worker_id, chain_id)
);

CREATE OR REPLACE FUNCTION baleen.key(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (octet_length(value) <= 1024) THEN value ELSE (SELECT ((convert_from(SUBSTRING(b.bytes FROM 1 FOR b.kept), 'UTF8'::name) || '…sha256:'::text) || encode(sha256(b.bytes), 'hex'::text)) FROM (SELECT convert_to(key.value, 'UTF8'::name) AS bytes, (SELECT max(i.i) AS max FROM generate_series(897, 900) i(i) WHERE ((get_byte(convert_to(key.value, 'UTF8'::name), i.i) & 192) <> 128)) AS kept) b) END
;

CREATE OR REPLACE FUNCTION baleen.swap_quote(offer_amount numeric, offer_denom text, ask_denom text)
 RETURNS TABLE(chain_id text, lineage text, denom text, amount numeric, spread numeric, as_of_height bigint)
 LANGUAGE sql
 STABLE PARALLEL SAFE
BEGIN ATOMIC
 WITH pools AS MATERIALIZED (
          SELECT m.chain_id,
             m.lineage,
                 CASE
                     WHEN (swap_quote.offer_denom = 'uluna'::text) THEN m.luna_pool
                     ELSE m.terra_pool
                 END AS offer_pool,
                 CASE
                     WHEN (swap_quote.offer_denom = 'uluna'::text) THEN m.terra_pool
                     ELSE m.luna_pool
                 END AS ask_pool,
             baleen_store.product_even(m.base_pool, m.base_pool) AS product,
             m.min_spread,
             m.as_of_height
            FROM baleen.market_pools m
           WHERE ((swap_quote.offer_denom <> swap_quote.ask_denom) AND (swap_quote.offer_amount < '1267650600228229401496703205376'::numeric))
         ), prices AS MATERIALIZED (
          SELECT d.chain_id,
             max(d.rate) FILTER (WHERE (d.denom = 'usdr'::text)) AS base_rate,
             max(d.rate) FILTER (WHERE (d.denom = swap_quote.offer_denom)) AS offer_rate,
             max(d.rate) FILTER (WHERE (d.denom = swap_quote.ask_denom)) AS ask_rate,
             max(d.tobin_tax) FILTER (WHERE (d.denom = swap_quote.offer_denom)) AS offer_tax,
             max(d.tobin_tax) FILTER (WHERE (d.denom = swap_quote.ask_denom)) AS ask_tax
            FROM baleen.market_denoms d
           WHERE (d.denom = ANY (ARRAY['usdr'::text, swap_quote.offer_denom, swap_quote.ask_denom]))
           GROUP BY d.chain_id
         ), offers AS MATERIALIZED (
          SELECT pools.chain_id,
             pools.lineage,
             pools.offer_pool,
             pools.ask_pool,
             pools.product,
             pools.min_spread,
             pools.as_of_height,
             prices.base_rate,
             prices.offer_rate,
             prices.ask_rate,
             prices.offer_tax,
             prices.ask_tax,
             baleen_store.exchanged(swap_quote.offer_amount, swap_quote.offer_denom, prices.offer_rate, 'usdr'::text, prices.base_rate) AS base_offer
            FROM (pools
              LEFT JOIN prices USING (chain_id))
         ), asks AS MATERIALIZED (
          SELECT o.chain_id,
             o.lineage,
             o.offer_pool,
             o.ask_pool,
             o.product,
             o.min_spread,
             o.as_of_height,
             o.base_rate,
             o.offer_rate,
             o.ask_rate,
             o.offer_tax,
             o.ask_tax,
             o.base_offer,
             baleen_store.exchanged(o.base_offer, 'usdr'::text, o.base_rate, swap_quote.ask_denom, o.ask_rate) AS asked,
             (o.ask_pool - baleen_store.quotient_even(o.product, (o.offer_pool + o.base_offer))) AS base_ask
            FROM offers o
         ), slips AS MATERIALIZED (
          SELECT a.chain_id,
             a.lineage,
             a.offer_pool,
             a.ask_pool,
             a.product,
             a.min_spread,
             a.as_of_height,
             a.base_rate,
             a.offer_rate,
             a.ask_rate,
             a.offer_tax,
             a.ask_tax,
             a.base_offer,
             a.asked,
             a.base_ask,
             baleen_store.quotient_even((a.base_offer - a.base_ask), a.base_offer) AS slip
            FROM asks a
         ), spreads AS MATERIALIZED (
          SELECT s.chain_id,
             s.lineage,
             s.offer_pool,
             s.ask_pool,
             s.product,
             s.min_spread,
             s.as_of_height,
             s.base_rate,
             s.offer_rate,
             s.ask_rate,
             s.offer_tax,
             s.ask_tax,
             s.base_offer,
             s.asked,
             s.base_ask,
             s.slip,
                 CASE
                     WHEN ('uluna'::text = ANY (ARRAY[swap_quote.offer_denom, swap_quote.ask_denom])) THEN
                     CASE
                         WHEN (s.slip < s.min_spread) THEN s.min_spread
                         ELSE s.slip
                     END
                     WHEN (s.ask_tax > s.offer_tax) THEN s.ask_tax
                     WHEN (s.ask_tax <= s.offer_tax) THEN s.offer_tax
                     ELSE NULL::numeric
                 END AS kept
            FROM slips s
         ), fees AS MATERIALIZED (
          SELECT k.chain_id,
             k.lineage,
             k.offer_pool,
             k.ask_pool,
             k.product,
             k.min_spread,
             k.as_of_height,
             k.base_rate,
             k.offer_rate,
             k.ask_rate,
             k.offer_tax,
             k.ask_tax,
             k.base_offer,
             k.asked,
             k.base_ask,
             k.slip,
             k.kept,
             baleen_store.product_even(k.kept, k.asked) AS fee
            FROM spreads k
         )
  SELECT f.chain_id,
     f.lineage,
     swap_quote.ask_denom AS ask_denom,
         CASE
             WHEN (f.fee <= f.asked) THEN trunc((f.asked - f.fee))
             ELSE NULL::numeric
         END AS "case",
     f.kept,
     f.as_of_height
    FROM fees f;
END
;

CREATE OR REPLACE FUNCTION baleen.tx(hash text)
 RETURNS SETOF baleen.txs
 LANGUAGE sql
 STABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT t.*::baleen.txs AS t
    FROM baleen.txs t
   WHERE (t.tx_hash = upper(tx.hash));
END
;

CREATE OR REPLACE FUNCTION baleen.tx_json(hash text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT COALESCE(jsonb_agg((((to_jsonb(t.*) - 'raw'::text) - 'data'::text) || jsonb_build_object('raw', encode(t.raw, 'base64'::text), 'data', encode(t.data, 'base64'::text), 'messages', ( SELECT COALESCE(jsonb_agg(jsonb_build_object('msg_index', m.msg_index, 'path', m.path, 'type', m.type, 'name', m.name, 'value', m.value) ORDER BY m.msg_index, m.path), '[]'::jsonb) AS "coalesce"
            FROM baleen.messages m
           WHERE ((m.chain_id = t.chain_id) AND (m.height = t.height) AND (m.tx_index = t.tx_index))), 'fees', ( SELECT COALESCE(jsonb_agg(jsonb_build_object('denom', f.denom, 'amount', f.amount, 'payer', f.payer, 'charged', f.charged) ORDER BY f.fee_index), '[]'::jsonb) AS "coalesce"
            FROM baleen.tx_fees f
           WHERE ((f.chain_id = t.chain_id) AND (f.height = t.height) AND (f.tx_index = t.tx_index))), 'events', ( SELECT COALESCE(jsonb_agg(jsonb_build_object('event_index', e.event_index, 'msg_index', e.msg_index, 'type', e.type, 'attributes', e.attributes) ORDER BY e.event_index), '[]'::jsonb) AS "coalesce"
            FROM baleen.events e
           WHERE ((e.chain_id = t.chain_id) AND (e.height = t.height) AND (e.tx_index = t.tx_index))))) ORDER BY t.chain_id, t.height, t.tx_index), '[]'::jsonb) AS "coalesce"
    FROM baleen.txs t
   WHERE (t.tx_hash = upper(tx_json.hash));
END
;

CREATE OR REPLACE FUNCTION baleen_store.exchanged(amount numeric, offer_denom text, offer_rate numeric, ask_denom text, ask_rate numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (offer_denom = ask_denom) THEN amount WHEN (amount > (0)::numeric) THEN NULLIF(baleen_store.quotient_even(baleen_store.product_even(amount, ask_rate), offer_rate), (0)::numeric) ELSE NULL::numeric END
;

CREATE OR REPLACE FUNCTION baleen_store.product_even(one numeric, other numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN baleen_store.rounded_even(((one * other) * '1000000000000000000000000000000000000'::numeric))
;

CREATE OR REPLACE FUNCTION baleen_store.quotient_cut(dividend numeric, divisor numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (div((dividend * ('1000000000000000000'::bigint)::numeric), NULLIF(divisor, (0)::numeric)) * 0.000000000000000001)
;

CREATE OR REPLACE FUNCTION baleen_store.quotient_even(dividend numeric, divisor numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN baleen_store.rounded_even(div((dividend * '1000000000000000000000000000000000000'::numeric), NULLIF(divisor, (0)::numeric)))
;

CREATE OR REPLACE FUNCTION baleen_store.rounded_even(long numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (CASE WHEN (abs(mod(long, ('1000000000000000000'::bigint)::numeric)) = ('500000000000000000'::bigint)::numeric) THEN (round((long * 0.0000000000000000005)) * (2)::numeric) ELSE round((long * 0.000000000000000001)) END * 0.000000000000000001)
;

CREATE OR REPLACE FUNCTION baleen_store.stake_after_slash(so_far numeric, stake numeric, fraction numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN trunc((COALESCE(so_far, stake) * ((1)::numeric - fraction)), 18)
;

create aggregate baleen_store.stake_after_slashes(numeric,numeric) (sfunc = baleen_store.stake_after_slash, stype = numeric);

CREATE OR REPLACE FUNCTION baleen_store.stake_of_last_stretch(stake numeric, shares numeric, tokens numeric, delegator_shares numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN ((delegator_shares > (0)::numeric) AND ((stake * delegator_shares) <= (shares * tokens))) THEN stake ELSE baleen_store.stake_within(stake, baleen_store.quotient_even((shares * tokens), delegator_shares)) END
;

CREATE OR REPLACE FUNCTION baleen_store.stake_within(stake numeric, worth numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (stake <= worth) THEN stake WHEN (stake <= (worth + 0.000000000000000003)) THEN worth ELSE NULL::numeric END
;

CREATE OR REPLACE FUNCTION baleen_store.text_hash(value text)
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN sha256(convert_to(value, 'UTF8'::name))
;

create view baleen.accounts as
 SELECT a.chain_id,
    s.lineage,
    a.address,
    a.type,
    a.account_number,
    a.sequence,
    a.public_key,
    a.module_name,
    a.permissions,
    a.vesting,
    a.vesting_raw,
    a.from_height,
    a.to_height,
    a.address_raw,
    a.module_name_raw
   FROM baleen_store.state_accounts a
     JOIN baleen_store.state_heads s ON s.chain_id = a.chain_id
  WHERE a.to_height IS NULL;

create view baleen.applications as
 SELECT a.chain_id,
    c.lineage,
    a.from_height,
    lead(a.from_height) OVER (PARTITION BY a.chain_id ORDER BY a.from_height) - 1 AS to_height,
    a.application,
    a.reason
   FROM baleen_store.applications a
     JOIN baleen_store.chains c ON c.chain_id = a.chain_id;

create view baleen.balances as
 SELECT b.chain_id,
    s.lineage,
    b.address,
    b.denom,
    b.amount,
    b.from_height,
    b.to_height,
    b.address_raw,
    b.denom_raw
   FROM baleen_store.state_balances b
     JOIN baleen_store.state_heads s ON s.chain_id = b.chain_id
  WHERE b.to_height IS NULL;

create view baleen.blocks as
 SELECT b.chain_id,
    l.lineage,
    b.height,
    b."time",
    b.time_ns,
    upper(encode(b.block_hash, 'hex'::text)) AS block_hash,
    b.proposer_consensus_address,
    ( SELECT o.operator_address
           FROM baleen_store.validator_operators o
          WHERE o.chain_id = b.chain_id AND o.address = b.proposer_address AND o.height <= b.height
          ORDER BY o.height DESC
         LIMIT 1) AS proposer_operator_address,
    b.tx_count,
    b.size,
    NULLIF(upper(encode(b.app_hash, 'hex'::text)), ''::text) AS app_hash,
    b.version_block,
    b.version_app,
    b.num_txs,
    b.total_txs,
    NULLIF(upper(encode(b.last_block_hash, 'hex'::text)), ''::text) AS last_block_hash,
    b.last_parts_total,
    NULLIF(upper(encode(b.last_parts_hash, 'hex'::text)), ''::text) AS last_parts_hash,
    NULLIF(upper(encode(b.last_commit_hash, 'hex'::text)), ''::text) AS last_commit_hash,
    NULLIF(upper(encode(b.data_hash, 'hex'::text)), ''::text) AS data_hash,
    NULLIF(upper(encode(b.validators_hash, 'hex'::text)), ''::text) AS validators_hash,
    NULLIF(upper(encode(b.next_validators_hash, 'hex'::text)), ''::text) AS next_validators_hash,
    NULLIF(upper(encode(b.consensus_hash, 'hex'::text)), ''::text) AS consensus_hash,
    NULLIF(upper(encode(b.last_results_hash, 'hex'::text)), ''::text) AS last_results_hash,
    NULLIF(upper(encode(b.evidence_hash, 'hex'::text)), ''::text) AS evidence_hash,
    upper(encode(b.proposer_address, 'hex'::text)) AS proposer_address_hex,
    b.parts_total,
    upper(encode(b.parts_hash, 'hex'::text)) AS parts_hash,
    upper(encode(b.results_hash, 'hex'::text)) AS results_hash,
    b.validator_updates
   FROM baleen_store.blocks b
     LEFT JOIN baleen_store.chains l ON l.chain_id = b.chain_id;

create view baleen.chains as
 SELECT c.chain_id,
    c.lineage,
    predecessor.chain_id AS predecessor,
    successor.chain_id AS successor,
    c.initial_height AS first_height,
    l.last_height,
    head.to_height AS head_height,
    first.to_height AS complete_to,
    EXTRACT(epoch FROM now() - head_block."time")::double precision AS lag_seconds,
    c.last_write,
    head_block."time" AS head_time,
    c.bech32_prefix,
    encode(c.genesis_hash, 'hex'::text) AS genesis_hash,
    encode(c.genesis_file_sha256, 'hex'::text) AS genesis_file_sha256,
    first.from_height AS first_indexed,
    head.to_height AS last_indexed,
    missing.blocks AS missing,
    missing.results AS results_missing,
    LEAST(first.to_height, first_results.to_height) AS results_complete_to,
    state.height AS state_height
   FROM baleen_store.chains c
     LEFT JOIN baleen_store.lineages l ON l.chain_id = c.chain_id
     LEFT JOIN LATERAL ( SELECT p.chain_id
           FROM baleen_store.lineages p
          WHERE p.lineage = c.lineage AND p."position" < l."position"
          ORDER BY p."position" DESC
         LIMIT 1) predecessor ON true
     LEFT JOIN LATERAL ( SELECT s.chain_id
           FROM baleen_store.lineages s
          WHERE s.lineage = c.lineage AND s."position" > l."position"
          ORDER BY s."position"
         LIMIT 1) successor ON true
     LEFT JOIN LATERAL ( SELECT r.from_height,
            r.to_height
           FROM baleen_store.ranges r
          WHERE r.chain_id = c.chain_id AND r.kind = 'blocks'::text
          ORDER BY r.from_height
         LIMIT 1) first ON true
     LEFT JOIN LATERAL ( SELECT r.to_height
           FROM baleen_store.ranges r
          WHERE r.chain_id = c.chain_id AND r.kind = 'blocks'::text
          ORDER BY r.from_height DESC
         LIMIT 1) head ON true
     LEFT JOIN baleen_store.ranges first_results ON first_results.chain_id = c.chain_id AND first_results.kind = 'results'::text AND first.from_height >= first_results.from_height AND first.from_height <= first_results.to_height
     LEFT JOIN baleen_store.states state ON state.chain_id = c.chain_id
     LEFT JOIN LATERAL ( SELECT ( SELECT COALESCE(sum(upper(h.h) - lower(h.h)), 0::numeric)::bigint AS "coalesce"
                   FROM unnest(m.asked_for) h(h)) AS blocks,
            ( SELECT COALESCE(sum(upper(h.h) - lower(h.h)), 0::numeric)::bigint AS "coalesce"
                   FROM unnest(m.results) h(h)) AS results
           FROM baleen_store.missing_heights m
          WHERE m.chain_id = c.chain_id) missing ON true
     LEFT JOIN baleen_store.blocks head_block ON head_block.chain_id = c.chain_id AND head_block.height = head.to_height;

create view baleen.commit_signatures as
 SELECT k.chain_id,
    l.lineage,
    k.height,
    v."time",
    v.time_ns,
    v.ordinal::integer - 1 AS vote_index,
    w.consensus_address,
    ( SELECT o.operator_address
           FROM baleen_store.validator_operators o
          WHERE o.chain_id = k.chain_id AND o.address = COALESCE(v.address, s.addresses[v.ordinal]) AND o.height <= k.height
          ORDER BY o.height DESC
         LIMIT 1) AS operator_address,
    v.flag,
    v.signature,
    k.round,
    k."time" AS commit_time,
    upper(encode(COALESCE(v.address, s.addresses[v.ordinal]), 'hex'::text)) AS consensus_address_hex,
    k.other_block_ids[v.ordinal] AS other_block_id
   FROM baleen_store.commits k
     CROSS JOIN LATERAL UNNEST(k.flags, k.addresses, k.times, k.times_ns, k.signatures) WITH ORDINALITY v(flag, address, "time", time_ns, signature, ordinal)
     LEFT JOIN LATERAL ( SELECT vs.addresses
           FROM ( SELECT r.validators_hash,
                    r.to_height
                   FROM baleen_store.validator_set_ranges r
                  WHERE r.chain_id = k.chain_id AND r.from_height <= k.height AND array_position(k.flags, 1::smallint) IS NOT NULL
                  ORDER BY r.from_height DESC
                 LIMIT 1) last
             JOIN baleen_store.validator_sets vs ON vs.chain_id = k.chain_id AND vs.validators_hash = last.validators_hash
          WHERE last.to_height >= k.height) s ON true
     LEFT JOIN baleen_store.validators w ON w.chain_id = k.chain_id AND w.address = COALESCE(v.address, s.addresses[v.ordinal])
     LEFT JOIN baleen_store.chains l ON l.chain_id = k.chain_id;

create view baleen.community_pool as
 SELECT p.chain_id,
    s.lineage,
    p.denom,
    p.amount,
    p.from_height,
    p.to_height,
    p.denom_raw
   FROM baleen_store.state_community_pool p
     JOIN baleen_store.state_heads s ON s.chain_id = p.chain_id
  WHERE p.to_height IS NULL;

create view baleen.consensus_params as
 SELECT r.chain_id,
    l.lineage,
    r.from_height,
    r.to_height,
    p.block_max_bytes,
    p.block_max_gas,
    p.block_time_iota_ms,
    p.evidence_max_age_blocks,
    p.evidence_max_age_ns,
    p.evidence_max_bytes,
    p.validator_key_types,
    p.app_version,
    p.vote_extensions_height,
    p.proposer_time_height,
    p.synchrony_precision_ns,
    p.synchrony_delay_ns
   FROM baleen_store.consensus_params_ranges r
     JOIN baleen_store.consensus_params p ON p.chain_id = r.chain_id AND p.params_hash = r.params_hash
     LEFT JOIN baleen_store.chains l ON l.chain_id = r.chain_id;

create view baleen.contract_state as
 SELECT e.chain_id,
    s.lineage,
    e.contract,
    e.key,
    e.key_text,
    e.value,
    e.value_json,
    e.from_height,
    e.to_height,
    e.contract_raw
   FROM baleen_store.state_wasm_entries e
     JOIN baleen_store.state_heads s ON s.chain_id = e.chain_id
  WHERE e.to_height IS NULL;

create view baleen.coverage as
 SELECT r.chain_id,
    l.lineage,
    r.kind,
    r.from_height,
    r.to_height,
    r.version
   FROM baleen_store.ranges r
     LEFT JOIN baleen_store.chains l ON l.chain_id = r.chain_id
UNION ALL
 SELECT c.chain_id,
    c.lineage,
    'genesis'::text AS kind,
    c.initial_height - 1 AS from_height,
    c.initial_height - 1 AS to_height,
    NULL::integer AS version
   FROM baleen_store.chains c
  WHERE c.genesis_hash IS NOT NULL;

create view baleen.delegations as
 SELECT d.chain_id,
    s.lineage,
    d.delegator,
    d.operator_address,
    v.moniker,
    d.shares,
    bond.value #>> '{}'::text[] AS denom,
    trunc(baleen_store.quotient_even(d.shares * v.tokens, v.delegator_shares)) AS amount,
    d.from_height,
    d.to_height,
    d.delegator_raw,
    d.operator_address_raw
   FROM baleen_store.state_delegations d
     JOIN baleen_store.state_heads s ON s.chain_id = d.chain_id
     LEFT JOIN baleen_store.state_validators v ON v.chain_id = d.chain_id AND v.operator_address = d.operator_address AND v.to_height IS NULL
     LEFT JOIN baleen_store.state_params bond ON bond.chain_id = d.chain_id AND bond.subspace = 'staking'::text AND bond.key = 'BondDenom'::text AND bond.to_height IS NULL
  WHERE d.to_height IS NULL;

create view baleen.denoms as
 SELECT d.chain_id,
    s.lineage,
    d.denom,
    d.value AS metadata,
    d.value_raw AS metadata_raw,
    d.from_height,
    d.to_height,
    d.denom_raw
   FROM baleen_store.state_denom_metadata d
     JOIN baleen_store.state_heads s ON s.chain_id = d.chain_id
  WHERE d.to_height IS NULL;

create view baleen.event_attributes as
 SELECT e.chain_id,
    e.lineage,
    e.height,
    e."time",
    e.time_ns,
    e.tx_index,
    e.tx_hash,
    e.success,
    e.event_index,
    a.ordinal::integer - 1 AS attribute_index,
    e.phase,
    e.type,
    a.pair ->> 0 AS key,
    a.pair ->> 1 AS value
   FROM baleen.events e
     CROSS JOIN LATERAL jsonb_array_elements(e.attributes) WITH ORDINALITY a(pair, ordinal);

create view baleen.events as
 SELECT e.chain_id,
    l.lineage,
    e.height,
    e."time",
    e.time_ns,
    e.tx_index,
    upper(encode(h.tx_hash, 'hex'::text)) AS tx_hash,
    h.success,
    e.event_index,
    e.phase,
    e.phase_index,
    e.msg_index,
    e.type,
    e.attributes,
    e.type_raw,
    e.attributes_raw,
        CASE
            WHEN e.phase = ANY (ARRAY['begin_block'::text, 'end_block'::text]) THEN e.phase
            WHEN e.phase = 'finalize_block'::text THEN
            CASE e.attributes -> '-1'::integer
                WHEN '["mode", "BeginBlock"]'::jsonb THEN 'begin_block'::text
                WHEN '["mode", "EndBlock"]'::jsonb THEN 'end_block'::text
                ELSE NULL::text
            END
            ELSE NULL::text
        END AS mode,
    e.type ~~ 'ibccallbackerror-%'::text AS reverted
   FROM baleen_store.events e
     LEFT JOIN baleen_store.tx_hashes h ON h.chain_id = e.chain_id AND h.height = e.height AND h.tx_index = e.tx_index
     LEFT JOIN baleen_store.chains l ON l.chain_id = e.chain_id;

create view baleen.evidence as
 SELECT e.chain_id,
    l.lineage,
    e.height,
    e."time",
    e.time_ns,
    e.evidence_index,
    e.validator_index,
    e.kind,
    e.consensus_address,
    ( SELECT o.operator_address
           FROM baleen_store.validator_operators o
          WHERE o.chain_id = e.chain_id AND o.address = e.address AND o.height <= e.evidence_height
          ORDER BY o.height DESC
         LIMIT 1) AS operator_address,
    e.evidence_height,
    COALESCE(e.power, s.voting_powers[array_position(s.addresses, e.address)]) AS power,
    COALESCE(e.total_power, ( SELECT sum(p.p)::bigint AS sum
           FROM unnest(s.voting_powers) p(p))) AS total_power,
    e.evidence_time,
    e.evidence_time_ns,
    e.raw
   FROM baleen_store.evidence e
     LEFT JOIN LATERAL ( SELECT vs.addresses,
            vs.voting_powers
           FROM baleen_store.validator_set_ranges r
             JOIN baleen_store.validator_sets vs ON vs.chain_id = r.chain_id AND vs.validators_hash = r.validators_hash
          WHERE e.power IS NULL AND r.chain_id = e.chain_id AND r.from_height <= e.evidence_height AND r.to_height >= e.evidence_height
          ORDER BY r.from_height DESC
         LIMIT 1) s ON true
     LEFT JOIN baleen_store.chains l ON l.chain_id = e.chain_id;

create view baleen.failed_ranges as
 SELECT f.chain_id,
    l.lineage,
    f.from_height,
    f.to_height,
    f.reason,
    f.attempts,
    f.next_try,
    f.last_failed
   FROM baleen_store.failed_ranges f
     LEFT JOIN baleen_store.chains l ON l.chain_id = f.chain_id;

create view baleen.fee_allowances as
 SELECT f.chain_id,
    s.lineage,
    f.granter,
    f.grantee,
    f.allowance,
    f.allowance_raw,
    f.from_height,
    f.to_height,
    f.granter_raw,
    f.grantee_raw
   FROM baleen_store.state_fee_allowances f
     JOIN baleen_store.state_heads s ON s.chain_id = f.chain_id
  WHERE f.to_height IS NULL;

create view baleen.gaps as
 SELECT m.chain_id,
    m.lineage,
    missing.kind,
    lower(g.heights) AS from_height,
    upper(g.heights) - 1 AS to_height,
    missing.reason
   FROM baleen_store.missing_heights m
     CROSS JOIN LATERAL ( VALUES ('blocks'::text,'blocks: not indexed yet'::text,m.asked_for), ('blocks'::text,'blocks: not asked for, though a source has them'::text,m.not_asked_for), ('results'::text,'results: not in source'::text,m.results)) missing(kind, reason, heights)
     CROSS JOIN LATERAL unnest(missing.heights) g(heights);

create view baleen.grants as
 SELECT g.chain_id,
    s.lineage,
    g.granter,
    g.grantee,
    g.message_type,
    g.expiration,
    g.expiration_ns,
    g.authorization_value,
    g.authorization_value_raw,
    g.from_height,
    g.to_height,
    g.granter_raw,
    g.grantee_raw,
    g.message_type_raw
   FROM baleen_store.state_grants g
     JOIN baleen_store.state_heads s ON s.chain_id = g.chain_id
  WHERE g.to_height IS NULL;

create view baleen.historical_infos as
 SELECT h.chain_id,
    s.lineage,
    h.height,
    h.value,
    h.value_raw,
    h.from_height,
    h.to_height
   FROM baleen_store.state_historical_infos h
     JOIN baleen_store.state_heads s ON s.chain_id = h.chain_id
  WHERE h.to_height IS NULL;

create view baleen.market_denoms as
 SELECT m.chain_id,
    m.lineage,
    priced.denom,
    priced.rate,
    t.tax AS tobin_tax,
    m.as_of_height
   FROM baleen.market_pools m
     CROSS JOIN LATERAL ( SELECT r.denom,
            r.rate
           FROM baleen_store.state_oracle_rates r
          WHERE r.chain_id = m.chain_id AND r.denom <> 'uluna'::text AND r.to_height IS NULL
        UNION ALL
         SELECT 'uluna'::text,
            1.000000000000000000) priced
     LEFT JOIN baleen_store.state_oracle_tobin_taxes t ON t.chain_id = m.chain_id AND t.denom = priced.denom AND t.to_height IS NULL;

create view baleen.market_pools as
 SELECT s.chain_id,
    s.lineage,
    rest.pool AS base_pool,
    moved.delta AS terra_pool_delta,
    rest.pool + moved.delta AS terra_pool,
    baleen_store.quotient_even(baleen_store.product_even(rest.pool, rest.pool), rest.pool + moved.delta) AS luna_pool,
    rest.least_spread AS min_spread,
    s.height AS as_of_height
   FROM baleen_store.state_heads s
     CROSS JOIN LATERAL ( SELECT max(p.value #>> '{}'::text[]) FILTER (WHERE lower(p.key) = 'basepool'::text)::numeric AS pool,
            max(p.value #>> '{}'::text[]) FILTER (WHERE lower(p.key) = 'minstabilityspread'::text)::numeric AS least_spread
           FROM baleen_store.state_params p
          WHERE p.chain_id = s.chain_id AND p.subspace = 'market'::text AND p.to_height IS NULL) rest
     CROSS JOIN LATERAL ( SELECT COALESCE(max(v.value #>> '{}'::text[])::numeric, 0.000000000000000000) AS delta
           FROM baleen_store.state_module_values v
          WHERE v.chain_id = s.chain_id AND v.module = 'market'::text AND v.name = 'terra_pool_delta'::text AND v.to_height IS NULL) moved
  WHERE rest.pool IS NOT NULL;

create view baleen.messages as
 SELECT m.chain_id,
    l.lineage,
    m.height,
    m."time",
    m.time_ns,
    m.tx_index,
    upper(encode(h.tx_hash, 'hex'::text)) AS tx_hash,
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
   FROM baleen_store.messages m
     LEFT JOIN baleen_store.tx_hashes h ON h.chain_id = m.chain_id AND h.height = m.height AND h.tx_index = m.tx_index
     LEFT JOIN baleen_store.chains l ON l.chain_id = m.chain_id;

create view baleen.missed_votes as
 SELECT m.chain_id,
    l.lineage,
    m.height,
    m."time",
    m.time_ns,
    m.vote_index,
    w.consensus_address,
    m.operator_address,
    m.flag
   FROM baleen_store.missed_votes m
     LEFT JOIN baleen_store.validators w ON w.chain_id = m.chain_id AND w.address = m.address
     LEFT JOIN baleen_store.chains l ON l.chain_id = m.chain_id;

create view baleen.module_params as
 SELECT p.chain_id,
    s.lineage,
    p.subspace,
    p.key,
    p.name,
    p.value,
    p.value_raw,
    p.from_height,
    p.to_height,
    p.subspace_raw,
    p.key_raw
   FROM baleen_store.state_params p
     JOIN baleen_store.state_heads s ON s.chain_id = p.chain_id
  WHERE p.to_height IS NULL;

create view baleen.module_values as
 SELECT m.chain_id,
    s.lineage,
    m.module,
    m.name,
    m.key,
    m.value,
    m.value_raw,
    m.from_height,
    m.to_height,
    m.key_raw
   FROM baleen_store.state_module_values m
     JOIN baleen_store.state_heads s ON s.chain_id = m.chain_id
  WHERE m.to_height IS NULL;

create view baleen.oracle_operators as
 SELECT v.chain_id,
    s.lineage,
    v.operator_address,
    v.moniker,
    COALESCE(f.feeder, v.operator_account) AS feeder,
    COALESCE(m.misses, 0::numeric) AS misses,
    v.operator_address_raw
   FROM baleen_store.state_validators v
     JOIN baleen_store.state_heads s ON s.chain_id = v.chain_id
     LEFT JOIN baleen_store.state_oracle_feeders f ON f.chain_id = v.chain_id AND f.operator_address = v.operator_address AND f.to_height IS NULL
     LEFT JOIN baleen_store.state_oracle_misses m ON m.chain_id = v.chain_id AND m.operator_address = v.operator_address AND m.to_height IS NULL
  WHERE v.to_height IS NULL;

create view baleen.oracle_prevotes_now as
 SELECT p.chain_id,
    s.lineage,
    p.operator_address,
    p.denom,
    p.hash,
    p.submit_block,
    p.from_height,
    p.to_height,
    p.operator_address_raw,
    p.denom_raw
   FROM baleen_store.state_oracle_prevotes p
     JOIN baleen_store.state_heads s ON s.chain_id = p.chain_id
  WHERE p.to_height IS NULL;

create view baleen.oracle_prices_now as
 SELECT r.chain_id,
    s.lineage,
    r.denom,
    r.rate,
    r.from_height,
    r.to_height,
    r.denom_raw
   FROM baleen_store.state_oracle_rates r
     JOIN baleen_store.state_heads s ON s.chain_id = r.chain_id
  WHERE r.to_height IS NULL;

create view baleen.oracle_tobin_taxes_now as
 SELECT t.chain_id,
    s.lineage,
    t.denom,
    t.tax,
    t.from_height,
    t.to_height,
    t.denom_raw
   FROM baleen_store.state_oracle_tobin_taxes t
     JOIN baleen_store.state_heads s ON s.chain_id = t.chain_id
  WHERE t.to_height IS NULL;

create view baleen.oracle_votes_now as
 SELECT v.chain_id,
    s.lineage,
    v.operator_address,
    v.aggregate,
    v.rate_index,
    v.denom,
    v.rate,
    v.from_height,
    v.to_height,
    v.operator_address_raw,
    v.denom_raw
   FROM baleen_store.state_oracle_votes v
     JOIN baleen_store.state_heads s ON s.chain_id = v.chain_id
  WHERE v.to_height IS NULL;

create view baleen.outstanding_rewards as
 SELECT o.chain_id,
    s.lineage,
    o.operator_address,
    v.moniker,
    o.denom,
    o.amount,
    o.from_height,
    o.to_height,
    o.operator_address_raw,
    o.denom_raw
   FROM baleen_store.state_outstanding_rewards o
     JOIN baleen_store.state_heads s ON s.chain_id = o.chain_id
     LEFT JOIN baleen_store.state_validators v ON v.chain_id = o.chain_id AND v.operator_address = o.operator_address AND v.to_height IS NULL
  WHERE o.to_height IS NULL;

create view baleen.pending_commission as
 SELECT a.chain_id,
    s.lineage,
    a.operator_address,
    v.moniker,
    a.denom,
    a.amount,
    s.height AS as_of_height,
    a.operator_address_raw,
    a.denom_raw
   FROM baleen_store.state_accumulated_commissions a
     JOIN baleen_store.state_heads s ON s.chain_id = a.chain_id
     LEFT JOIN baleen_store.state_validators v ON v.chain_id = a.chain_id AND v.operator_address = a.operator_address AND v.to_height IS NULL
  WHERE a.to_height IS NULL;

create view baleen.pending_rewards as
 SELECT i.chain_id,
    s.lineage,
    i.delegator,
    i.operator_address,
    v.moniker,
    coin.denom,
    coin.amount,
    s.height AS as_of_height,
    i.delegator_raw,
    i.operator_address_raw
   FROM baleen_store.state_starting_infos i
     JOIN ( SELECT state_heads.chain_id,
            state_heads.lineage,
            state_heads.height
           FROM baleen_store.state_heads
         OFFSET 0) s ON s.chain_id = i.chain_id
     JOIN baleen_store.state_validators v ON v.chain_id = i.chain_id AND v.operator_address = i.operator_address AND v.to_height IS NULL
     JOIN baleen_store.state_delegations d ON d.chain_id = i.chain_id AND d.delegator = i.delegator AND d.operator_address = i.operator_address AND d.to_height IS NULL
     CROSS JOIN LATERAL ( SELECT array_agg(q.denom ORDER BY (q.denom COLLATE "C")) AS denoms,
            array_agg(q.ratio ORDER BY (q.denom COLLATE "C")) AS ratios,
            ( SELECT max(e.validator_period) AS max
                   FROM baleen_store.state_slash_events e
                  WHERE e.chain_id = v.chain_id AND e.operator_address = v.operator_address AND e.to_height IS NULL) AS slashed_period
           FROM ( SELECT p.denom,
                    sum(p.ratio) AS ratio
                   FROM ( SELECT unnest(h.denoms) AS denom,
                            unnest(h.ratios) AS ratio
                           FROM baleen_store.state_current_periods c
                             JOIN baleen_store.state_historical_periods h ON h.chain_id = c.chain_id AND h.operator_address = c.operator_address AND h.period = (c.period - 1::numeric) AND h.to_height IS NULL
                          WHERE c.chain_id = v.chain_id AND c.operator_address = v.operator_address AND c.to_height IS NULL
                        UNION ALL
                         SELECT r.denom,
                            baleen_store.quotient_cut(r.amount, v.tokens) AS quotient_cut
                           FROM baleen_store.state_current_rewards r
                          WHERE v.tokens > 0::numeric AND r.chain_id = v.chain_id AND r.operator_address = v.operator_address AND r.to_height IS NULL) p
                  GROUP BY p.denom) q) ended
     LEFT JOIN LATERAL ( SELECT h.denoms,
            h.ratios
           FROM baleen_store.state_historical_periods h
          WHERE h.chain_id = i.chain_id AND h.operator_address = i.operator_address AND h.period = i.previous_period AND h.to_height IS NULL
         LIMIT 1) began ON true
     CROSS JOIN LATERAL ( SELECT baleen_store.stake_of_last_stretch(i.stake, d.shares, v.tokens, v.delegator_shares) AS stake,
            COALESCE(ended.slashed_period > i.previous_period, false) AS is_slashed,
                CASE
                    WHEN began.denoms = ended.denoms THEN began.ratios
                    ELSE ARRAY( SELECT COALESCE(began.ratios[array_position(began.denoms, u.denom)], 0::numeric) AS "coalesce"
                       FROM unnest(ended.denoms) u(denom))
                END AS began_ratios
         OFFSET 0) w
     CROSS JOIN LATERAL ( SELECT plain.denom,
            plain.amount
           FROM ( SELECT u.denom,
                    trunc((u.ratio - u.began_ratio) * u.stake, 18) AS amount
                   FROM ( SELECT unnest(ended.denoms) AS denom,
                            unnest(ended.ratios) AS ratio,
                            unnest(w.began_ratios) AS began_ratio,
                            w.stake
                          WHERE NOT w.is_slashed AND w.stake IS NOT NULL) u
                 OFFSET 0) plain
          WHERE plain.amount <> 0::numeric
        UNION ALL
         SELECT slashed.denom,
            slashed.amount
           FROM ( SELECT q.denom,
                    sum(trunc((q.ratio - COALESCE(b.ratios[array_position(b.denoms, q.denom)], 0::numeric)) * stretch.stake, 18)) AS amount
                   FROM ( SELECT n.began_period,
                            n.ended_period,
                                CASE
                                    WHEN NOT bool_or(n.stake IS NULL) OVER () THEN n.stake
                                    ELSE NULL::numeric
                                END AS stake
                           FROM ( SELECT l.began_period,
                                    l.ended_period,
CASE
 WHEN l.ended_period IS NULL THEN baleen_store.stake_of_last_stretch(l.stake, d.shares, v.tokens, v.delegator_shares)
 ELSE l.stake
END AS stake
                                   FROM ( SELECT p.period AS began_period,
    lead(p.period) OVER slashes AS ended_period,
    baleen_store.stake_after_slashes(i.stake, p.fraction) OVER slashes AS stake
   FROM ( SELECT i.previous_period AS period,
      0::numeric AS fraction
  UNION ALL
   SELECT e.validator_period,
      e.fraction
     FROM baleen_store.state_slash_events e
    WHERE e.chain_id = i.chain_id AND e.operator_address = i.operator_address AND e.to_height IS NULL AND e.height >= i.height AND e.validator_period > i.previous_period) p
  WINDOW slashes AS (ORDER BY p.period)) l) n) stretch
                     LEFT JOIN baleen_store.state_historical_periods h ON h.chain_id = i.chain_id AND h.operator_address = i.operator_address AND h.period = stretch.ended_period AND h.to_height IS NULL
                     LEFT JOIN baleen_store.state_historical_periods b ON b.chain_id = i.chain_id AND b.operator_address = i.operator_address AND b.period = stretch.began_period AND b.to_height IS NULL
                     LEFT JOIN LATERAL UNNEST(
                        CASE
                            WHEN stretch.ended_period IS NULL THEN ended.denoms
                            ELSE h.denoms
                        END,
                        CASE
                            WHEN stretch.ended_period IS NULL THEN ended.ratios
                            ELSE h.ratios
                        END) q(denom, ratio) ON stretch.stake IS NOT NULL
                  GROUP BY q.denom
                 HAVING sum(trunc((q.ratio - COALESCE(b.ratios[array_position(b.denoms, q.denom)], 0::numeric)) * stretch.stake, 18)) <> 0::numeric OR bool_or(stretch.stake IS NULL)
                 OFFSET 0) slashed
          WHERE w.is_slashed OR w.stake IS NULL) coin
  WHERE i.to_height IS NULL AND i.height < s.height::numeric;

create view baleen.proposal_deposits_state as
 SELECT d.chain_id,
    s.lineage,
    d.proposal_id,
    d.depositor,
    d.denom,
    d.amount,
    d.from_height,
    d.to_height,
    d.depositor_raw,
    d.denom_raw
   FROM baleen_store.state_deposits d
     JOIN baleen_store.state_heads s ON s.chain_id = d.chain_id
  WHERE d.to_height IS NULL;

create view baleen.proposal_tallies as
 SELECT p.chain_id,
    s.lineage,
    p.proposal_id,
    COALESCE(trunc(sum(counted.power) FILTER (WHERE counted.option = 'yes'::text)), 0::numeric) AS yes,
    COALESCE(trunc(sum(counted.power) FILTER (WHERE counted.option = 'abstain'::text)), 0::numeric) AS abstain,
    COALESCE(trunc(sum(counted.power) FILTER (WHERE counted.option = 'no'::text)), 0::numeric) AS no,
    COALESCE(trunc(sum(counted.power) FILTER (WHERE counted.option = 'no_with_veto'::text)), 0::numeric) AS no_with_veto,
    s.height AS as_of_height
   FROM baleen_store.state_proposals p
     JOIN baleen_store.state_heads s ON s.chain_id = p.chain_id
     LEFT JOIN LATERAL ( SELECT starts_with(a.type, '/'::text) AS multiplies_first
           FROM baleen_store.state_accounts a
          WHERE a.chain_id = p.chain_id
         LIMIT 1) rule ON true
     LEFT JOIN LATERAL ( SELECT v.option,
                CASE
                    WHEN rule.multiplies_first THEN baleen_store.product_even(baleen_store.quotient_even(part.shares * part.tokens, part.delegator_shares), v.weight)
                    ELSE baleen_store.quotient_even(part.shares, part.delegator_shares) * part.tokens
                END AS power
           FROM baleen_store.state_votes v
             CROSS JOIN LATERAL ( SELECT d.shares,
                    o.tokens,
                    o.delegator_shares
                   FROM baleen_store.state_delegations d
                     JOIN baleen_store.state_validators o ON o.chain_id = d.chain_id AND o.operator_address = d.operator_address AND o.to_height IS NULL AND o.status = 'bonded'::text
                  WHERE d.chain_id = v.chain_id AND d.delegator = v.voter AND d.to_height IS NULL
                UNION ALL
                 SELECT o.delegator_shares - COALESCE(( SELECT sum(d.shares) AS sum
                           FROM baleen_store.state_delegations d
                          WHERE d.chain_id = o.chain_id AND d.operator_address = o.operator_address AND d.to_height IS NULL AND (EXISTS ( SELECT
                                   FROM baleen_store.state_votes w
                                  WHERE w.chain_id = v.chain_id AND w.proposal_id = v.proposal_id AND w.voter = d.delegator AND w.to_height IS NULL))), 0::numeric),
                    o.tokens,
                    o.delegator_shares
                   FROM baleen_store.state_validators o
                  WHERE o.chain_id = v.chain_id AND o.operator_account = v.voter AND o.to_height IS NULL AND o.status = 'bonded'::text) part
          WHERE v.chain_id = p.chain_id AND v.proposal_id = p.proposal_id AND v.to_height IS NULL) counted ON true
  WHERE p.to_height IS NULL AND p.status = 'voting_period'::text
  GROUP BY p.chain_id, s.lineage, p.proposal_id, s.height;

create view baleen.proposal_votes_state as
 SELECT v.chain_id,
    s.lineage,
    v.proposal_id,
    v.voter,
    v.option_index,
    v.option,
    v.weight,
    v.from_height,
    v.to_height,
    v.voter_raw
   FROM baleen_store.state_votes v
     JOIN baleen_store.state_heads s ON s.chain_id = v.chain_id
  WHERE v.to_height IS NULL;

create view baleen.proposals_state as
 SELECT p.chain_id,
    s.lineage,
    p.proposal_id,
    p.title,
    p.content_type,
    p.status,
    p.submit_time,
    p.submit_time_ns,
    p.deposit_end_time,
    p.deposit_end_time_ns,
    p.voting_start_time,
    p.voting_start_time_ns,
    p.voting_end_time,
    p.voting_end_time_ns,
    p.value,
    p.value_raw,
    p.from_height,
    p.to_height
   FROM baleen_store.state_proposals p
     JOIN baleen_store.state_heads s ON s.chain_id = p.chain_id
  WHERE p.to_height IS NULL;

create view baleen.redelegations as
 SELECT r.chain_id,
    s.lineage,
    r.delegator,
    r.source_operator_address,
    r.destination_operator_address,
    r.entry_index,
    r.creation_height,
    r.completion_time,
    r.completion_time_ns,
    bond.value #>> '{}'::text[] AS denom,
    r.initial_balance,
    r.shares_destination,
    trunc(baleen_store.quotient_even(r.shares_destination * v.tokens, v.delegator_shares)) AS balance,
    r.from_height,
    r.to_height,
    r.delegator_raw,
    r.source_operator_address_raw,
    r.destination_operator_address_raw
   FROM baleen_store.state_redelegation_entries r
     JOIN baleen_store.state_heads s ON s.chain_id = r.chain_id
     LEFT JOIN baleen_store.state_validators v ON v.chain_id = r.chain_id AND v.operator_address = r.destination_operator_address AND v.to_height IS NULL
     LEFT JOIN baleen_store.state_params bond ON bond.chain_id = r.chain_id AND bond.subspace = 'staking'::text AND bond.key = 'BondDenom'::text AND bond.to_height IS NULL
  WHERE r.to_height IS NULL;

create view baleen.signing_infos as
 SELECT i.chain_id,
    s.lineage,
    i.consensus_address,
    v.operator_address,
    v.moniker,
    i.start_height,
    i.index_offset,
    i.jailed_until,
    i.jailed_until_ns,
    i.tombstoned,
    i.missed_blocks_counter,
    i.from_height,
    i.to_height,
    i.consensus_address_raw
   FROM baleen_store.state_signing_infos i
     JOIN baleen_store.state_heads s ON s.chain_id = i.chain_id
     LEFT JOIN baleen_store.state_validators v ON v.chain_id = i.chain_id AND v.consensus_address = i.consensus_address AND v.to_height IS NULL
  WHERE i.to_height IS NULL;

create view baleen.sources as
 SELECT s.chain_id,
    COALESCE(l.lineage, s.chain_id) AS lineage,
    s.address,
        CASE
            WHEN s.backend = 'rpc'::text THEN ''::text
            ELSE s.host
        END AS host,
    s.backend,
    (array_agg(s.version ORDER BY s.last_seen DESC) FILTER (WHERE s.version IS NOT NULL))[1] AS version,
    (array_agg(s.base_height ORDER BY s.last_seen DESC) FILTER (WHERE s.base_height IS NOT NULL))[1] AS base_height,
    (array_agg(s.head_height ORDER BY s.last_seen DESC) FILTER (WHERE s.head_height IS NOT NULL))[1] AS head_height,
    sum(s.requests)::bigint AS requests,
    sum(s.errors)::bigint AS errors,
    sum(s.bytes)::bigint AS bytes,
    COALESCE(sum(s.concurrency) FILTER (WHERE s.is_read AND s.last_seen > (now() - '00:00:30'::interval)), 0::bigint)::integer AS concurrency,
    (array_agg(s.trouble ORDER BY s.last_seen DESC) FILTER (WHERE s.trouble IS NOT NULL))[1] AS trouble,
    min(s.trouble_since) AS trouble_since,
    max(s.last_seen) AS last_seen,
    count(*) FILTER (WHERE s.is_read AND s.last_seen > (now() - '00:00:30'::interval))::integer AS readers
   FROM baleen_store.sources s
     LEFT JOIN baleen_store.chains l ON l.chain_id = s.chain_id
  GROUP BY s.chain_id, (COALESCE(l.lineage, s.chain_id)), s.address, (
        CASE
            WHEN s.backend = 'rpc'::text THEN ''::text
            ELSE s.host
        END), s.backend;

create view baleen.storage as
 WITH files AS (
         SELECT f.chain_id,
            COALESCE(f.table_name, c.relname::text) AS table_name,
                CASE
                    WHEN c.reltuples > 0::double precision AND c.relpages > 0 THEN (c.reltuples * pg_relation_size(c.oid::regclass)::double precision / (c.relpages::double precision * current_setting('block_size'::text)::double precision))::bigint
                    ELSE GREATEST(pg_stat_get_live_tuples(c.oid), 0::bigint)
                END AS rows_estimate,
            pg_relation_size(c.oid::regclass) + pg_relation_size(c.oid::regclass, 'fsm'::text) + pg_relation_size(c.oid::regclass, 'vm'::text) AS heap_bytes,
            pg_indexes_size(c.oid::regclass) AS index_bytes,
                CASE
                    WHEN c.reltoastrelid = 0::oid THEN 0::bigint
                    ELSE pg_total_relation_size(c.reltoastrelid::regclass)
                END AS toast_bytes
           FROM pg_class c
             LEFT JOIN baleen_store.leaves f ON f.leaf = c.relname
          WHERE c.relnamespace = 'baleen_store'::regnamespace::oid AND c.relkind = 'r'::"char"
        ), tables AS (
         SELECT f.chain_id,
            f.table_name,
            count(*)::integer AS partitions,
            sum(f.rows_estimate)::bigint AS rows_estimate,
            sum(f.heap_bytes)::bigint AS heap_bytes,
            sum(f.index_bytes)::bigint AS index_bytes,
            sum(f.toast_bytes)::bigint AS toast_bytes
           FROM files f
          GROUP BY f.chain_id, f.table_name
        )
 SELECT t.chain_id,
    l.lineage,
    t.table_name,
    t.partitions,
    t.rows_estimate,
    t.heap_bytes,
    t.index_bytes,
    t.toast_bytes,
    t.heap_bytes + t.index_bytes + t.toast_bytes AS total_bytes
   FROM tables t
     LEFT JOIN baleen_store.chains l ON l.chain_id = t.chain_id;

create view baleen.supply as
 SELECT b.chain_id,
    s.lineage,
    b.denom,
    b.amount,
    b.from_height,
    b.to_height,
    b.denom_raw
   FROM baleen_store.state_supply b
     JOIN baleen_store.state_heads s ON s.chain_id = b.chain_id
  WHERE b.to_height IS NULL;

create view baleen.treasury_indicators as
 SELECT chain_id,
    lineage,
    epoch,
    tax_rewards,
    staked,
    max(rate) FILTER (WHERE period = 'windowlong'::text) AS trl_year,
    max(rate) FILTER (WHERE period = 'windowshort'::text) AS trl_month,
    as_of_height
   FROM ( SELECT s.chain_id,
            s.lineage,
            lower(w.key) AS period,
            epoch.number AS epoch,
            tax.rewards AS tax_rewards,
            bonded.amount AS staked,
            baleen_store.quotient_cut(COALESCE(baleen_store.quotient_cut(past.rates, past.epochs::numeric), 0::numeric) * past.epochs::numeric + baleen_store.quotient_cut(tax.rewards, bonded.amount), (past.epochs + 1)::numeric) AS rate,
            s.height AS as_of_height
           FROM baleen_store.state_heads s
             JOIN baleen_store.state_params w ON w.chain_id = s.chain_id AND w.subspace = 'treasury'::text AND (lower(w.key) = ANY (ARRAY['windowlong'::text, 'windowshort'::text])) AND w.to_height IS NULL
             CROSS JOIN LATERAL ( SELECT COALESCE(max(v.value #>> '{}'::text[])::bigint, 0::bigint) / 100800 + s.height / 100800 AS number
                   FROM baleen_store.state_module_values v
                  WHERE v.chain_id = s.chain_id AND v.module = 'treasury'::text AND v.name = 'cumulative_height'::text AND v.to_height IS NULL) epoch
             CROSS JOIN LATERAL ( SELECT COALESCE(sum(baleen_store.exchanged((c.coin ->> 'amount'::text)::numeric, c.coin ->> 'denom'::text, d.rate, 'usdr'::text, base.rate)), 0::numeric) AS rewards
                   FROM baleen_store.state_module_values v
                     CROSS JOIN LATERAL jsonb_array_elements(v.value) c(coin)
                     LEFT JOIN baleen.market_denoms d ON d.chain_id = v.chain_id AND d.denom = (c.coin ->> 'denom'::text)
                     LEFT JOIN baleen.market_denoms base ON base.chain_id = v.chain_id AND base.denom = 'usdr'::text
                  WHERE v.chain_id = s.chain_id AND v.module = 'treasury'::text AND v.name = 'epoch_tax_proceeds'::text AND v.to_height IS NULL) tax
             CROSS JOIN LATERAL ( SELECT COALESCE(sum(b.amount), 0::numeric) AS amount
                   FROM baleen_store.state_accounts a
                     JOIN baleen_store.state_params p ON p.chain_id = a.chain_id AND p.subspace = 'staking'::text AND p.key = 'BondDenom'::text AND p.to_height IS NULL
                     JOIN baleen_store.state_balances b ON b.chain_id = a.chain_id AND b.address = a.address AND b.denom = (p.value #>> '{}'::text[]) AND b.to_height IS NULL
                  WHERE a.chain_id = s.chain_id AND a.module_name = 'bonded_tokens_pool'::text AND a.to_height IS NULL) bonded
             CROSS JOIN LATERAL ( SELECT
                        CASE
                            WHEN epoch.number = 0 THEN 0::bigint
                            ELSE LEAST(((w.value #>> '{}'::text[])::bigint) - 1, epoch.number)
                        END AS epochs) earlier
             CROSS JOIN LATERAL ( SELECT earlier.epochs,
                    COALESCE(sum(baleen_store.quotient_cut((r.value #>> '{}'::text[])::numeric, (l.value #>> '{}'::text[])::numeric)), 0::numeric) AS rates
                   FROM generate_series(epoch.number - earlier.epochs, epoch.number - 1) e(number)
                     JOIN baleen_store.state_module_values r ON r.chain_id = s.chain_id AND r.module = 'treasury'::text AND r.name = 'tax_reward'::text AND r.key = e.number::text AND r.to_height IS NULL
                     JOIN baleen_store.state_module_values l ON l.chain_id = s.chain_id AND l.module = 'treasury'::text AND l.name = 'total_staked_luna'::text AND l.key = r.key AND l.to_height IS NULL) past) each
  GROUP BY chain_id, lineage, epoch, tax_rewards, staked, as_of_height;

create view baleen.tx_fees as
 SELECT f.chain_id,
    l.lineage,
    f.height,
    f."time",
    f.time_ns,
    f.tx_index,
    upper(encode(h.tx_hash, 'hex'::text)) AS tx_hash,
    h.success,
    f.fee_index,
    f.denom,
    f.amount,
    f.kind,
    f.payer,
    f.charged,
    f.denom_raw,
    f.payer_raw
   FROM baleen_store.tx_fees f
     LEFT JOIN baleen_store.tx_hashes h ON h.chain_id = f.chain_id AND h.height = f.height AND h.tx_index = f.tx_index
     LEFT JOIN baleen_store.chains l ON l.chain_id = f.chain_id;

create view baleen.tx_signatures as
 SELECT s.chain_id,
    l.lineage,
    s.height,
    s."time",
    s.time_ns,
    s.tx_index,
    upper(encode(h.tx_hash, 'hex'::text)) AS tx_hash,
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
   FROM baleen_store.tx_signatures s
     LEFT JOIN baleen_store.tx_hashes h ON h.chain_id = s.chain_id AND h.height = s.height AND h.tx_index = s.tx_index
     LEFT JOIN baleen_store.chains l ON l.chain_id = s.chain_id;

create view baleen.txs as
 SELECT t.chain_id,
    l.lineage,
    t.height,
    t."time",
    t.time_ns,
    t.tx_index,
    upper(encode(h.tx_hash, 'hex'::text)) AS tx_hash,
    t.code = 0 AS success,
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
   FROM baleen_store.txs t
     LEFT JOIN baleen_store.tx_hashes h ON h.chain_id = t.chain_id AND h.height = t.height AND h.tx_index = t.tx_index
     LEFT JOIN baleen_store.chains l ON l.chain_id = t.chain_id;

create view baleen.unbonding_delegations as
 SELECT u.chain_id,
    s.lineage,
    u.delegator,
    u.operator_address,
    v.moniker,
    u.entry_index,
    u.creation_height,
    u.completion_time,
    u.completion_time_ns,
    bond.value #>> '{}'::text[] AS denom,
    u.initial_balance,
    u.balance,
    u.from_height,
    u.to_height,
    u.delegator_raw,
    u.operator_address_raw
   FROM baleen_store.state_unbonding_entries u
     JOIN baleen_store.state_heads s ON s.chain_id = u.chain_id
     LEFT JOIN baleen_store.state_validators v ON v.chain_id = u.chain_id AND v.operator_address = u.operator_address AND v.to_height IS NULL
     LEFT JOIN baleen_store.state_params bond ON bond.chain_id = u.chain_id AND bond.subspace = 'staking'::text AND bond.key = 'BondDenom'::text AND bond.to_height IS NULL
  WHERE u.to_height IS NULL;

create view baleen.undecoded as
 SELECT u.chain_id,
    l.lineage,
    u.kind,
    u.name,
    u.things,
    u.first_height,
    u.last_height
   FROM baleen_store.undecoded u
     LEFT JOIN baleen_store.chains l ON l.chain_id = u.chain_id;

create view baleen.validator_sets as
 WITH members AS (
         SELECT r.chain_id,
            m.address,
            m.voting_power,
            r.from_height,
            r.to_height
           FROM baleen_store.validator_set_ranges r
             JOIN baleen_store.validator_sets s ON s.chain_id = r.chain_id AND s.validators_hash = r.validators_hash
             CROSS JOIN LATERAL UNNEST(s.addresses, s.voting_powers) m(address, voting_power)
        ), marked AS (
         SELECT m.chain_id,
            m.address,
            m.voting_power,
            m.from_height,
            m.to_height,
            m.from_height IS DISTINCT FROM (1 + lag(m.to_height) OVER before) OR m.voting_power IS DISTINCT FROM lag(m.voting_power) OVER before AS starts
           FROM members m
          WINDOW before AS (PARTITION BY m.chain_id, m.address ORDER BY m.from_height)
        ), numbered AS (
         SELECT k.chain_id,
            k.address,
            k.voting_power,
            k.from_height,
            k.to_height,
            k.starts,
            count(*) FILTER (WHERE k.starts) OVER (PARTITION BY k.chain_id, k.address ORDER BY k.from_height) AS run
           FROM marked k
        ), stretches AS (
         SELECT n.chain_id,
            n.address,
            n.run,
            n.voting_power,
            min(n.from_height) AS from_height,
            max(n.to_height) AS to_height
           FROM numbered n
          GROUP BY n.chain_id, n.address, n.run, n.voting_power
        )
 SELECT t.chain_id,
    l.lineage,
    w.consensus_address,
    ( SELECT o.operator_address
           FROM baleen_store.validator_operators o
          WHERE o.chain_id = t.chain_id AND o.address = t.address AND o.height <= t.from_height
          ORDER BY o.height DESC
         LIMIT 1) AS operator_address,
    w.key_type,
    w.public_key,
    t.voting_power,
    t.from_height,
    t.to_height,
    upper(encode(t.address, 'hex'::text)) AS consensus_address_hex
   FROM stretches t
     LEFT JOIN baleen_store.validators w ON w.chain_id = t.chain_id AND w.address = t.address
     LEFT JOIN baleen_store.chains l ON l.chain_id = t.chain_id;

create view baleen.validator_slashes as
 SELECT e.chain_id,
    s.lineage,
    e.operator_address,
    v.moniker,
    e.height,
    e.validator_period,
    e.fraction,
    e.from_height,
    e.to_height,
    e.operator_address_raw
   FROM baleen_store.state_slash_events e
     JOIN baleen_store.state_heads s ON s.chain_id = e.chain_id
     LEFT JOIN baleen_store.state_validators v ON v.chain_id = e.chain_id AND v.operator_address = e.operator_address AND v.to_height IS NULL
  WHERE e.to_height IS NULL;

create view baleen.validator_updates as
 SELECT u.chain_id,
    l.lineage,
    u.height,
    u."time",
    u.time_ns,
    u.update_index,
    v.consensus_address,
    ( SELECT o.operator_address
           FROM baleen_store.validator_operators o
          WHERE o.chain_id = u.chain_id AND o.address = u.address AND o.height <= u.height
          ORDER BY o.height DESC
         LIMIT 1) AS operator_address,
    u.key_type,
    u.public_key,
    u.power,
    upper(encode(u.address, 'hex'::text)) AS consensus_address_hex
   FROM baleen_store.validator_updates u
     LEFT JOIN baleen_store.validators v ON v.chain_id = u.chain_id AND v.address = u.address
     LEFT JOIN baleen_store.chains l ON l.chain_id = u.chain_id;

create view baleen.validators as
 SELECT v.chain_id,
    s.lineage,
    v.operator_address,
    v.consensus_address,
    v.moniker,
    v.status,
    v.jailed,
    v.tokens,
    v.delegator_shares,
    v.commission_rate,
    v.commission_max_rate,
    v.commission_max_change_rate,
    v.commission_update_time,
    v.commission_update_time_ns,
    v.min_self_delegation,
    v.unbonding_height,
    v.unbonding_time,
    v.unbonding_time_ns,
    v.operator_account,
    v.description,
    v.description_raw,
    v.consensus_pubkey,
    v.key_type,
    v.public_key,
    i.start_height,
    i.missed_blocks_counter,
    i.jailed_until,
    i.jailed_until_ns,
    i.tombstoned,
    v.from_height,
    v.to_height,
    v.operator_address_raw,
    v.operator_account_raw,
    v.consensus_address_raw
   FROM baleen_store.state_validators v
     JOIN baleen_store.state_heads s ON s.chain_id = v.chain_id
     LEFT JOIN baleen_store.state_signing_infos i ON i.chain_id = v.chain_id AND i.consensus_address = v.consensus_address AND i.to_height IS NULL
  WHERE v.to_height IS NULL;

create view baleen.verifications as
 SELECT v.chain_id,
    COALESCE(c.lineage, v.chain_id) AS lineage,
    v.verification_id,
    v.from_height,
    v.to_height,
    v.started_at,
    v.finished_at,
    v.result,
    v.blocks,
    v.missing,
    v.proved,
    v.signatures,
    v.trusted_height,
    upper(encode(v.trusted_hash, 'hex'::text)) AS trusted_hash,
    v.not_compared,
    v.fault_count,
    v.faults
   FROM baleen_store.verifications v
     LEFT JOIN baleen_store.chains c ON c.chain_id = v.chain_id;

create view baleen.vesting as
 SELECT v.chain_id,
    s.lineage,
    v.address,
    v.denom,
    v.original_vesting,
    vested.amount AS vested,
    v.original_vesting - vested.amount AS vesting,
    v.delegated_free,
    v.delegated_vesting,
    COALESCE(b.amount, 0::numeric) AS balance,
        CASE
            WHEN vested.amount IS NOT NULL THEN GREATEST(LEAST(COALESCE(b.amount, 0::numeric) + v.delegated_vesting - (v.original_vesting - vested.amount), COALESCE(b.amount, 0::numeric)), 0::numeric)
            ELSE NULL::numeric
        END AS spendable,
    v.start_time,
    v.end_time,
    v.schedules,
    s.height AS as_of_height,
    block."time" AS as_of_time,
    v.from_height,
    v.to_height,
    v.address_raw,
    v.denom_raw
   FROM baleen_store.state_vesting v
     JOIN baleen_store.state_heads s ON s.chain_id = v.chain_id
     LEFT JOIN baleen_store.state_balances b ON b.chain_id = v.chain_id AND b.address = v.address AND b.denom = v.denom AND b.to_height IS NULL
     LEFT JOIN LATERAL ( SELECT k."time",
            floor(EXTRACT(epoch FROM k."time")) AS seconds
           FROM baleen_store.blocks k
          WHERE k.chain_id = v.chain_id AND k.height = s.height) block ON true
     CROSS JOIN LATERAL ( SELECT trunc(
                CASE
                    WHEN block.seconds IS NULL THEN NULL::numeric
                    WHEN (v.schedules -> 0) ? 'ratio'::text THEN ( SELECT baleen_store.rounded_even(v.original_vesting * COALESCE(sum(
                            CASE
                                WHEN block.seconds >= ((e.value ->> 'end_time'::text)::numeric) THEN (e.value ->> 'ratio'::text)::numeric
                                WHEN block.seconds >= ((e.value ->> 'start_time'::text)::numeric) THEN baleen_store.quotient_cut(((e.value ->> 'ratio'::text)::numeric) * (block.seconds - ((e.value ->> 'start_time'::text)::numeric)), ((e.value ->> 'end_time'::text)::numeric) - ((e.value ->> 'start_time'::text)::numeric))
                                ELSE 0::numeric
                            END), 0::numeric) * '1000000000000000000'::bigint::numeric) * '1000000000000000000'::bigint::numeric
                       FROM jsonb_array_elements(v.schedules) e(value))
                    WHEN v.end_time = 0::numeric AND v.start_time IS NULL AND v.schedules IS NULL AND (EXISTS ( SELECT
                       FROM baleen_store.state_accounts a
                      WHERE a.chain_id = v.chain_id AND a.address = v.address AND a.to_height IS NULL AND a.type ~~ '%.PermanentLockedAccount'::text)) THEN 0::numeric
                    WHEN block.seconds >= v.end_time THEN v.original_vesting
                    WHEN v.start_time IS NULL OR block.seconds <= v.start_time THEN 0::numeric
                    WHEN v.schedules IS NOT NULL THEN ( SELECT COALESCE(sum(p.amount) FILTER (WHERE (v.start_time + p.ended) <= block.seconds), 0::numeric) AS "coalesce"
                       FROM ( SELECT (t.e ->> 'amount'::text)::numeric AS amount,
                                sum((t.e ->> 'length'::text)::numeric) OVER (ORDER BY t.n) AS ended
                               FROM jsonb_array_elements(v.schedules) WITH ORDINALITY t(e, n)) p)
                    ELSE baleen_store.rounded_even(v.original_vesting * baleen_store.quotient_even(block.seconds - v.start_time, v.end_time - v.start_time) * '1000000000000000000'::bigint::numeric) * '1000000000000000000'::bigint::numeric
                END) AS amount) vested
  WHERE v.to_height IS NULL;

create view baleen.wasm_codes as
 SELECT c.chain_id,
    s.lineage,
    c.code_id,
    c.creator,
    c.code_hash AS checksum,
    c.from_height,
    c.to_height
   FROM baleen_store.state_wasm_codes c
     JOIN baleen_store.state_heads s ON s.chain_id = c.chain_id
  WHERE c.to_height IS NULL;

create view baleen.wasm_contracts as
 SELECT c.chain_id,
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
   FROM baleen_store.state_wasm_contracts c
     JOIN baleen_store.state_heads s ON s.chain_id = c.chain_id
  WHERE c.to_height IS NULL;

create view baleen.withdraw_addresses as
 SELECT w.chain_id,
    s.lineage,
    w.delegator,
    w.withdraw_address,
    w.from_height,
    w.to_height,
    w.delegator_raw
   FROM baleen_store.state_withdraw_addresses w
     JOIN baleen_store.state_heads s ON s.chain_id = w.chain_id
  WHERE w.to_height IS NULL;

create view baleen.workers as
 SELECT w.chain_id,
    COALESCE(l.lineage, w.chain_id) AS lineage,
    w.worker_id,
    w.host,
    w.pid,
    w.command,
        CASE
            WHEN w.last_seen > (now() - '00:00:30'::interval) THEN 'working'::text
            ELSE 'lost'::text
        END AS state,
    w.doing,
    w.doing_since,
    w.started_at,
    w.last_seen,
    w.heights,
    w.rows,
    w.bytes,
        CASE
            WHEN w.last_seen > (now() - '00:00:30'::interval) THEN w.heights_per_second
            ELSE 0::double precision
        END AS heights_per_second,
    w.rss_bytes
   FROM baleen_store.workers w
     LEFT JOIN baleen_store.chains l ON l.chain_id = w.chain_id;

create view baleen_store.missing_heights as
 SELECT c.chain_id,
    c.lineage,
    m.asked_for,
    m.not_asked_for,
    m.results
   FROM baleen_store.chains c
     CROSS JOIN LATERAL ( SELECT COALESCE(range_agg(int8range(r.from_height, r.to_height, '[]'::text)) FILTER (WHERE r.kind = 'blocks'::text), '{}'::int8multirange) AS blocks,
            COALESCE(range_agg(int8range(r.from_height, r.to_height, '[]'::text)) FILTER (WHERE r.kind = 'results'::text), '{}'::int8multirange) AS results
           FROM baleen_store.ranges r
          WHERE r.chain_id = c.chain_id AND (r.kind = ANY (ARRAY['blocks'::text, 'results'::text]))) there
     CROSS JOIN LATERAL ( SELECT COALESCE(range_agg(int8range(w.from_height, w.to_height, '[]'::text)), '{}'::int8multirange) + int8multirange(range_merge(there.blocks)) AS heights
           FROM baleen_store.wanted_ranges w
          WHERE w.chain_id = c.chain_id) wanted
     CROSS JOIN LATERAL ( SELECT COALESCE(range_agg(int8range(s.base_height, s.head_height, '[]'::text)), '{}'::int8multirange) AS heights
           FROM baleen_store.sources s
          WHERE s.chain_id = c.chain_id AND s.base_height <= s.head_height) seen
     CROSS JOIN LATERAL ( SELECT wanted.heights - there.blocks AS asked_for,
            seen.heights - wanted.heights AS not_asked_for,
            there.blocks - there.results AS results) m;

create view baleen_store.state_heads as
 SELECT s.chain_id,
    c.lineage,
    s.height
   FROM baleen_store.states s
     JOIN baleen_store.chains c ON c.chain_id = s.chain_id
  WHERE NOT (EXISTS ( SELECT
           FROM baleen_store.lineages own
             JOIN baleen_store.lineages later ON later.lineage = own.lineage AND later."position" > own."position"
             JOIN baleen_store.states successor ON successor.chain_id = later.chain_id
          WHERE own.chain_id = s.chain_id));
