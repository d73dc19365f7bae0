-- Changes of the validator set as rows. The column blocks.validator_updates has them as JSON, also of heights written before.

create table baleen_store.validator_updates (
  chain_id text collate "C" not null,
  height int8 not null,
  time timestamptz,
  time_ns int4,
  update_index int4 not null,
  key_type text not null,
  public_key bytea not null,
  address bytea,
  power int8 not null,
  constraint validator_updates_key primary key (chain_id, height, update_index)
);
create index validator_updates_address on baleen_store.validator_updates (chain_id, address, height);

insert into baleen_store.validator_updates
select b.chain_id, b.height, b.time, b.time_ns, u.place::int4 - 1, u.value ->> 'key_type', k.bytes,
  case when u.value ->> 'key_type' = 'ed25519' then substr(sha256(k.bytes), 1, 20) end, (u.value ->> 'power')::int8
from baleen_store.blocks b
cross join lateral jsonb_array_elements(b.validator_updates) with ordinality as u (value, place)
cross join lateral (select decode(u.value ->> 'public_key', 'base64') as bytes) k
where b.validator_updates <> '[]';

insert into baleen_store.ranges (chain_id, kind, version, from_height, to_height)
select chain_id, 'table:validator_updates', 1, from_height, to_height from baleen_store.ranges where kind = 'results';
