create or replace view baleen.events as
select
  e.chain_id,
  l.lineage,
  e.height,
  e.time,
  e.time_ns,
  e.tx_index,
  upper(encode(h.tx_hash, 'hex')) as tx_hash,
  h.success,
  e.event_index,
  e.phase,
  e.phase_index,
  e.msg_index,
  e.type,
  e.attributes,
  e.type_raw,
  e.attributes_raw,
  case
    when e.phase in ('begin_block', 'end_block') then e.phase
    when e.phase = 'finalize_block' then
      case e.attributes -> -1 when '["mode", "BeginBlock"]' then 'begin_block' when '["mode", "EndBlock"]' then 'end_block' end
  end as mode,
  e.type like 'ibccallbackerror-%' as reverted
from baleen_store.events e
left join baleen_store.tx_hashes h on h.chain_id = e.chain_id and h.height = e.height and h.tx_index = e.tx_index
left join baleen_store.chains l on l.chain_id = e.chain_id;

comment on view baleen.events is 'One row is an event. Key: chain_id, height, event_index. Cost: filter on tx_hash, on chain_id and height or time, or on attributes @> ''[["key","value"]]''.';
comment on column baleen.events.tx_index is 'The tx that emitted it. NULL: the block itself.';
comment on column baleen.events.tx_hash is 'The tx that emitted it, upper-case hex. NULL: the block itself.';
comment on column baleen.events.success is 'Whether that tx succeeded. NULL: the block itself emitted it.';
comment on column baleen.events.mode is 'Where in the block it was emitted: begin_block or end_block, also from CometBFT 0.38 on, where phase is finalize_block. NULL: in a tx, or the application does not say.';
comment on column baleen.events.reverted is 'True for events of a part of a tx that was undone, so that nothing of what they say happened: IBC keeps those of a refused packet under types that begin with ibccallbackerror-.';

create or replace view baleen.event_attributes as
select
  e.chain_id,
  e.lineage,
  e.height,
  e.time,
  e.time_ns,
  e.tx_index,
  e.tx_hash,
  e.success,
  e.event_index,
  a.ordinal::int4 - 1 as attribute_index,
  e.phase,
  e.type,
  a.pair ->> 0 as key,
  a.pair ->> 1 as value
from baleen.events e
cross join lateral jsonb_array_elements(e.attributes) with ordinality as a (pair, ordinal);

comment on view baleen.event_attributes is 'One row is an attribute of an event. Key: chain_id, height, event_index, attribute_index. Cost: filter on tx_hash, or on chain_id and height or time; to search by key and value use events.attributes @> ''[["key","value"]]'' (an index), as filtering here reads everything.';
comment on column baleen.event_attributes.attribute_index is 'Position in the event, from 0.';
comment on column baleen.event_attributes.key is 'Key, '''' when empty; U+FFFD for what Postgres cannot hold (exact bytes: events.attributes_raw).';
comment on column baleen.event_attributes.value is 'Value, '''' when empty or absent; U+FFFD for what Postgres cannot hold (exact bytes: events.attributes_raw).';
