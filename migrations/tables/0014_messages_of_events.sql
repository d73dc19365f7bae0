-- Rows that are there already keep NULL, and coverage says of them version 1.

alter table baleen_store.events
  add msg_index int4;
