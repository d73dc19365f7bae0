-- Who missed a vote stands in its row, so that an index finds an operator's. Rows that are there are filled now.

alter table baleen_store.missed_votes
  add operator_address text;

-- No address is that long, and no index would hold it.
delete from baleen_store.validator_operators where octet_length(operator_address) > 512;

update baleen_store.missed_votes m
set (address, operator_address) = (
  select who.address, (
    select o.operator_address from baleen_store.validator_operators o
    where o.chain_id = m.chain_id and o.address = who.address and o.height <= m.height
    order by o.height desc limit 1
  )
  from (
    select coalesce(m.address, (
      select s.addresses[m.vote_index + 1]
      from (
        select r.validators_hash, r.to_height from baleen_store.validator_set_ranges r
        where r.chain_id = m.chain_id and r.from_height <= m.height
        order by r.from_height desc limit 1
      ) last
      join baleen_store.validator_sets s on s.chain_id = m.chain_id and s.validators_hash = last.validators_hash
      where last.to_height >= m.height
    )) as address
    offset 0
  ) who
);

-- The next `finish` builds the index.
update baleen_store.leaves set sealed_at = null where table_name = 'missed_votes';
