-- A hash is asked for in any case, as explorers and nodes print it either way.
create or replace function baleen.tx(hash text) returns setof baleen.txs
language sql stable parallel safe
begin atomic
  -- The row as a whole: a column that the view gains is in it.
  select t from baleen.txs t where t.tx_hash = upper(hash);
end;
comment on function baleen.tx is 'The txs of a hash, in any case, as the view txs has them: a row for each block that the same bytes stand in. Cost: one lookup.';

create or replace function baleen.tx_json(hash text) returns jsonb
language sql stable parallel safe
begin atomic
  select coalesce(jsonb_agg(to_jsonb(t) - 'raw' - 'data' || jsonb_build_object(
    'raw', encode(t.raw, 'base64'),
    'data', encode(t.data, 'base64'),
    'messages', (
      select coalesce(jsonb_agg(jsonb_build_object('msg_index', m.msg_index, 'path', m.path, 'type', m.type, 'name', m.name, 'value', m.value)
        order by m.msg_index, m.path), '[]')
      from baleen.messages m
      where m.chain_id = t.chain_id and m.height = t.height and m.tx_index = t.tx_index
    ),
    'fees', (
      select coalesce(jsonb_agg(jsonb_build_object('denom', f.denom, 'amount', f.amount, 'payer', f.payer, 'charged', f.charged)
        order by f.fee_index), '[]')
      from baleen.tx_fees f
      where f.chain_id = t.chain_id and f.height = t.height and f.tx_index = t.tx_index
    ),
    'events', (
      select coalesce(jsonb_agg(jsonb_build_object('event_index', e.event_index, 'msg_index', e.msg_index, 'type', e.type, 'attributes', e.attributes)
        order by e.event_index), '[]')
      from baleen.events e
      where e.chain_id = t.chain_id and e.height = t.height and e.tx_index = t.tx_index
    )
  ) order by t.chain_id, t.height, t.tx_index), '[]')
  from baleen.txs t
  where t.tx_hash = upper(hash);
end;
comment on function baleen.tx_json is 'The txs of a hash, in any case, as a JSON array of an object each: the columns of the view txs, with messages, fees and events; bytes in base64. [] where there is none. Cost: one lookup per part.';
