-- What the database knows about chains, and which heights of them are there.

create table baleen_store.lineages (
  chain_id text collate "C" not null,
  lineage text not null,
  position int4 not null,
  last_height int8,
  constraint lineages_key primary key (chain_id),
  constraint lineages_position_key unique (lineage, position)
);
comment on table baleen_store.lineages is 'One row is a chain of a lineage: chains that continue one another under new ids. Add rows for your own. Key: chain_id.';
comment on column baleen_store.lineages.chain_id is 'The chain''s id.';
comment on column baleen_store.lineages.lineage is 'Name of the lineage.';
comment on column baleen_store.lineages.position is 'Place in the lineage, ascending.';
comment on column baleen_store.lineages.last_height is 'Last height of the chain. NULL: it lives, or not known.';

insert into baleen_store.lineages (chain_id, lineage, position) values
  ('columbus-1', 'columbus', 1),
  ('columbus-2', 'columbus', 2),
  ('columbus-3', 'columbus', 3),
  ('columbus-4', 'columbus', 4),
  ('columbus-5', 'columbus', 5);

create table baleen_store.chains (
  chain_id text collate "C" not null,
  number int4 generated always as identity,
  lineage text not null,
  initial_height int8 not null,
  genesis_hash bytea,
  genesis_file_sha256 bytea,
  bech32_prefix text,
  leaf_heights int8 not null,
  last_write timestamptz,
  constraint chains_key primary key (chain_id),
  constraint chains_number_key unique (number),
  constraint chains_leaf_heights_positive check (leaf_heights > 0)
);
comment on table baleen_store.chains is 'One row is a chain. Key: chain_id.';
comment on column baleen_store.chains.chain_id is 'The chain''s id, as its blocks say it.';
comment on column baleen_store.chains.number is 'Stands in the names of partitions: chain ids have upper case, dashes and any length.';
comment on column baleen_store.chains.lineage is 'From lineages, else the chain''s own id; taken over when the chain is prepared.';
comment on column baleen_store.chains.initial_height is 'Height of the first block.';
comment on column baleen_store.chains.genesis_hash is 'sha256 of the genesis without insignificant white space. NULL: no source had it.';
comment on column baleen_store.chains.genesis_file_sha256 is 'sha256 of the genesis file as it was. NULL: no source had it.';
comment on column baleen_store.chains.bech32_prefix is 'Prefix of account addresses. NULL: nothing tells it.';
comment on column baleen_store.chains.leaf_heights is 'Heights of a partition of events; smaller tables have a multiple of it.';
comment on column baleen_store.chains.last_write is 'When the last batch was committed. NULL: never.';

create table baleen_store.ranges (
  chain_id text collate "C" not null,
  kind text not null,
  from_height int8 not null,
  to_height int8 not null,
  constraint ranges_key primary key (chain_id, kind, from_height),
  constraint ranges_chain foreign key (chain_id) references baleen_store.chains,
  constraint ranges_kind check (kind in ('blocks', 'results', 'validator_sets', 'consensus_params')),
  constraint ranges_order check (from_height <= to_height)
);
comment on table baleen_store.ranges is 'The ledger: one row is a range of heights whose rows are there, committed with them. Ranges never touch. Key: chain_id, kind, from_height.';
comment on column baleen_store.ranges.chain_id is 'The chain''s id.';
comment on column baleen_store.ranges.kind is 'What is there: blocks, results, validator_sets or consensus_params.';
comment on column baleen_store.ranges.from_height is 'First height.';
comment on column baleen_store.ranges.to_height is 'Last height, included.';

create table baleen_store.wanted_ranges (
  chain_id text collate "C" not null,
  from_height int8 not null,
  to_height int8 not null,
  constraint wanted_ranges_key primary key (chain_id, from_height),
  constraint wanted_ranges_chain foreign key (chain_id) references baleen_store.chains,
  constraint wanted_ranges_order check (from_height <= to_height)
);
comment on table baleen_store.wanted_ranges is 'One row is a range of heights that was asked for. Ranges never touch. Key: chain_id, from_height.';
comment on column baleen_store.wanted_ranges.chain_id is 'The chain''s id.';
comment on column baleen_store.wanted_ranges.from_height is 'First height.';
comment on column baleen_store.wanted_ranges.to_height is 'Last height, included.';

