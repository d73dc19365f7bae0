-- A text that an index holds is bounded: PostgreSQL refuses a btree entry over 2,704 bytes, and a chain may give a text of any
-- length. Over 1,024 bytes the column has the first 900 bytes and the text's sha256; <column>_raw has the whole.

alter table baleen_store.txs
  add fee_payer_raw bytea;
alter table baleen_store.messages
  add path_raw bytea,
  add name_raw bytea;
alter table baleen_store.tx_signatures
  add signer_raw bytea;
alter table baleen_store.tx_fees
  add payer_raw bytea;
alter table baleen_store.state_accounts
  add address_raw bytea,
  add module_name_raw bytea;
alter table baleen_store.state_balances
  add address_raw bytea,
  add denom_raw bytea;
alter table baleen_store.state_denom_metadata
  add denom_raw bytea;
alter table baleen_store.state_denom_traces
  add hash_raw bytea;
alter table baleen_store.state_supply
  add denom_raw bytea;
alter table baleen_store.state_vesting
  add address_raw bytea,
  add denom_raw bytea;
alter table baleen_store.state_consensus_keys
  add consensus_address_raw bytea;
alter table baleen_store.state_delegations
  add delegator_raw bytea,
  add operator_address_raw bytea;
alter table baleen_store.state_missed_blocks
  add consensus_address_raw bytea;
alter table baleen_store.state_redelegation_entries
  add delegator_raw bytea,
  add source_operator_address_raw bytea,
  add destination_operator_address_raw bytea;
alter table baleen_store.state_signing_infos
  add consensus_address_raw bytea;
alter table baleen_store.state_unbonding_entries
  add delegator_raw bytea,
  add operator_address_raw bytea;
alter table baleen_store.state_validator_powers
  add operator_address_raw bytea;
alter table baleen_store.state_validators
  add operator_address_raw bytea,
  add operator_account_raw bytea,
  add consensus_address_raw bytea;
alter table baleen_store.state_accumulated_commissions
  add operator_address_raw bytea,
  add denom_raw bytea;
alter table baleen_store.state_community_pool
  add denom_raw bytea;
alter table baleen_store.state_current_periods
  add operator_address_raw bytea;
alter table baleen_store.state_current_rewards
  add operator_address_raw bytea,
  add denom_raw bytea;
alter table baleen_store.state_historical_periods
  add operator_address_raw bytea;
alter table baleen_store.state_outstanding_rewards
  add operator_address_raw bytea,
  add denom_raw bytea;
alter table baleen_store.state_slash_events
  add operator_address_raw bytea;
alter table baleen_store.state_starting_infos
  add delegator_raw bytea,
  add operator_address_raw bytea;
alter table baleen_store.state_withdraw_addresses
  add delegator_raw bytea;
alter table baleen_store.state_deposits
  add depositor_raw bytea,
  add denom_raw bytea;
alter table baleen_store.state_fee_allowances
  add granter_raw bytea,
  add grantee_raw bytea;
alter table baleen_store.state_grants
  add granter_raw bytea,
  add grantee_raw bytea,
  add message_type_raw bytea;
alter table baleen_store.state_votes
  add voter_raw bytea;
alter table baleen_store.state_oracle_feeders
  add operator_address_raw bytea;
alter table baleen_store.state_oracle_misses
  add operator_address_raw bytea;
alter table baleen_store.state_oracle_prevotes
  add operator_address_raw bytea,
  add denom_raw bytea;
alter table baleen_store.state_oracle_rates
  add denom_raw bytea;
alter table baleen_store.state_oracle_tobin_taxes
  add denom_raw bytea;
alter table baleen_store.state_oracle_votes
  add operator_address_raw bytea,
  add denom_raw bytea;
alter table baleen_store.state_wasm_contracts
  add address_raw bytea,
  add admin_raw bytea;
alter table baleen_store.state_wasm_entries
  add contract_raw bytea;
alter table baleen_store.state_module_values
  add key_raw bytea;
alter table baleen_store.state_params
  add subspace_raw bytea,
  add key_raw bytea;
alter table baleen_store.state_unknown
  add store_raw bytea;

-- As packages/tables/src/indexed-text.ts stores it.
create function pg_temp.stored(value text) returns text language sql as $$
  select convert_from(substring(b.bytes for b.kept), 'UTF8') || '…sha256:' || encode(sha256(b.bytes), 'hex')
  from (
    select convert_to(value, 'UTF8') as bytes,
      (select max(i) from generate_series(897, 900) i where get_byte(convert_to(value, 'UTF8'), i) & 192 <> 128) as kept
  ) b
$$;

-- As packages/decode makes it of a type URL; a name over 500 characters was not stored.
create function pg_temp.name_of(type_url text) returns text language sql as $$
  select nullif(concat_ws('.', (
      select s.segment from unnest(p.segments[:cardinality(p.segments) - 1]) with ordinality as s (segment, place)
      where s.segment <> '' and s.segment !~ '^v\d+((alpha|beta)\d+)?$'
      order by s.place desc limit 1
    ), p.segments[cardinality(p.segments)]), '')
  from (select string_to_array(substring(type_url from '[^/]*$'), '.') as segments) p
  where p.segments[cardinality(p.segments)] <> ''
$$;

update baleen_store.messages set name = pg_temp.name_of(type)
where name is null and length(type) > 500 and type like '/%' and type_raw is null;
update baleen_store.messages set name = pg_temp.stored(name), name_raw = convert_to(name, 'UTF8') where octet_length(name) > 1024;
update baleen_store.messages set path = pg_temp.stored(path), path_raw = convert_to(path, 'UTF8') where octet_length(path) > 1024;
update baleen_store.tx_signatures set signer = pg_temp.stored(signer), signer_raw = convert_to(signer, 'UTF8')
where octet_length(signer) > 1024;
update baleen_store.tx_fees set payer = pg_temp.stored(payer), payer_raw = convert_to(payer, 'UTF8')
where octet_length(payer) > 1024;
update baleen_store.txs set fee_payer = pg_temp.stored(fee_payer), fee_payer_raw = convert_to(fee_payer, 'UTF8')
where octet_length(fee_payer) > 1024;

-- Three texts of 1,024 bytes are too much for one entry.
create function baleen_store.text_hash(value text) returns bytea language sql immutable strict parallel safe
  return sha256(convert_to(value, 'UTF8'));
comment on function baleen_store.text_hash is 'sha256 of a text in UTF-8. For unique keys of many texts.';
alter table baleen_store.state_redelegation_entries drop constraint state_redelegation_entries_key;
create unique index state_redelegation_entries_key on baleen_store.state_redelegation_entries (
  chain_id, delegator, baleen_store.text_hash(source_operator_address), baleen_store.text_hash(destination_operator_address),
  entry_index, from_height
);
alter table baleen_store.state_grants drop constraint state_grants_key;
create unique index state_grants_key on baleen_store.state_grants (
  chain_id, granter, baleen_store.text_hash(grantee), baleen_store.text_hash(message_type), from_height
);
