-- The pools of a chain's modules are a few accounts of millions.
create index state_accounts_module on baleen_store.state_accounts (module_name) where module_name is not null and to_height is null;
