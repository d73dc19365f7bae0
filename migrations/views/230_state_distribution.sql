-- F1: a validator's rewards are counted in periods; of each that ended, the history has the sum of rewards per staked token
-- since the beginning. A question ends the current period in thought. The same in SDK 0.39 and 0.44.
-- What is of a validator alone is found once for each: the planner remembers it. `offset 0` keeps it from computing twice what is
-- used twice.
create or replace view baleen.pending_rewards as
select
  i.chain_id,
  s.lineage,
  i.delegator,
  i.operator_address,
  v.moniker,
  coin.denom,
  coin.amount,
  s.height as as_of_height,
  i.delegator_raw,
  i.operator_address_raw
from baleen_store.state_starting_infos i
-- Apart, and `began` too: the time to plan grows fast with tables that are joined by equal keys.
join (select chain_id, lineage, height from baleen_store.state_heads offset 0) s on s.chain_id = i.chain_id
join baleen_store.state_validators v
  on v.chain_id = i.chain_id and v.operator_address = i.operator_address and v.to_height is null
join baleen_store.state_delegations d
  on d.chain_id = i.chain_id and d.delegator = i.delegator and d.operator_address = i.operator_address and d.to_height is null
cross join lateral (
  -- The period that the question ends, as if it were in the history.
  select
    array_agg(q.denom order by q.denom collate "C") as denoms,
    array_agg(q.ratio order by q.denom collate "C") as ratios,
    (
      select max(e.validator_period)
      from baleen_store.state_slash_events e
      where e.chain_id = v.chain_id and e.operator_address = v.operator_address and e.to_height is null
    ) as slashed_period
  from (
    select p.denom, sum(p.ratio) as ratio
    from (
      select unnest(h.denoms) as denom, unnest(h.ratios) as ratio
      from baleen_store.state_current_periods c
      join baleen_store.state_historical_periods h
        on h.chain_id = c.chain_id and h.operator_address = c.operator_address and h.period = c.period - 1 and h.to_height is null
      where c.chain_id = v.chain_id and c.operator_address = v.operator_address and c.to_height is null
      union all
      -- Of a validator without tokens the community pool takes the rewards.
      select r.denom, baleen_store.quotient_cut(r.amount, v.tokens)
      from baleen_store.state_current_rewards r
      where v.tokens > 0
        and r.chain_id = v.chain_id and r.operator_address = v.operator_address and r.to_height is null
    ) p
    group by p.denom
  ) q
) ended
left join lateral (
  select h.denoms, h.ratios
  from baleen_store.state_historical_periods h
  where h.chain_id = i.chain_id and h.operator_address = i.operator_address and h.period = i.previous_period and h.to_height is null
  limit 1
) began on true
cross join lateral (
  select
    baleen_store.stake_of_last_stretch(i.stake, d.shares, v.tokens, v.delegator_shares) as stake,
    coalesce(ended.slashed_period > i.previous_period, false) as is_slashed,
    -- One of each denom of `ended`. Most often the same denoms have had rewards then and now.
    case when began.denoms = ended.denoms then began.ratios
      else array(select coalesce(began.ratios[array_position(began.denoms, u.denom)], 0) from unnest(ended.denoms) u (denom))
    end as began_ratios
  offset 0
) w
cross join lateral (
  select plain.denom, plain.amount
  from (
    select u.denom, trunc((u.ratio - u.began_ratio) * u.stake, 18) as amount
    from (
      select unnest(ended.denoms) as denom, unnest(ended.ratios) as ratio, unnest(w.began_ratios) as began_ratio, w.stake
      where not w.is_slashed and w.stake is not null
    ) u
    offset 0
  ) plain
  where plain.amount <> 0
  union all
  select slashed.denom, slashed.amount
  from (
    select q.denom, sum(trunc((q.ratio - coalesce(b.ratios[array_position(b.denoms, q.denom)], 0)) * stretch.stake, 18)) as amount
    from (
      -- A slash ends a period: from one to the next counts what was left of the stake. Where the last stake is not known, none is.
      select
        n.began_period,
        n.ended_period,
        case when not bool_or(n.stake is null) over () then n.stake end as stake
      from (
        select
          l.began_period,
          l.ended_period,
          case when l.ended_period is null
            then baleen_store.stake_of_last_stretch(l.stake, d.shares, v.tokens, v.delegator_shares)
            else l.stake
          end as stake
        from (
          select
            p.period as began_period,
            lead(p.period) over slashes as ended_period,
            baleen_store.stake_after_slashes(i.stake, p.fraction) over slashes as stake
          from (
            select i.previous_period as period, 0::numeric as fraction
            union all
            select e.validator_period, e.fraction
            from baleen_store.state_slash_events e
            where e.chain_id = i.chain_id and e.operator_address = i.operator_address and e.to_height is null
              and e.height >= i.height and e.validator_period > i.previous_period
          ) p
          window slashes as (order by p.period)
        ) l
      ) n
    ) stretch
    left join baleen_store.state_historical_periods h
      on h.chain_id = i.chain_id and h.operator_address = i.operator_address and h.period = stretch.ended_period
      and h.to_height is null
    left join baleen_store.state_historical_periods b
      on b.chain_id = i.chain_id and b.operator_address = i.operator_address and b.period = stretch.began_period
      and b.to_height is null
    left join lateral unnest(
      case when stretch.ended_period is null then ended.denoms else h.denoms end,
      case when stretch.ended_period is null then ended.ratios else h.ratios end
    ) q (denom, ratio) on stretch.stake is not null
    group by q.denom
    having sum(trunc((q.ratio - coalesce(b.ratios[array_position(b.denoms, q.denom)], 0)) * stretch.stake, 18)) <> 0 or bool_or(stretch.stake is null)
    offset 0
  ) slashed
  where w.is_slashed or w.stake is null
) coin
-- Who delegated in this very block has no rewards yet.
where i.to_height is null and i.height < s.height;

