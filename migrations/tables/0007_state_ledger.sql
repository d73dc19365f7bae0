-- At which height application state is there: one height per chain, committed with its rows.

alter table baleen_store.ranges drop constraint ranges_kind;
alter table baleen_store.ranges add constraint ranges_kind
  check (kind in ('blocks', 'results', 'validator_sets', 'consensus_params') or kind like 'state:_%');
comment on column baleen_store.ranges.kind is 'What is there: blocks, results, validator_sets, consensus_params, or state:<store>, a module''s store at one height.';

alter table baleen_store.undecoded drop constraint undecoded_kind;
alter table baleen_store.undecoded add constraint undecoded_kind check (kind in ('message', 'tx', 'text', 'state'));
comment on column baleen_store.undecoded.kind is 'message, tx, text or state.';
comment on column baleen_store.undecoded.name is 'Type of the message; '''' of a tx; table.column of a text; store of state.';

create table baleen_store.states (
  chain_id text collate "C" not null,
  height int8 not null,
  app_hash bytea not null,
  is_proved bool not null,
  leaves int8 not null,
  constraint states_key primary key (chain_id),
  constraint states_chain foreign key (chain_id) references baleen_store.chains
);
comment on table baleen_store.states is 'One row is the state of a chain that the state tables hold; replaced with their rows. Key: chain_id.';
comment on column baleen_store.states.chain_id is 'The chain''s id.';
comment on column baleen_store.states.height is 'The state is the one after this block was executed.';
comment on column baleen_store.states.app_hash is 'Computed from the stores; the header of the next block has the same one.';
comment on column baleen_store.states.is_proved is 'Whether the node''s consensus or an indexed block knew the app hash when the state was written.';
comment on column baleen_store.states.leaves is 'Keys of all stores that were read.';
