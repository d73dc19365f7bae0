-- Commits of Tendermint 0.31 and 0.32 hold whole votes, and a vote may be for another block than the commit.

alter table baleen_store.commits
  add other_block_ids bytea[];
