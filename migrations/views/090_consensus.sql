create or replace view baleen.commit_signatures as
select
  k.chain_id,
  l.lineage,
  k.height,
  v.time,
  v.time_ns,
  v.ordinal::int4 - 1 as vote_index,
  w.consensus_address,
  (
    select o.operator_address from baleen_store.validator_operators o
    where o.chain_id = k.chain_id and o.address = coalesce(v.address, s.addresses[v.ordinal]) and o.height <= k.height
    order by o.height desc limit 1
  ) as operator_address,
  v.flag,
  v.signature,
  k.round,
  k.time as commit_time,
  upper(encode(coalesce(v.address, s.addresses[v.ordinal]), 'hex')) as consensus_address_hex,
  k.other_block_ids[v.ordinal] as other_block_id
from baleen_store.commits k
cross join lateral unnest(k.flags, k.addresses, k.times, k.times_ns, k.signatures)
  with ordinality as v (flag, address, time, time_ns, signature, ordinal)
left join lateral (
  select vs.addresses
  from (
    select r.validators_hash, r.to_height from baleen_store.validator_set_ranges r
    where r.chain_id = k.chain_id and r.from_height <= k.height and array_position(k.flags, 1::int2) is not null
    order by r.from_height desc limit 1
  ) last
  join baleen_store.validator_sets vs on vs.chain_id = k.chain_id and vs.validators_hash = last.validators_hash
  where last.to_height >= k.height
) s on true
left join baleen_store.validators w on w.chain_id = k.chain_id and w.address = coalesce(v.address, s.addresses[v.ordinal])
left join baleen_store.chains l on l.chain_id = k.chain_id;

comment on view baleen.commit_signatures is 'One row is a validator''s vote in a commit. Key: chain_id, height, vote_index. Written with the next block, so the head''s is not there yet. Cost: filter on chain_id and height; about 100 rows per block are unpacked. For uptime use missed_votes.';
comment on column baleen.commit_signatures.height is 'Height of the block that is signed.';
comment on column baleen.commit_signatures.time is 'When the validator voted (not the block''s time), cut to microseconds. NULL: absent.';
comment on column baleen.commit_signatures.time_ns is 'Nanoseconds within the second of the vote. NULL: absent.';
comment on column baleen.commit_signatures.vote_index is 'The validator''s position in the set that votes on the block, from 0.';
comment on column baleen.commit_signatures.consensus_address is 'Who votes; of the absent, as the set of this height tells. NULL: the set is not known, or nothing tells the chain''s prefix.';
comment on column baleen.commit_signatures.operator_address is 'The operator who had the validator''s consensus key then, from the genesis and MsgCreateValidator. NULL: neither tells.';
comment on column baleen.commit_signatures.flag is '1: absent, 2: for the block, 3: nil, 4: for another block (Tendermint 0.31 and 0.32 alone).';
comment on column baleen.commit_signatures.other_block_id is 'With flag 4: BlockID of the other block, {hash f1, parts f2 {total f1, hash f2}}. NULL: the vote is for the block, or nil, or absent.';
comment on column baleen.commit_signatures.signature is '64 bytes. NULL: absent.';
comment on column baleen.commit_signatures.round is 'Round of consensus that committed the block.';
comment on column baleen.commit_signatures.commit_time is 'Time of the next block, which carries the commit: the median of its votes, cut to microseconds. Filter on it rather than on time: it skips partitions.';
comment on column baleen.commit_signatures.consensus_address_hex is 'The same address in hex, for chains whose prefix is not known.';

create or replace view baleen.missed_votes as
select
  m.chain_id,
  l.lineage,
  m.height,
  m.time,
  m.time_ns,
  m.vote_index,
  w.consensus_address,
  m.operator_address,
  m.flag
from baleen_store.missed_votes m
left join baleen_store.validators w on w.chain_id = m.chain_id and w.address = m.address
left join baleen_store.chains l on l.chain_id = m.chain_id;

comment on view baleen.missed_votes is 'One row is a vote that is not for the block: absent, nil or for another block. Key: chain_id, height, vote_index. The same facts as commit_signatures where flag <> 2, without unpacking. Cost: filter on chain_id and height, or on operator_address; an operator''s latest are found by an index.';
comment on column baleen.missed_votes.height is 'Height of the block that is signed.';
comment on column baleen.missed_votes.time is 'Time of the next block, which carries the commit: the median of its votes, cut to microseconds.';
comment on column baleen.missed_votes.time_ns is 'Nanoseconds within the second of that time.';
comment on column baleen.missed_votes.consensus_address is 'Who votes; of the absent, as the set of this height tells. NULL: the set is not known, or nothing tells the chain''s prefix.';
comment on column baleen.missed_votes.operator_address is 'The operator who had the validator''s consensus key then, from the genesis and MsgCreateValidator. NULL: neither tells.';

