-- Terra's market, and the treasury's indicators, which count in its prices. Names of params are told apart by their keys, which
-- columbus-4 writes in lower case; columbus-5 divides and rounds as columbus-4 does (core v0.4.6 and v0.5.14, x/market/keeper/swap.go).

-- The whole chain's luna side and terra side, in usdr. Their product stays what it is at rest.
create or replace view baleen.market_pools as
select
  s.chain_id,
  s.lineage,
  rest.pool as base_pool,
  moved.delta as terra_pool_delta,
  rest.pool + moved.delta as terra_pool,
  baleen_store.quotient_even(baleen_store.product_even(rest.pool, rest.pool), rest.pool + moved.delta) as luna_pool,
  rest.least_spread as min_spread,
  s.height as as_of_height
from baleen_store.state_heads s
cross join lateral (
  select
    max(p.value #>> '{}') filter (where lower(p.key) = 'basepool')::numeric as pool,
    max(p.value #>> '{}') filter (where lower(p.key) = 'minstabilityspread')::numeric as least_spread
  from baleen_store.state_params p
  where p.chain_id = s.chain_id and p.subspace = 'market' and p.to_height is null
) rest
cross join lateral (
  select coalesce(max(v.value #>> '{}')::numeric, 0.000000000000000000) as delta
  from baleen_store.state_module_values v
  where v.chain_id = s.chain_id and v.module = 'market' and v.name = 'terra_pool_delta' and v.to_height is null
) moved
where rest.pool is not null;

comment on view baleen.market_pools is 'One row is a chain with Terra''s market: the two sides of a swap with luna. terra_pool times luna_pool is the square of base_pool. In usdr, 18 decimals. Key: chain_id. Cost: small.';
comment on column baleen.market_pools.base_pool is 'Either side at rest.';
comment on column baleen.market_pools.terra_pool_delta is 'How far swaps moved the terra side from rest; the chain brings it back a little with every block.';
comment on column baleen.market_pools.terra_pool is 'The terra side now.';
comment on column baleen.market_pools.luna_pool is 'The luna side now. NULL: the terra side is empty, and the chain''s own arithmetic fails.';
comment on column baleen.market_pools.min_spread is 'Least part of a swap with luna that is kept.';

create or replace view baleen.market_denoms as
select m.chain_id, m.lineage, priced.denom, priced.rate, t.tax as tobin_tax, m.as_of_height
from baleen.market_pools m
cross join lateral (
  select r.denom, r.rate
  from baleen_store.state_oracle_rates r
  where r.chain_id = m.chain_id and r.denom <> 'uluna' and r.to_height is null
  union all
  select 'uluna', 1.000000000000000000
) priced
left join baleen_store.state_oracle_tobin_taxes t
  on t.chain_id = m.chain_id and t.denom = priced.denom and t.to_height is null;

comment on view baleen.market_denoms is 'One row is a denom that Terra''s market swaps: uluna, and those that the oracle has a price of. Key: chain_id, denom. Cost: small.';
comment on column baleen.market_denoms.denom is 'Denom.';
comment on column baleen.market_denoms.rate is 'Units of the denom for one of uluna.';
comment on column baleen.market_denoms.tobin_tax is 'Part of a swap without luna that is kept; the higher of the two counts. NULL: none is known, and only luna can be had for it.';

-- ComputeInternalSwap.
create or replace function baleen_store.exchanged(
  amount numeric, offer_denom text, offer_rate numeric, ask_denom text, ask_rate numeric
) returns numeric
language sql immutable parallel safe
return case
  when offer_denom = ask_denom then amount
  when amount > 0 then nullif(baleen_store.quotient_even(baleen_store.product_even(amount, ask_rate), offer_rate), 0)
end;
comment on function baleen_store.exchanged is 'What an amount of a denom is in another one by the oracle''s rates, rounded half to even at 18 places after each step. NULL: no price, or too little.';

-- ComputeSwap, over usdr whatever the denoms are, and what is kept of it. Offers of more than 100 bits are refused.
-- Materialized, as the planner would put each step in place wherever the next ones name it.
create or replace function baleen.swap_quote(offer_amount numeric, offer_denom text, ask_denom text)
returns table (chain_id text, lineage text, denom text, amount numeric, spread numeric, as_of_height int8)
language sql stable parallel safe
begin atomic
  with pools as materialized (
    select
      m.chain_id,
      m.lineage,
      case when offer_denom = 'uluna' then m.luna_pool else m.terra_pool end as offer_pool,
      case when offer_denom = 'uluna' then m.terra_pool else m.luna_pool end as ask_pool,
      baleen_store.product_even(m.base_pool, m.base_pool) as product,
      m.min_spread,
      m.as_of_height
    from baleen.market_pools m
    where offer_denom <> ask_denom and offer_amount < 1267650600228229401496703205376
  ), prices as materialized (
    select
      d.chain_id,
      max(d.rate) filter (where d.denom = 'usdr') as base_rate,
      max(d.rate) filter (where d.denom = offer_denom) as offer_rate,
      max(d.rate) filter (where d.denom = ask_denom) as ask_rate,
      max(d.tobin_tax) filter (where d.denom = offer_denom) as offer_tax,
      max(d.tobin_tax) filter (where d.denom = ask_denom) as ask_tax
    from baleen.market_denoms d
    where d.denom in ('usdr', offer_denom, ask_denom)
    group by d.chain_id
  ), offers as materialized (
    select *, baleen_store.exchanged(offer_amount, offer_denom, offer_rate, 'usdr', base_rate) as base_offer
    from pools
    left join prices using (chain_id)
  ), asks as materialized (
    select
      o.*,
      baleen_store.exchanged(o.base_offer, 'usdr', o.base_rate, ask_denom, o.ask_rate) as asked,
      o.ask_pool - baleen_store.quotient_even(o.product, o.offer_pool + o.base_offer) as base_ask
    from offers o
  ), slips as materialized (
    select a.*, baleen_store.quotient_even(a.base_offer - a.base_ask, a.base_offer) as slip
    from asks a
  ), spreads as materialized (
    select
      s.*,
      case
        when 'uluna' in (offer_denom, ask_denom) then case when s.slip < s.min_spread then s.min_spread else s.slip end
        when s.ask_tax > s.offer_tax then s.ask_tax
        when s.ask_tax <= s.offer_tax then s.offer_tax
      end as kept
    from slips s
  ), fees as materialized (
    select k.*, baleen_store.product_even(k.kept, k.asked) as fee
    from spreads k
  )
  select
    f.chain_id,
    f.lineage,
    ask_denom,
    case when f.fee <= f.asked then trunc(f.asked - f.fee) end,
    f.kept,
    f.as_of_height
  from fees f;
end;
comment on function baleen.swap_quote is 'What Terra''s market would give for a whole number of base units of a denom, one row a chain: amount in whole base units of denom, and the spread, the part of it that the market kept. No row: both denoms are one, or the offer has more than 100 bits. NULL: a price or a tobin tax is missing, or the offer is too small for one. Cost: small.';

-- Epochs are weeks of 100,800 blocks. A chain that continues another counts the other's whole epochs before its own (cumulative_height,
-- columbus-4). An epoch that the treasury has nothing of counts as 0.
create or replace view baleen.treasury_indicators as
select
  each.chain_id,
  each.lineage,
  each.epoch,
  each.tax_rewards,
  each.staked,
  max(each.rate) filter (where each.period = 'windowlong') as trl_year,
  max(each.rate) filter (where each.period = 'windowshort') as trl_month,
  each.as_of_height
from (
  select
    s.chain_id,
    s.lineage,
    lower(w.key) as period,
    epoch.number as epoch,
    tax.rewards as tax_rewards,
    bonded.amount as staked,
    baleen_store.quotient_cut(
      coalesce(baleen_store.quotient_cut(past.rates, past.epochs), 0) * past.epochs
        + baleen_store.quotient_cut(tax.rewards, bonded.amount),
      past.epochs + 1) as rate,
    s.height as as_of_height
  from baleen_store.state_heads s
  join baleen_store.state_params w
    on w.chain_id = s.chain_id and w.subspace = 'treasury' and lower(w.key) in ('windowlong', 'windowshort') and w.to_height is null
  cross join lateral (
    select coalesce(max(v.value #>> '{}')::int8, 0) / 100800 + s.height / 100800 as number
    from baleen_store.state_module_values v
    where v.chain_id = s.chain_id and v.module = 'treasury' and v.name = 'cumulative_height' and v.to_height is null
  ) epoch
  cross join lateral (
    select coalesce(sum(
      baleen_store.exchanged((c.coin ->> 'amount')::numeric, c.coin ->> 'denom', d.rate, 'usdr', base.rate)
    ), 0) as rewards
    from baleen_store.state_module_values v
    cross join lateral jsonb_array_elements(v.value) as c (coin)
    left join baleen.market_denoms d on d.chain_id = v.chain_id and d.denom = c.coin ->> 'denom'
    left join baleen.market_denoms base on base.chain_id = v.chain_id and base.denom = 'usdr'
    where v.chain_id = s.chain_id and v.module = 'treasury' and v.name = 'epoch_tax_proceeds' and v.to_height is null
  ) tax
  cross join lateral (
    select coalesce(sum(b.amount), 0) as amount
    from baleen_store.state_accounts a
    join baleen_store.state_params p
      on p.chain_id = a.chain_id and p.subspace = 'staking' and p.key = 'BondDenom' and p.to_height is null
    join baleen_store.state_balances b
      on b.chain_id = a.chain_id and b.address = a.address and b.denom = p.value #>> '{}' and b.to_height is null
    where a.chain_id = s.chain_id and a.module_name = 'bonded_tokens_pool' and a.to_height is null
  ) bonded
  cross join lateral (
    select case when epoch.number = 0 then 0 else least((w.value #>> '{}')::int8 - 1, epoch.number) end as epochs
  ) earlier
  cross join lateral (
    select earlier.epochs, coalesce(sum(baleen_store.quotient_cut((r.value #>> '{}')::numeric, (l.value #>> '{}')::numeric)), 0) as rates
    from generate_series(epoch.number - earlier.epochs, epoch.number - 1) as e (number)
    join baleen_store.state_module_values r
      on r.chain_id = s.chain_id and r.module = 'treasury' and r.name = 'tax_reward' and r.key = e.number::text and r.to_height is null
    join baleen_store.state_module_values l
      on l.chain_id = s.chain_id and l.module = 'treasury' and l.name = 'total_staked_luna' and l.key = r.key and l.to_height is null
  ) past
) each
group by each.chain_id, each.lineage, each.epoch, each.tax_rewards, each.staked, each.as_of_height;

comment on view baleen.treasury_indicators is 'One row is a chain with Terra''s treasury: what taxes bring to a unit of staked luna in an epoch. A node counts the epoch of its newest block, also where it is asked of an older height; this view that of as_of_height. Key: chain_id. Cost: small.';
comment on column baleen.treasury_indicators.epoch is 'Number of the running epoch, from 0.';
comment on column baleen.treasury_indicators.tax_rewards is 'Taxes of the running epoch by the oracle''s prices, in usdr, 18 decimals; without those of denoms that have no price.';
comment on column baleen.treasury_indicators.staked is 'What is bonded, in base units.';
comment on column baleen.treasury_indicators.trl_year is 'Mean of an epoch''s taxes to a unit of staked luna over window_long epochs, the running one the last of them. NULL: nothing is bonded.';
comment on column baleen.treasury_indicators.trl_month is 'The same over window_short epochs.';
