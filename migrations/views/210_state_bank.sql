create or replace view baleen.balances as
select b.chain_id, s.lineage, b.address, b.denom, b.amount, b.from_height, b.to_height,
  b.address_raw, b.denom_raw
from baleen_store.state_balances b
join baleen_store.state_heads s on s.chain_id = b.chain_id
where b.to_height is null;

comment on view baleen.balances is 'One row is what an account holds of a denom; none of zero. Coins that still vest are in it, delegated ones are not. Key: chain_id, address, denom. Cost: filter on address, or on denom with order by amount desc.';

create or replace view baleen.supply as
select b.chain_id, s.lineage, b.denom, b.amount, b.from_height, b.to_height,
  b.denom_raw
from baleen_store.state_supply b
join baleen_store.state_heads s on s.chain_id = b.chain_id
where b.to_height is null;

comment on view baleen.supply is 'One row is how much of a denom exists. Key: chain_id, denom. Cost: small.';

create or replace view baleen.accounts as
select
  a.chain_id,
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
from baleen_store.state_accounts a
join baleen_store.state_heads s on s.chain_id = a.chain_id
where a.to_height is null;

comment on view baleen.accounts is 'One row is an account: any type, module and vesting accounts too. Key: chain_id, address. Cost: filter on address or module_name.';
comment on column baleen.accounts.vesting is 'What a vesting account has beyond a plain one, as REST prints it; vesting has it per denom. NULL: no vesting account.';

create or replace view baleen.denoms as
select d.chain_id, s.lineage, d.denom, d.value as metadata, d.value_raw as metadata_raw, d.from_height, d.to_height,
  d.denom_raw
from baleen_store.state_denom_metadata d
join baleen_store.state_heads s on s.chain_id = d.chain_id
where d.to_height is null;

comment on view baleen.denoms is 'One row is what the chain says about a denom. Key: chain_id, denom. Cost: small.';
comment on column baleen.denoms.metadata is 'Name, symbol and units as REST prints them. NULL: jsonb can''t hold it, see metadata_raw.';
comment on column baleen.denoms.metadata_raw is 'The same in bytes. NULL: metadata has it.';
