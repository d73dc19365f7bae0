create unique index {leaf}_key on baleen_store.{leaf} (height);
