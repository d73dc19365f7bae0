create unique index {leaf}_key on baleen_store.{leaf} (height, vote_index);
create index {leaf}_address on baleen_store.{leaf} (address, height);
create index {leaf}_operator on baleen_store.{leaf} (operator_address, height);
create index {leaf}_time on baleen_store.{leaf} using brin (time) with (pages_per_range = 32);
