-- The ratios of a period in one row: rewards of a delegation need all of them, and of a chain with twenty denoms a row of each is
-- twenty times as many, each with a key of its own.

create temporary table periods on commit drop as
select p.chain_id, p.operator_address, p.period, p.reference_count,
  coalesce(r.denoms, '{}') as denoms, coalesce(r.ratios, '{}') as ratios, p.from_height, p.to_height
from baleen_store.state_historical_periods p
left join (
  select chain_id, operator_address, period, from_height,
    array_agg(denom order by denom collate "C") as denoms, array_agg(ratio order by denom collate "C") as ratios
  from baleen_store.state_historical_ratios
  group by chain_id, operator_address, period, from_height
) r using (chain_id, operator_address, period, from_height);

-- Made anew by this version's views.
drop view if exists baleen.pending_rewards;
drop table baleen_store.state_historical_ratios;
drop table baleen_store.state_historical_periods;

create table baleen_store.state_historical_periods (
  chain_id text collate "C" not null,
  operator_address text not null,
  period numeric not null,
  reference_count int4 not null,
  denoms text[] not null,
  ratios numeric[] not null,
  from_height int8 not null,
  to_height int8,
  constraint state_historical_periods_key primary key (chain_id, operator_address, period, from_height)
);
insert into baleen_store.state_historical_periods select * from periods;
