create or replace view baleen.oracle_prices_now as
select r.chain_id, s.lineage, r.denom, r.rate, r.from_height, r.to_height,
  r.denom_raw
from baleen_store.state_oracle_rates r
join baleen_store.state_heads s on s.chain_id = r.chain_id
where r.to_height is null;

comment on view baleen.oracle_prices_now is 'One row is a denom that the oracle has a price of now. Key: chain_id, denom. Cost: small.';

create or replace view baleen.oracle_tobin_taxes_now as
select t.chain_id, s.lineage, t.denom, t.tax, t.from_height, t.to_height,
  t.denom_raw
from baleen_store.state_oracle_tobin_taxes t
join baleen_store.state_heads s on s.chain_id = t.chain_id
where t.to_height is null;

comment on view baleen.oracle_tobin_taxes_now is 'One row is a denom that the oracle votes on, and its tax on swaps. Key: chain_id, denom. Cost: small.';

create or replace view baleen.oracle_prevotes_now as
select p.chain_id, s.lineage, p.operator_address, p.denom, p.hash, p.submit_block, p.from_height, p.to_height,
  p.operator_address_raw, p.denom_raw
from baleen_store.state_oracle_prevotes p
join baleen_store.state_heads s on s.chain_id = p.chain_id
where p.to_height is null;

comment on view baleen.oracle_prevotes_now is 'One row is a validator''s prevote that waits for its vote. Key: chain_id, operator_address, denom. Cost: small.';

create or replace view baleen.oracle_votes_now as
select v.chain_id, s.lineage, v.operator_address, v.aggregate, v.rate_index, v.denom, v.rate, v.from_height, v.to_height,
  v.operator_address_raw, v.denom_raw
from baleen_store.state_oracle_votes v
join baleen_store.state_heads s on s.chain_id = v.chain_id
where v.to_height is null;

comment on view baleen.oracle_votes_now is 'One row is a rate of a validator''s vote that is not counted yet. Key: chain_id, operator_address, aggregate, rate_index, denom. Cost: small.';

create or replace view baleen.oracle_operators as
select
  v.chain_id,
  s.lineage,
  v.operator_address,
  v.moniker,
  coalesce(f.feeder, v.operator_account) as feeder,
  coalesce(m.misses, 0) as misses,
  v.operator_address_raw
from baleen_store.state_validators v
join baleen_store.state_heads s on s.chain_id = v.chain_id
left join baleen_store.state_oracle_feeders f
  on f.chain_id = v.chain_id and f.operator_address = v.operator_address and f.to_height is null
left join baleen_store.state_oracle_misses m
  on m.chain_id = v.chain_id and m.operator_address = v.operator_address and m.to_height is null
where v.to_height is null;

comment on view baleen.oracle_operators is 'One row is a validator as the oracle sees it. Key: chain_id, operator_address. Cost: small.';
comment on column baleen.oracle_operators.moniker is 'The validator''s name.';
comment on column baleen.oracle_operators.feeder is 'Account that votes for it; its operator''s own unless it named another.';
comment on column baleen.oracle_operators.misses is 'Votes it missed since the last window was judged.';
