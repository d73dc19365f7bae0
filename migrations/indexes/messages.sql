create unique index {leaf}_key on baleen_store.{leaf} (height, tx_index, msg_index, path);
create index {leaf}_time on baleen_store.{leaf} using brin (time) with (pages_per_range = 32);
create index {leaf}_name on baleen_store.{leaf} (name, height);
