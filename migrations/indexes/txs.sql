create unique index {leaf}_key on baleen_store.{leaf} (height, tx_index);
create index {leaf}_fee_payer on baleen_store.{leaf} (fee_payer, height);
create index {leaf}_latest on baleen_store.{leaf} (time desc, height desc, tx_index desc);