create or replace view baleen.validator_sets as
with members as (
  select r.chain_id, m.address, m.voting_power, r.from_height, r.to_height
  from baleen_store.validator_set_ranges r
  join baleen_store.validator_sets s on s.chain_id = r.chain_id and s.validators_hash = r.validators_hash
  cross join lateral unnest(s.addresses, s.voting_powers) as m (address, voting_power)
), marked as (
  select
    m.*,
    m.from_height is distinct from 1 + lag(m.to_height) over before
      or m.voting_power is distinct from lag(m.voting_power) over before as starts
  from members m
  window before as (partition by m.chain_id, m.address order by m.from_height)
), numbered as (
  select k.*, count(*) filter (where k.starts) over (partition by k.chain_id, k.address order by k.from_height) as run
  from marked k
), stretches as (
  select n.chain_id, n.address, n.run, n.voting_power, min(n.from_height) as from_height, max(n.to_height) as to_height
  from numbered n
  group by n.chain_id, n.address, n.run, n.voting_power
)
select
  t.chain_id,
  l.lineage,
  w.consensus_address,
  (
    select o.operator_address from baleen_store.validator_operators o
    where o.chain_id = t.chain_id and o.address = t.address and o.height <= t.from_height
    order by o.height desc limit 1
  ) as operator_address,
  w.key_type,
  w.public_key,
  t.voting_power,
  t.from_height,
  t.to_height,
  upper(encode(t.address, 'hex')) as consensus_address_hex
from stretches t
left join baleen_store.validators w on w.chain_id = t.chain_id and w.address = t.address
left join baleen_store.chains l on l.chain_id = t.chain_id;

comment on view baleen.validator_sets is 'One row is a consensus validator with one voting power over a range of heights; equal neighbours are one. Key: chain_id, consensus_address_hex, from_height. Who votes on block h: from_height <= h and to_height >= h. Heights without known sets: see coverage. Cost: filter on chain_id; all of the chain''s sets are read.';
comment on column baleen.validator_sets.consensus_address is 'Consensus address in bech32. NULL: nothing tells the chain''s prefix.';
comment on column baleen.validator_sets.operator_address is 'The operator who had the validator''s consensus key then, from the genesis and MsgCreateValidator. NULL: neither tells.';
comment on column baleen.validator_sets.key_type is 'ed25519, secp256k1, ...';
comment on column baleen.validator_sets.public_key is 'Public key, 32 bytes for ed25519.';
comment on column baleen.validator_sets.voting_power is 'Voting power.';
comment on column baleen.validator_sets.from_height is 'First height it votes on with this power.';
comment on column baleen.validator_sets.to_height is 'Last one, included; the last that is known, not always the last there is.';
comment on column baleen.validator_sets.consensus_address_hex is 'The same address in hex, for chains whose prefix is not known.';

create or replace view baleen.consensus_params as
select
  r.chain_id,
  l.lineage,
  r.from_height,
  r.to_height,
  p.block_max_bytes,
  p.block_max_gas,
  p.block_time_iota_ms,
  p.evidence_max_age_blocks,
  p.evidence_max_age_ns,
  p.evidence_max_bytes,
  p.validator_key_types,
  p.app_version,
  p.vote_extensions_height,
  p.proposer_time_height,
  p.synchrony_precision_ns,
  p.synchrony_delay_ns
from baleen_store.consensus_params_ranges r
join baleen_store.consensus_params p on p.chain_id = r.chain_id and p.params_hash = r.params_hash
left join baleen_store.chains l on l.chain_id = r.chain_id;

comment on view baleen.consensus_params is 'One row is a range of heights that consensus parameters were in force at; equal neighbours are one. Key: chain_id, from_height. Cost: small.';
comment on column baleen.consensus_params.from_height is 'First height.';
comment on column baleen.consensus_params.to_height is 'Last height, included; the last that is known, not always the last there is.';

create or replace view baleen.evidence as
select
  e.chain_id,
  l.lineage,
  e.height,
  e.time,
  e.time_ns,
  e.evidence_index,
  e.validator_index,
  e.kind,
  e.consensus_address,
  (
    select o.operator_address from baleen_store.validator_operators o
    where o.chain_id = e.chain_id and o.address = e.address and o.height <= e.evidence_height
    order by o.height desc limit 1
  ) as operator_address,
  e.evidence_height,
  coalesce(e.power, s.voting_powers[array_position(s.addresses, e.address)]) as power,
  coalesce(e.total_power, (select sum(p)::int8 from unnest(s.voting_powers) as p)) as total_power,
  e.evidence_time,
  e.evidence_time_ns,
  e.raw
from baleen_store.evidence e
left join lateral (
  select vs.addresses, vs.voting_powers
  from baleen_store.validator_set_ranges r
  join baleen_store.validator_sets vs on vs.chain_id = r.chain_id and vs.validators_hash = r.validators_hash
  where e.power is null and r.chain_id = e.chain_id and r.from_height <= e.evidence_height and r.to_height >= e.evidence_height
  order by r.from_height desc
  limit 1
) s on true
left join baleen_store.chains l on l.chain_id = e.chain_id;

comment on view baleen.evidence is 'One row is a misbehaving validator of a piece of evidence in a block. Key: chain_id, height, evidence_index, validator_index. Cost: small.';
comment on column baleen.evidence.height is 'Height of the block that holds the evidence.';
comment on column baleen.evidence.operator_address is 'The operator who had the validator''s consensus key then, from the genesis and MsgCreateValidator. NULL: neither tells.';
comment on column baleen.evidence.power is 'Voting power: from the evidence, else from the set at evidence_height. NULL: neither is known.';
comment on column baleen.evidence.total_power is 'Voting power of the whole set. NULL: not known.';
