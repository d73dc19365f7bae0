-- The chains of the Cosmos Hub, which began anew under new ids as Terra's did. A user's own rows of them stay as they are.
insert into baleen_store.lineages (chain_id, lineage, position) values
  ('cosmoshub-1', 'cosmoshub', 1),
  ('cosmoshub-2', 'cosmoshub', 2),
  ('cosmoshub-3', 'cosmoshub', 3),
  ('cosmoshub-4', 'cosmoshub', 4)
on conflict do nothing;

update baleen_store.chains c set lineage = l.lineage
from baleen_store.lineages l
where l.chain_id = c.chain_id and l.lineage = 'cosmoshub' and c.lineage = c.chain_id;
