create unique index {leaf}_key on baleen_store.{leaf} (height, event_index);
create index {leaf}_time on baleen_store.{leaf} using brin (time) with (pages_per_range = 32);
create index {leaf}_attributes on baleen_store.{leaf} using gin (attributes jsonb_path_ops);
create index {leaf}_type on baleen_store.{leaf} using brin (type text_bloom_ops) with (pages_per_range = 32);
