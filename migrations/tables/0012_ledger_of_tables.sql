-- The ledger knows of each table which heights of it are there, and which version of it made the rows: a table that is new to a
-- database is absent, not empty.

alter table baleen_store.ranges add version int4;
comment on column baleen_store.ranges.version is 'Of a table: the version that made the rows; a later one makes others of the same blocks. NULL: the kind has none.';
comment on column baleen_store.ranges.kind is 'What is there: blocks, results, table:<name> (the rows of a table, be it none), or state:<store> (a module''s store at one height).';

alter table baleen_store.ranges drop constraint ranges_kind;
update baleen_store.ranges set kind = 'table:' || kind, version = 1 where kind in ('validator_sets', 'consensus_params');
insert into baleen_store.ranges (chain_id, kind, version, from_height, to_height)
select r.chain_id, 'table:' || t.name, 1, r.from_height, r.to_height
from baleen_store.ranges r
join (values
  ('blocks', 'blocks'), ('txs', 'blocks'), ('tx_hashes', 'blocks'), ('messages', 'blocks'), ('tx_signatures', 'blocks'),
  ('tx_fees', 'blocks'), ('events', 'results'), ('commits', 'blocks'), ('missed_votes', 'blocks'), ('evidence', 'blocks'),
  ('validator_operators', 'results'), ('validators', 'blocks')
) as t (name, needs) on t.needs = r.kind;
alter table baleen_store.ranges add constraint ranges_kind
  check (kind in ('blocks', 'results') or kind like 'table:_%' or kind like 'state:_%');
