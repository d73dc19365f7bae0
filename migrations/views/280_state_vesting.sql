-- What has vested by the time of the state's block, in whole seconds, as each type of account counts it.
create or replace view baleen.vesting as
select
  v.chain_id,
  s.lineage,
  v.address,
  v.denom,
  v.original_vesting,
  vested.amount as vested,
  v.original_vesting - vested.amount as vesting,
  v.delegated_free,
  v.delegated_vesting,
  coalesce(b.amount, 0) as balance,
  -- Of NULL and a number least and greatest take the number.
  case when vested.amount is not null then
    greatest(least(coalesce(b.amount, 0) + v.delegated_vesting - (v.original_vesting - vested.amount), coalesce(b.amount, 0)), 0)
  end as spendable,
  v.start_time,
  v.end_time,
  v.schedules,
  s.height as as_of_height,
  block.time as as_of_time,
  v.from_height,
  v.to_height,
  v.address_raw,
  v.denom_raw
from baleen_store.state_vesting v
join baleen_store.state_heads s on s.chain_id = v.chain_id
left join baleen_store.state_balances b
  on b.chain_id = v.chain_id and b.address = v.address and b.denom = v.denom and b.to_height is null
left join lateral (
  select k.time, floor(extract(epoch from k.time)) as seconds
  from baleen_store.blocks k
  where k.chain_id = v.chain_id and k.height = s.height
) block on true
cross join lateral (
  select trunc(case
    when block.seconds is null then null
    -- Terra's lazy graded vesting: a ratio of each stretch of time, rounded half to even.
    when v.schedules -> 0 ? 'ratio' then (
      select baleen_store.rounded_even(v.original_vesting * coalesce(sum(
        case
          when block.seconds >= (e ->> 'end_time')::numeric then (e ->> 'ratio')::numeric
          when block.seconds >= (e ->> 'start_time')::numeric then baleen_store.quotient_cut(
            (e ->> 'ratio')::numeric * (block.seconds - (e ->> 'start_time')::numeric),
            (e ->> 'end_time')::numeric - (e ->> 'start_time')::numeric)
          else 0
        end), 0) * 1000000000000000000) * 1000000000000000000
      from jsonb_array_elements(v.schedules) e
    )
    -- A type without an end, of SDK 0.43 and later; and a denom of a lazy account that no schedule names has vested.
    when v.end_time = 0 and v.start_time is null and v.schedules is null and exists (
      select from baleen_store.state_accounts a
      where a.chain_id = v.chain_id and a.address = v.address and a.to_height is null and a.type like '%.PermanentLockedAccount'
    ) then 0
    when block.seconds >= v.end_time then v.original_vesting
    when v.start_time is null or block.seconds <= v.start_time then 0
    -- Periodic: whole periods.
    when v.schedules is not null then (
      select coalesce(sum(p.amount) filter (where v.start_time + p.ended <= block.seconds), 0)
      from (
        select (e ->> 'amount')::numeric as amount, sum((e ->> 'length')::numeric) over (order by n) as ended
        from jsonb_array_elements(v.schedules) with ordinality as t (e, n)
      ) p
    )
    -- Continuous.
    else baleen_store.rounded_even(v.original_vesting
      * baleen_store.quotient_even(block.seconds - v.start_time, v.end_time - v.start_time)
      * 1000000000000000000) * 1000000000000000000
  end) as amount
) vested
where v.to_height is null;

comment on view baleen.vesting is 'One row is a denom of a vesting account, and what of it is free at the time of the state''s block. Key: chain_id, address, denom. Cost: filter on address.';
comment on column baleen.vesting.vested is 'What has vested by as_of_time. NULL: the block is not indexed.';
comment on column baleen.vesting.vesting is 'What still vests at as_of_time. NULL: the block is not indexed.';
comment on column baleen.vesting.balance is 'What the account holds of the denom.';
comment on column baleen.vesting.spendable is 'What it may send: its balance without what still vests and is not delegated. NULL: the block is not indexed.';
comment on column baleen.vesting.as_of_time is 'Time of the state''s block. NULL: the block is not indexed.';
