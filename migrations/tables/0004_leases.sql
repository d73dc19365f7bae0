-- Work that processes share: what was asked of workers, and who works on it now.

create table baleen_store.enqueued_ranges (
  chain_id text collate "C" not null,
  source text not null,
  from_height int8 not null,
  to_height int8 not null,
  range_size int4 not null,
  addresses text[] not null,
  enqueued_at timestamptz not null default now(),
  constraint enqueued_ranges_key primary key (chain_id, source, from_height, to_height),
  constraint enqueued_ranges_chain foreign key (chain_id) references baleen_store.chains,
  constraint enqueued_ranges_order check (from_height <= to_height),
  constraint enqueued_ranges_size check (range_size > 0)
);
comment on table baleen_store.enqueued_ranges is 'One row is a range of heights that workers were asked to write; gone once all of it is there. The queue is made anew from these rows and the ledger, should it be lost. Key: chain_id, source, from_height, to_height.';
comment on column baleen_store.enqueued_ranges.chain_id is 'The chain''s id.';
comment on column baleen_store.enqueued_ranges.source is 'Name of the source that jobs read; workers know where it is on their machine.';
comment on column baleen_store.enqueued_ranges.from_height is 'First height.';
comment on column baleen_store.enqueued_ranges.to_height is 'Last height, included.';
comment on column baleen_store.enqueued_ranges.range_size is 'Heights of a job: jobs are cut at multiples of it.';
comment on column baleen_store.enqueued_ranges.addresses is 'RPC addresses of the source, for workers that were told none; empty: a worker must know the source itself (a folder, or an address with a password).';
comment on column baleen_store.enqueued_ranges.enqueued_at is 'When it was asked for first.';

create sequence baleen_store.lease_tokens;
comment on sequence baleen_store.lease_tokens is 'Tokens of leases: a later lease has a higher one.';

create table baleen_store.leases (
  chain_id text collate "C" not null,
  from_height int8 not null,
  to_height int8 not null,
  token int8 not null,
  holder text not null,
  taken_at timestamptz not null,
  expires_at timestamptz not null,
  constraint leases_key primary key (chain_id, from_height, to_height),
  constraint leases_chain foreign key (chain_id) references baleen_store.chains
);
comment on table baleen_store.leases is 'One row is a range of heights that a worker has leave to write; gone when its job ends. Key: chain_id, from_height, to_height.';
comment on column baleen_store.leases.chain_id is 'The chain''s id.';
comment on column baleen_store.leases.from_height is 'First height.';
comment on column baleen_store.leases.to_height is 'Last height, included.';
comment on column baleen_store.leases.token is 'What a write must show. Taking the lease over changes it, and whoever held it before writes no more.';
comment on column baleen_store.leases.holder is 'The worker: host, process id and a random number.';
comment on column baleen_store.leases.taken_at is 'Since when this worker holds it.';
comment on column baleen_store.leases.expires_at is 'Until when, unless it is renewed; then another may take it.';
