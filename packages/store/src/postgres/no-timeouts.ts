/** A load, an index or a wait for a lock takes as long as it takes, whatever the server, the database or the role gives others.
 * transaction_timeout is of PostgreSQL 17. */
export const NO_TIMEOUTS = `
  set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0; set idle_session_timeout = 0;
  select set_config(name, '0', false) from pg_settings where name = 'transaction_timeout' and setting <> '0'`;
