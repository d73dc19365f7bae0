create or replace view baleen.validators as
select
  v.chain_id,
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
from baleen_store.state_validators v
join baleen_store.state_heads s on s.chain_id = v.chain_id
left join baleen_store.state_signing_infos i
  on i.chain_id = v.chain_id and i.consensus_address = v.consensus_address and i.to_height is null
where v.to_height is null;

comment on view baleen.validators is 'One row is a validator of the staking module, bonded or not, with its uptime. Key: chain_id, operator_address. Cost: small.';
comment on column baleen.validators.consensus_address is 'The validator''s consensus address.';
comment on column baleen.validators.key_type is 'ed25519, secp256k1, ...';
comment on column baleen.validators.public_key is 'Consensus key, 32 bytes for ed25519.';
comment on column baleen.validators.operator_account is 'Account of the operator: the same bytes under the prefix of accounts.';
comment on column baleen.validators.start_height is 'Height since which its votes are counted. NULL: it was never bonded.';
comment on column baleen.validators.missed_blocks_counter is 'Blocks of the window of signed blocks that it missed. NULL: it was never bonded.';
comment on column baleen.validators.jailed_until is 'Until when it may not unjail, cut to microseconds; 1970: it was never jailed for downtime. NULL: it was never bonded.';
comment on column baleen.validators.jailed_until_ns is 'Nanoseconds within the second of jailed_until.';
comment on column baleen.validators.tombstoned is 'Whether it signed two blocks of a height, and may never come back. NULL: it was never bonded.';
comment on column baleen.validators.from_height is 'Block that wrote the validator (its signing info may be newer).';

create or replace view baleen.delegations as
select
  d.chain_id,
  s.lineage,
  d.delegator,
  d.operator_address,
  v.moniker,
  d.shares,
  bond.value #>> '{}' as denom,
  trunc(baleen_store.quotient_even(d.shares * v.tokens, v.delegator_shares)) as amount,
  d.from_height,
  d.to_height,
  d.delegator_raw,
  d.operator_address_raw
from baleen_store.state_delegations d
join baleen_store.state_heads s on s.chain_id = d.chain_id
left join baleen_store.state_validators v
  on v.chain_id = d.chain_id and v.operator_address = d.operator_address and v.to_height is null
left join baleen_store.state_params bond
  on bond.chain_id = d.chain_id and bond.subspace = 'staking' and bond.key = 'BondDenom' and bond.to_height is null
where d.to_height is null;

comment on view baleen.delegations is 'One row is what a delegator has at a validator. Key: chain_id, delegator, operator_address. Cost: filter on delegator or operator_address.';
comment on column baleen.delegations.moniker is 'The validator''s name.';
comment on column baleen.delegations.denom is 'The coin that is staked.';
comment on column baleen.delegations.amount is 'What the shares are worth: shares * the validator''s tokens / its shares, divided and cut as the chain does.';
comment on column baleen.delegations.from_height is 'Block that wrote the shares; what they are worth may be newer.';

create or replace view baleen.unbonding_delegations as
select
  u.chain_id,
  s.lineage,
  u.delegator,
  u.operator_address,
  v.moniker,
  u.entry_index,
  u.creation_height,
  u.completion_time,
  u.completion_time_ns,
  bond.value #>> '{}' as denom,
  u.initial_balance,
  u.balance,
  u.from_height,
  u.to_height,
  u.delegator_raw,
  u.operator_address_raw
from baleen_store.state_unbonding_entries u
join baleen_store.state_heads s on s.chain_id = u.chain_id
left join baleen_store.state_validators v
  on v.chain_id = u.chain_id and v.operator_address = u.operator_address and v.to_height is null
left join baleen_store.state_params bond
  on bond.chain_id = u.chain_id and bond.subspace = 'staking' and bond.key = 'BondDenom' and bond.to_height is null
where u.to_height is null;

comment on view baleen.unbonding_delegations is 'One row is an entry of what a delegator takes away from a validator. Key: chain_id, delegator, operator_address, entry_index. Cost: filter on delegator or operator_address.';
comment on column baleen.unbonding_delegations.moniker is 'The validator''s name. NULL: the validator is gone.';
comment on column baleen.unbonding_delegations.denom is 'The coin that is staked.';

create or replace view baleen.redelegations as
select
  r.chain_id,
  s.lineage,
  r.delegator,
  r.source_operator_address,
  r.destination_operator_address,
  r.entry_index,
  r.creation_height,
  r.completion_time,
  r.completion_time_ns,
  bond.value #>> '{}' as denom,
  r.initial_balance,
  r.shares_destination,
  trunc(baleen_store.quotient_even(r.shares_destination * v.tokens, v.delegator_shares)) as balance,
  r.from_height,
  r.to_height,
  r.delegator_raw,
  r.source_operator_address_raw,
  r.destination_operator_address_raw
from baleen_store.state_redelegation_entries r
join baleen_store.state_heads s on s.chain_id = r.chain_id
left join baleen_store.state_validators v
  on v.chain_id = r.chain_id and v.operator_address = r.destination_operator_address and v.to_height is null
left join baleen_store.state_params bond
  on bond.chain_id = r.chain_id and bond.subspace = 'staking' and bond.key = 'BondDenom' and bond.to_height is null
where r.to_height is null;

comment on view baleen.redelegations is 'One row is an entry of what a delegator moved from one validator to another, until it completes. Key: chain_id, delegator, source_operator_address, destination_operator_address, entry_index. Cost: filter on delegator or one of the operators.';
comment on column baleen.redelegations.denom is 'The coin that is staked.';
comment on column baleen.redelegations.balance is 'What the shares at the destination are worth, divided and cut as the chain does. NULL: the destination is gone.';

create or replace view baleen.signing_infos as
select
  i.chain_id,
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
from baleen_store.state_signing_infos i
join baleen_store.state_heads s on s.chain_id = i.chain_id
left join baleen_store.state_validators v
  on v.chain_id = i.chain_id and v.consensus_address = i.consensus_address and v.to_height is null
where i.to_height is null;

comment on view baleen.signing_infos is 'One row is what the slashing module counts of a validator that was bonded once. Key: chain_id, consensus_address. Cost: small.';
comment on column baleen.signing_infos.operator_address is 'The validator with this consensus key. NULL: it is gone.';
comment on column baleen.signing_infos.moniker is 'The validator''s name. NULL: it is gone.';
