create or replace view baleen.proposals_state as
select
  p.chain_id,
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
from baleen_store.state_proposals p
join baleen_store.state_heads s on s.chain_id = p.chain_id
where p.to_height is null;

comment on view baleen.proposals_state is 'One row is a proposal that the chain still has, decided or not. Key: chain_id, proposal_id. Cost: small.';

create or replace view baleen.proposal_deposits_state as
select d.chain_id, s.lineage, d.proposal_id, d.depositor, d.denom, d.amount, d.from_height, d.to_height,
  d.depositor_raw, d.denom_raw
from baleen_store.state_deposits d
join baleen_store.state_heads s on s.chain_id = d.chain_id
where d.to_height is null;

comment on view baleen.proposal_deposits_state is 'One row is a coin of a deposit on a proposal that is not decided; the chain forgets deposits with the decision. Key: chain_id, proposal_id, depositor, denom. Cost: small.';

create or replace view baleen.proposal_votes_state as
select v.chain_id, s.lineage, v.proposal_id, v.voter, v.option_index, v.option, v.weight, v.from_height, v.to_height,
  v.voter_raw
from baleen_store.state_votes v
join baleen_store.state_heads s on s.chain_id = v.chain_id
where v.to_height is null;

comment on view baleen.proposal_votes_state is 'One row is an option of a vote on a proposal that is not decided; the chain forgets votes with the decision. Key: chain_id, proposal_id, voter, option_index. Cost: filter on proposal_id or voter.';

-- Who votes takes its delegations away from what their validators vote for it. Since SDK 0.43 (accounts are protobuf then) shares
-- are multiplied before they are divided.
create or replace view baleen.proposal_tallies as
select
  p.chain_id,
  s.lineage,
  p.proposal_id,
  coalesce(trunc(sum(counted.power) filter (where counted.option = 'yes')), 0) as yes,
  coalesce(trunc(sum(counted.power) filter (where counted.option = 'abstain')), 0) as abstain,
  coalesce(trunc(sum(counted.power) filter (where counted.option = 'no')), 0) as no,
  coalesce(trunc(sum(counted.power) filter (where counted.option = 'no_with_veto')), 0) as no_with_veto,
  s.height as as_of_height
from baleen_store.state_proposals p
join baleen_store.state_heads s on s.chain_id = p.chain_id
left join lateral (
  select starts_with(a.type, '/') as multiplies_first
  from baleen_store.state_accounts a
  where a.chain_id = p.chain_id
  limit 1
) rule on true
left join lateral (
  select
    v.option,
    case when rule.multiplies_first
      then baleen_store.product_even(baleen_store.quotient_even(part.shares * part.tokens, part.delegator_shares), v.weight)
      else baleen_store.quotient_even(part.shares, part.delegator_shares) * part.tokens
    end as power
  from baleen_store.state_votes v
  cross join lateral (
    select d.shares, o.tokens, o.delegator_shares
    from baleen_store.state_delegations d
    join baleen_store.state_validators o
      on o.chain_id = d.chain_id and o.operator_address = d.operator_address and o.to_height is null and o.status = 'bonded'
    where d.chain_id = v.chain_id and d.delegator = v.voter and d.to_height is null
    union all
    select
      o.delegator_shares - coalesce((
        select sum(d.shares)
        from baleen_store.state_delegations d
        where d.chain_id = o.chain_id and d.operator_address = o.operator_address and d.to_height is null
          and exists (
            select from baleen_store.state_votes w
            where w.chain_id = v.chain_id and w.proposal_id = v.proposal_id and w.voter = d.delegator and w.to_height is null
          )
      ), 0),
      o.tokens,
      o.delegator_shares
    from baleen_store.state_validators o
    where o.chain_id = v.chain_id and o.operator_account = v.voter and o.to_height is null and o.status = 'bonded'
  ) part
  where v.chain_id = p.chain_id and v.proposal_id = p.proposal_id and v.to_height is null
) counted on true
where p.to_height is null and p.status = 'voting_period'
group by p.chain_id, s.lineage, p.proposal_id, s.height;

comment on view baleen.proposal_tallies is 'One row is a proposal in voting, and how its votes would be counted now. Decided ones have their tally in the value of proposals_state. Key: chain_id, proposal_id. Cost: all votes of the proposal and their delegations.';
comment on column baleen.proposal_tallies.yes is 'Base units of stake for it.';
comment on column baleen.proposal_tallies.abstain is 'Base units of stake that abstain.';
comment on column baleen.proposal_tallies.no is 'Base units of stake against it.';
comment on column baleen.proposal_tallies.no_with_veto is 'Base units of stake that veto it.';
comment on column baleen.proposal_tallies.as_of_height is 'The state is what it was after this block.';
