-- How the work goes: who reads what, and what could not be decoded. No fact about the chain stands here but the counts of
-- undecoded, which are committed with the rows that they count.

create table baleen_store.workers (
  worker_id text not null,
  chain_id text collate "C",
  host text not null,
  pid int4 not null,
  command text not null,
  started_at timestamptz not null,
  last_seen timestamptz not null default now(),
  doing text not null,
  doing_since timestamptz not null default now(),
  heights int8 not null,
  rows int8 not null,
  bytes int8 not null,
  heights_per_second float8 not null,
  rss_bytes int8 not null,
  constraint workers_key unique nulls not distinct (worker_id, chain_id)
);
comment on table baleen_store.workers is 'One row is a process and a chain that it works on; removed when the process ends, or a day after it was last seen. Key: worker_id, chain_id.';
comment on column baleen_store.workers.worker_id is 'Tells processes apart, also those of one host.';
comment on column baleen_store.workers.chain_id is 'The chain''s id. NULL: it waits for work.';
comment on column baleen_store.workers.host is 'Name of the machine.';
comment on column baleen_store.workers.pid is 'Its process id there.';
comment on column baleen_store.workers.command is 'The command: index, follow, worker.';
comment on column baleen_store.workers.started_at is 'When it began.';
comment on column baleen_store.workers.last_seen is 'When it reported last; it does so every 5 seconds.';
comment on column baleen_store.workers.doing is 'What it does now, in words.';
comment on column baleen_store.workers.doing_since is 'Since when it has told that.';
comment on column baleen_store.workers.heights is 'Blocks it has written since it began.';
comment on column baleen_store.workers.rows is 'Rows it has written since it began.';
comment on column baleen_store.workers.bytes is 'Bytes of COPY data it has written since it began.';
comment on column baleen_store.workers.heights_per_second is 'Blocks written per second, over its last minute.';
comment on column baleen_store.workers.rss_bytes is 'Memory of the whole process.';

create table baleen_store.sources (
  chain_id text collate "C" not null,
  address text not null,
  worker_id text not null,
  host text not null,
  backend text not null,
  version text,
  base_height int8,
  head_height int8,
  requests int8 not null,
  errors int8 not null,
  bytes int8 not null,
  concurrency int4 not null,
  trouble text,
  trouble_since timestamptz,
  last_seen timestamptz not null default now(),
  is_read bool not null default true,
  constraint sources_key primary key (chain_id, address, worker_id)
);
comment on table baleen_store.sources is 'One row is an endpoint or a directory as one process sees it; kept after the process ends, until another reports the same place, or for a week. Key: chain_id, address, worker_id.';
comment on column baleen_store.sources.chain_id is 'The chain''s id.';
comment on column baleen_store.sources.address is 'Address of the RPC without a password, or folder.';
comment on column baleen_store.sources.worker_id is 'Who reports it.';
comment on column baleen_store.sources.host is 'Name of the machine of who reports it; a folder is one of this machine.';
comment on column baleen_store.sources.backend is 'goleveldb or rpc.';
comment on column baleen_store.sources.version is 'Version of the node''s software. NULL: it does not say.';
comment on column baleen_store.sources.base_height is 'Lowest height it has. NULL: not known.';
comment on column baleen_store.sources.head_height is 'Highest height it has, as it last said. NULL: not known.';
comment on column baleen_store.sources.requests is 'Requests it has answered since the process began.';
comment on column baleen_store.sources.errors is 'Requests that failed since the process began.';
comment on column baleen_store.sources.bytes is 'Bytes of its answers since the process began.';
comment on column baleen_store.sources.concurrency is 'Requests that may be in flight now; 0: files.';
comment on column baleen_store.sources.trouble is 'Why it is left alone now. NULL: it is used.';
comment on column baleen_store.sources.trouble_since is 'Since when there is trouble. NULL: there is none.';
comment on column baleen_store.sources.last_seen is 'When it was reported last.';
comment on column baleen_store.sources.is_read is 'Whether the process still reads it; it may have been killed since last_seen.';

create table baleen_store.undecoded (
  chain_id text collate "C" not null,
  kind text not null,
  name text not null,
  things int8 not null,
  first_height int8 not null,
  last_height int8 not null,
  constraint undecoded_key primary key (chain_id, kind, name),
  constraint undecoded_kind check (kind in ('message', 'tx', 'text'))
);
comment on table baleen_store.undecoded is 'One row is a kind of thing that is kept raw; counted while it is written, in the same transaction. Key: chain_id, kind, name.';
comment on column baleen_store.undecoded.chain_id is 'The chain''s id.';
comment on column baleen_store.undecoded.kind is 'message, tx or text.';
comment on column baleen_store.undecoded.name is 'Type of the message; '''' of a tx; table.column of a text.';
comment on column baleen_store.undecoded.things is 'How many there are.';
comment on column baleen_store.undecoded.first_height is 'Lowest height at which one was written.';
comment on column baleen_store.undecoded.last_height is 'Highest height at which one was written.';