comment on view baleen.pending_rewards is 'One row is a coin that a delegator would be paid by a validator if it withdrew now, exactly as REST says it; none of zero. Key: chain_id, delegator, operator_address, denom. Cost: filter on delegator: milliseconds. A whole chain: seconds for 100,000 delegations.';
comment on column baleen.pending_rewards.moniker is 'The validator''s name.';
comment on column baleen.pending_rewards.denom is 'Denom of the reward. NULL: the chain itself cannot tell rewards or pay them, as its check of the stake after slashes fails; amount is NULL then.';
comment on column baleen.pending_rewards.amount is 'Amount in base units, 18 places; a withdrawal pays the whole ones. NULL: see denom.';
comment on column baleen.pending_rewards.as_of_height is 'The state is what it was after this block.';

create or replace view baleen.pending_commission as
select a.chain_id, s.lineage, a.operator_address, v.moniker, a.denom, a.amount, s.height as as_of_height,
  a.operator_address_raw, a.denom_raw
from baleen_store.state_accumulated_commissions a
join baleen_store.state_heads s on s.chain_id = a.chain_id
left join baleen_store.state_validators v
  on v.chain_id = a.chain_id and v.operator_address = a.operator_address and v.to_height is null
where a.to_height is null;

comment on view baleen.pending_commission is 'One row is a coin of a validator''s commission that was not withdrawn; none of zero. Key: chain_id, operator_address, denom. Cost: small.';
comment on column baleen.pending_commission.moniker is 'The validator''s name. NULL: it is gone.';
comment on column baleen.pending_commission.denom is 'Denom of the commission.';
comment on column baleen.pending_commission.amount is 'Amount in base units, 18 places; a withdrawal pays the whole ones.';
comment on column baleen.pending_commission.as_of_height is 'The state is what it was after this block.';

create or replace view baleen.outstanding_rewards as
select o.chain_id, s.lineage, o.operator_address, v.moniker, o.denom, o.amount, o.from_height, o.to_height,
  o.operator_address_raw, o.denom_raw
from baleen_store.state_outstanding_rewards o
join baleen_store.state_heads s on s.chain_id = o.chain_id
left join baleen_store.state_validators v
  on v.chain_id = o.chain_id and v.operator_address = o.operator_address and v.to_height is null
where o.to_height is null;

comment on view baleen.outstanding_rewards is 'One row is a coin that a validator and its delegators have not withdrawn, commission included; none of zero. Key: chain_id, operator_address, denom. Cost: small.';
comment on column baleen.outstanding_rewards.moniker is 'The validator''s name. NULL: it is gone.';

create or replace view baleen.community_pool as
select p.chain_id, s.lineage, p.denom, p.amount, p.from_height, p.to_height,
  p.denom_raw
from baleen_store.state_community_pool p
join baleen_store.state_heads s on s.chain_id = p.chain_id
where p.to_height is null;

comment on view baleen.community_pool is 'One row is a coin of the community pool. Key: chain_id, denom. Cost: small.';

create or replace view baleen.withdraw_addresses as
select w.chain_id, s.lineage, w.delegator, w.withdraw_address, w.from_height, w.to_height,
  w.delegator_raw
from baleen_store.state_withdraw_addresses w
join baleen_store.state_heads s on s.chain_id = w.chain_id
where w.to_height is null;

comment on view baleen.withdraw_addresses is 'One row is a delegator whose rewards go elsewhere. Who has no row is paid itself. Key: chain_id, delegator. Cost: filter on delegator.';

create or replace view baleen.validator_slashes as
select e.chain_id, s.lineage, e.operator_address, v.moniker, e.height, e.validator_period, e.fraction, e.from_height, e.to_height,
  e.operator_address_raw
from baleen_store.state_slash_events e
join baleen_store.state_heads s on s.chain_id = e.chain_id
left join baleen_store.state_validators v
  on v.chain_id = e.chain_id and v.operator_address = e.operator_address and v.to_height is null
where e.to_height is null;

comment on view baleen.validator_slashes is 'One row is a slash as the rewards remember it. Key: chain_id, operator_address, height, validator_period. Cost: small.';
comment on column baleen.validator_slashes.moniker is 'The validator''s name. NULL: it is gone.';
comment on column baleen.validator_slashes.height is 'Height of the block that slashed.';
