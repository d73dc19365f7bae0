-- The key is the parent's.
create index {leaf}_hash on baleen_store.{leaf} using hash (upper(encode(block_hash, 'hex')));
create index {leaf}_time on baleen_store.{leaf} (time);
create index {leaf}_proposer on baleen_store.{leaf} (proposer_consensus_address, height);
