create or replace view baleen.sources as
select
  s.chain_id,
  coalesce(l.lineage, s.chain_id) as lineage,
  s.address,
  case when s.backend = 'rpc' then '' else s.host end as host,
  s.backend,
  (array_agg(s.version order by s.last_seen desc) filter (where s.version is not null))[1] as version,
  (array_agg(s.base_height order by s.last_seen desc) filter (where s.base_height is not null))[1] as base_height,
  (array_agg(s.head_height order by s.last_seen desc) filter (where s.head_height is not null))[1] as head_height,
  sum(s.requests)::int8 as requests,
  sum(s.errors)::int8 as errors,
  sum(s.bytes)::int8 as bytes,
  coalesce(sum(s.concurrency) filter (where s.is_read and s.last_seen > now() - interval '30 seconds'), 0)::int4 as concurrency,
  (array_agg(s.trouble order by s.last_seen desc) filter (where s.trouble is not null))[1] as trouble,
  min(s.trouble_since) as trouble_since,
  max(s.last_seen) as last_seen,
  count(*) filter (where s.is_read and s.last_seen > now() - interval '30 seconds')::int4 as readers
from baleen_store.sources s
left join baleen_store.chains l on l.chain_id = s.chain_id
group by 1, 2, 3, 4, 5;

comment on view baleen.sources is 'One row is an endpoint, or a directory of a machine, and its health as the processes that read it last told. Key: chain_id, address, host. Cost: small.';
comment on column baleen.sources.address is 'Address of the RPC without a password, or folder.';
comment on column baleen.sources.host is 'The machine that the folder is on; '''' of an RPC, which is the same from everywhere.';
comment on column baleen.sources.backend is 'goleveldb, pebbledb or rpc.';
comment on column baleen.sources.version is 'Version of the node''s software. NULL: it does not say.';
comment on column baleen.sources.base_height is 'Lowest height it has. NULL: not known.';
comment on column baleen.sources.head_height is 'Highest height it has, as it last said. NULL: not known.';
comment on column baleen.sources.requests is 'Requests it has answered, to the processes that read it now, or else to those that read it last; since they began.';
comment on column baleen.sources.errors is 'Requests that failed, of the same processes.';
comment on column baleen.sources.bytes is 'Bytes of answers, of the same processes; of a folder 0 where they are not counted.';
comment on column baleen.sources.concurrency is 'Requests that may be in flight to it now, of all processes together; 0: files, or nobody reads it.';
comment on column baleen.sources.trouble is 'Why it is left alone, as a process told last. NULL: it is used.';
comment on column baleen.sources.trouble_since is 'Since when there is trouble. NULL: there is none.';
comment on column baleen.sources.last_seen is 'When a process reported it last; while one reads it, every 5 seconds.';
comment on column baleen.sources.readers is 'Processes that read it now: they have not ended, and reported within the last 30 seconds.';

create or replace view baleen.workers as
select
  w.chain_id,
  coalesce(l.lineage, w.chain_id) as lineage,
  w.worker_id,
  w.host,
  w.pid,
  w.command,
  case when w.last_seen > now() - interval '30 seconds' then 'working' else 'lost' end as state,
  w.doing,
  w.doing_since,
  w.started_at,
  w.last_seen,
  w.heights,
  w.rows,
  w.bytes,
  case when w.last_seen > now() - interval '30 seconds' then w.heights_per_second else 0 end as heights_per_second,
  w.rss_bytes
from baleen_store.workers w
left join baleen_store.chains l on l.chain_id = w.chain_id;

comment on view baleen.workers is 'One row is a process that writes, and a chain it works on; gone when it has ended, a day later where it was killed. Key: chain_id, worker_id. Cost: small.';
comment on column baleen.workers.chain_id is 'The chain''s id. NULL: it waits for work.';
comment on column baleen.workers.lineage is 'Name of the chains that continue one another, else the chain''s id. NULL: it waits for work.';
comment on column baleen.workers.worker_id is 'Tells processes apart, also those of one host.';
comment on column baleen.workers.host is 'Name of the machine.';
comment on column baleen.workers.pid is 'Its process id there.';
comment on column baleen.workers.command is 'The command: index, follow, worker.';
comment on column baleen.workers.state is 'working; lost: it has not reported for 30 seconds (killed, paused, or cut off from the database). What it had not committed is not there, and others may do it.';
comment on column baleen.workers.doing is 'What it does now, in words.';
comment on column baleen.workers.doing_since is 'Since when it has told that.';
comment on column baleen.workers.started_at is 'When it began.';
comment on column baleen.workers.last_seen is 'When it reported last; it does so every 5 seconds.';
comment on column baleen.workers.heights is 'Blocks it has written since it began.';
comment on column baleen.workers.rows is 'Rows it has written since it began.';
comment on column baleen.workers.bytes is 'Bytes of COPY data it has written since it began.';
comment on column baleen.workers.heights_per_second is 'Blocks written per second, over its last minute; 0 of a lost one.';
comment on column baleen.workers.rss_bytes is 'Memory of the whole process, bytes.';

create or replace view baleen.storage as
with files as (
  select
    f.chain_id,
    coalesce(f.table_name, c.relname::text) as table_name,
    -- As the planner reckons: what the last ANALYZE counted, by how much the table has grown since. The statistics would count twice
    -- what a session reports only after that ANALYZE.
    case
      when c.reltuples > 0 and c.relpages > 0
        then (c.reltuples * pg_relation_size(c.oid) / (c.relpages * current_setting('block_size')::float8))::int8
      else greatest(pg_stat_get_live_tuples(c.oid), 0)
    end as rows_estimate,
    pg_relation_size(c.oid) + pg_relation_size(c.oid, 'fsm') + pg_relation_size(c.oid, 'vm') as heap_bytes,
    pg_indexes_size(c.oid) as index_bytes,
    case when c.reltoastrelid = 0 then 0 else pg_total_relation_size(c.reltoastrelid) end as toast_bytes
  from pg_class c
  left join baleen_store.leaves f on f.leaf = c.relname
  where c.relnamespace = 'baleen_store'::regnamespace and c.relkind = 'r'
), tables as (
  select
    f.chain_id,
    f.table_name,
    count(*)::int4 as partitions,
    sum(f.rows_estimate)::int8 as rows_estimate,
    sum(f.heap_bytes)::int8 as heap_bytes,
    sum(f.index_bytes)::int8 as index_bytes,
    sum(f.toast_bytes)::int8 as toast_bytes
  from files f
  group by f.chain_id, f.table_name
)
select
  t.chain_id,
  l.lineage,
  t.table_name,
  t.partitions,
  t.rows_estimate,
  t.heap_bytes,
  t.index_bytes,
  t.toast_bytes,
  t.heap_bytes + t.index_bytes + t.toast_bytes as total_bytes
from tables t
left join baleen_store.chains l on l.chain_id = t.chain_id;

comment on view baleen.storage is 'One row is a table and its bytes on disk: of one chain where it has partitions, else of all chains together. Key: chain_id, table_name. Cost: sizes of files are asked, no row is read: about 0.1 s for 1,000 partitions.';
comment on column baleen.storage.chain_id is 'The chain''s id. NULL: the table holds all chains.';
comment on column baleen.storage.lineage is 'Name of the chains that continue one another, else the chain''s id. NULL: the table holds all chains.';
comment on column baleen.storage.table_name is 'Name of the table in schema baleen_store.';
comment on column baleen.storage.partitions is 'Files it consists of: its leaves, 1 of a table without.';
comment on column baleen.storage.rows_estimate is 'Rows, as the last ANALYZE or the statistics count them; not exact.';
comment on column baleen.storage.heap_bytes is 'Bytes of the rows, with their free space and visibility maps.';
comment on column baleen.storage.index_bytes is 'Bytes of all indexes.';
comment on column baleen.storage.toast_bytes is 'Bytes of long values that are stored apart, with their index.';
comment on column baleen.storage.total_bytes is 'Sum of the three.';

create or replace view baleen.undecoded as
select u.chain_id, l.lineage, u.kind, u.name, u.things, u.first_height, u.last_height
from baleen_store.undecoded u
left join baleen_store.chains l on l.chain_id = u.chain_id;

comment on view baleen.undecoded is 'One row is a kind of thing that is kept raw because nothing here can read it, or Postgres cannot hold it as text. Nothing is lost: the bytes are there. Key: chain_id, kind, name. Cost: small; the counts are kept while writing. To find the things, filter the view that is named by height. Once this can be read, after an update or by descriptors of your own: baleen redecode.';
comment on column baleen.undecoded.kind is 'message: a message type without a decoder (messages.fields is a reading by numbers); tx: a tx that cannot be decoded (txs.decode_error says why); text: bytes that are no text, or JSON that jsonb cannot hold equally (the exact bytes are in the column name followed by _raw); state: keys of a module''s store that are not understood.';
comment on column baleen.undecoded.name is 'message: its type, at most 200 characters; tx: ''''; text: view and column, as txs.memo; state: the store.';
comment on column baleen.undecoded.things is 'How many there are.';
comment on column baleen.undecoded.first_height is 'Lowest height that has one; may be lower where rows were replaced since. Of state: the height that wrote it.';
comment on column baleen.undecoded.last_height is 'Highest height that has one; may be higher where rows were replaced since.';
