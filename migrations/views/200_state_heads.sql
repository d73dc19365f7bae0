-- What the views of state stand on. Not an interface: schema baleen_store.

create or replace view baleen_store.state_heads as
select s.chain_id, c.lineage, s.height
from baleen_store.states s
join baleen_store.chains c on c.chain_id = s.chain_id
where not exists (
  select from baleen_store.lineages own
  join baleen_store.lineages later on later.lineage = own.lineage and later.position > own.position
  join baleen_store.states successor on successor.chain_id = later.chain_id
  where own.chain_id = s.chain_id
);
comment on view baleen_store.state_heads is 'One row is a chain whose state is here, and the height that it is of; none of a chain whose successor''s state is here. Key: chain_id.';
comment on column baleen_store.state_heads.chain_id is 'The chain''s id.';
comment on column baleen_store.state_heads.lineage is 'Name of the chains that continue one another.';
comment on column baleen_store.state_heads.height is 'The state is what it was after this block.';

-- The chain's decimals have 18 places. Quotients are taken of whole numbers: numeric's own division rounds where it likes.
create or replace function baleen_store.quotient_cut(dividend numeric, divisor numeric) returns numeric
language sql immutable parallel safe
return div(dividend * 1000000000000000000, nullif(divisor, 0)) * 0.000000000000000001;
comment on function baleen_store.quotient_cut is 'The SDK''s QuoTruncate: cut at 18 places. NULL: divided by zero.';

-- Without a query inside, here and below: the planner puts such a function in place, and a call of the others costs fifty times
-- the arithmetic. Exactly between two, half of it is between an even number and its half: rounding that chooses the even one.
create or replace function baleen_store.rounded_even(long numeric) returns numeric
language sql immutable parallel safe
return case
  when abs(mod(long, 1000000000000000000)) = 500000000000000000 then round(long * 0.0000000000000000005) * 2
  else round(long * 0.000000000000000001)
end * 0.000000000000000001;
comment on function baleen_store.rounded_even is 'A number, given in units of 1e-36, rounded half to even at 18 places.';

-- As the chain does it: cut at 36 places, then rounded.
create or replace function baleen_store.quotient_even(dividend numeric, divisor numeric) returns numeric
language sql immutable parallel safe
return baleen_store.rounded_even(div(dividend * 1000000000000000000000000000000000000, nullif(divisor, 0)));
comment on function baleen_store.quotient_even is 'The SDK''s Quo. NULL: divided by zero.';

create or replace function baleen_store.product_even(one numeric, other numeric) returns numeric
language sql immutable parallel safe
return baleen_store.rounded_even(one * other * 1000000000000000000000000000000000000);
comment on function baleen_store.product_even is 'The SDK''s Mul of two decimals.';

create or replace function baleen_store.stake_after_slash(so_far numeric, stake numeric, fraction numeric) returns numeric
language sql immutable parallel safe
return trunc(coalesce(so_far, stake) * (1 - fraction), 18);
comment on function baleen_store.stake_after_slash is 'A step of stake_after_slashes.';

create or replace aggregate baleen_store.stake_after_slashes(stake numeric, fraction numeric) (
  sfunc = baleen_store.stake_after_slash,
  stype = numeric,
  parallel = safe
);
comment on aggregate baleen_store.stake_after_slashes(numeric, numeric) is 'What is left of a stake after slashes, in their order, cut at 18 places after each.';

create or replace function baleen_store.stake_within(stake numeric, worth numeric) returns numeric
language sql immutable parallel safe
return case
  when stake <= worth then stake
  when stake <= worth + 0.000000000000000003 then worth
end;
comment on function baleen_store.stake_within is 'A step of stake_of_last_stretch.';

-- Rounding keeps the order: where the shares are worth the stake before it, they are after it, and nothing has to be divided.
create or replace function baleen_store.stake_of_last_stretch(stake numeric, shares numeric, tokens numeric, delegator_shares numeric)
returns numeric
language sql immutable parallel safe
return case
  when delegator_shares > 0 and stake * delegator_shares <= shares * tokens then stake
  else baleen_store.stake_within(stake, baleen_store.quotient_even(shares * tokens, delegator_shares))
end;
comment on function baleen_store.stake_of_last_stretch is 'The stake that rewards count since the last slash: never above what the shares are worth, of which the SDK forgives three units of the last place. NULL: more than that, where the SDK panics.';
