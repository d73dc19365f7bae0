-- The choice of the application that reads a chain's txs: made once, used by every later source.

create table baleen_store.applications (
  chain_id text collate "C" not null,
  from_height int8 not null,
  application text not null,
  reason text not null,
  constraint applications_key primary key (chain_id, from_height),
  constraint applications_chain foreign key (chain_id) references baleen_store.chains
);
comment on table baleen_store.applications is 'One row is an application that reads the txs of a chain, from a height up to the next row''s. Key: chain_id, from_height.';
comment on column baleen_store.applications.chain_id is 'The chain''s id.';
comment on column baleen_store.applications.from_height is 'First height that it reads.';
comment on column baleen_store.applications.application is 'Name of the application, as baleen index --application takes it: columbus-5.';
comment on column baleen_store.applications.reason is 'What told that it is this one, in words.';
