-- Leaves of txs and events get indexes that they did not have when they were sealed: the next `finish` builds them. Of txs a btree of
-- times takes the place of the BRIN index.

update baleen_store.leaves set sealed_at = null where table_name in ('txs', 'events');
