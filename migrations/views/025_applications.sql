create or replace view baleen.applications as
select
  a.chain_id,
  c.lineage,
  a.from_height,
  lead(a.from_height) over (partition by a.chain_id order by a.from_height) - 1 as to_height,
  a.application,
  a.reason
from baleen_store.applications a
join baleen_store.chains c on c.chain_id = a.chain_id;

comment on view baleen.applications is 'One row is a range of heights whose txs one application reads: its messages, and how its REST prints them. Chosen when the chain is indexed first, and used by every later source; baleen redecode --application changes it. Key: chain_id, from_height. Cost: small.';
comment on column baleen.applications.from_height is 'First height that it reads.';
comment on column baleen.applications.to_height is 'Last height that it reads. NULL: no other follows.';
comment on column baleen.applications.application is 'Name of the application, as --application takes it: columbus-5. docs/eras.md lists them with their messages.';
comment on column baleen.applications.reason is 'What told that it is this one, in words: the chain''s id, an upgrade that it carried out, modules of its genesis, its stores, a name that was given; or that nothing tells another.';