create table baleen_store.failed_ranges (
  chain_id text collate "C" not null,
  from_height int8 not null,
  to_height int8 not null,
  reason text not null,
  attempts int4 not null default 1,
  last_failed timestamptz not null default now(),
  next_try timestamptz,
  constraint failed_ranges_key primary key (chain_id, from_height, to_height),
  constraint failed_ranges_chain foreign key (chain_id) references baleen_store.chains
);
comment on table baleen_store.failed_ranges is 'One row is a range of heights that could not be written; gone once it is. Key: chain_id, from_height, to_height.';
comment on column baleen_store.failed_ranges.chain_id is 'The chain''s id.';
comment on column baleen_store.failed_ranges.from_height is 'First height.';
comment on column baleen_store.failed_ranges.to_height is 'Last height, included.';
comment on column baleen_store.failed_ranges.reason is 'The error, as it was told.';
comment on column baleen_store.failed_ranges.attempts is 'How often it was tried.';
comment on column baleen_store.failed_ranges.last_failed is 'When it failed last.';
comment on column baleen_store.failed_ranges.next_try is 'When it is tried again. NULL: when somebody asks.';

create table baleen_store.leaves (
  leaf text not null,
  chain_id text collate "C" not null,
  table_name text not null,
  from_height int8 not null,
  to_height int8 not null,
  sealed_at timestamptz,
  constraint leaves_key primary key (leaf),
  constraint leaves_heights_key unique (chain_id, table_name, from_height),
  constraint leaves_chain foreign key (chain_id) references baleen_store.chains
);
comment on table baleen_store.leaves is 'One row is a partition that holds rows. Key: leaf.';
comment on column baleen_store.leaves.leaf is 'Name of the partition in schema baleen_store: table, chain number, running number.';
comment on column baleen_store.leaves.chain_id is 'The chain''s id.';
comment on column baleen_store.leaves.table_name is 'The table that it is a part of.';
comment on column baleen_store.leaves.from_height is 'First height it can hold.';
comment on column baleen_store.leaves.to_height is 'Last height it can hold, included.';
comment on column baleen_store.leaves.sealed_at is 'When it was whole and got its indexes and its CHECK of times. NULL: loading.';

create table baleen_store.validator_set_ranges (
  chain_id text collate "C" not null,
  from_height int8 not null,
  to_height int8 not null,
  validators_hash bytea not null,
  constraint validator_set_ranges_key primary key (chain_id, from_height)
);
comment on table baleen_store.validator_set_ranges is 'One row is a range of heights that one validator set voted on; equal neighbours are one. Key: chain_id, from_height.';
comment on column baleen_store.validator_set_ranges.chain_id is 'The chain''s id.';
comment on column baleen_store.validator_set_ranges.from_height is 'First height.';
comment on column baleen_store.validator_set_ranges.to_height is 'Last height, included.';
comment on column baleen_store.validator_set_ranges.validators_hash is 'The set, in validator_sets.';

create table baleen_store.consensus_params_ranges (
  chain_id text collate "C" not null,
  from_height int8 not null,
  to_height int8 not null,
  params_hash bytea not null,
  constraint consensus_params_ranges_key primary key (chain_id, from_height)
);
comment on table baleen_store.consensus_params_ranges is 'One row is a range of heights that parameters were in force at; equal neighbours are one. Key: chain_id, from_height.';
comment on column baleen_store.consensus_params_ranges.chain_id is 'The chain''s id.';
comment on column baleen_store.consensus_params_ranges.from_height is 'First height.';
comment on column baleen_store.consensus_params_ranges.to_height is 'Last height, included.';
comment on column baleen_store.consensus_params_ranges.params_hash is 'The parameters, in consensus_params.';

create table baleen_store.genesis_chunks (
  chain_id text collate "C" not null,
  chunk_index int4 not null,
  bytes bytea not null,
  constraint genesis_chunks_key primary key (chain_id, chunk_index),
  constraint genesis_chunks_chain foreign key (chain_id) references baleen_store.chains
);
alter table baleen_store.genesis_chunks alter bytes set storage external;
comment on table baleen_store.genesis_chunks is 'One row is a piece of a chain''s genesis document; joined in order they are the document. Key: chain_id, chunk_index.';
comment on column baleen_store.genesis_chunks.chain_id is 'The chain''s id.';
comment on column baleen_store.genesis_chunks.chunk_index is 'Position, from 0.';
comment on column baleen_store.genesis_chunks.bytes is 'At most 1 MiB.';
