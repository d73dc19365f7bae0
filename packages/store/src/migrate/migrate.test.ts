import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateTables, tables } from '@baleen/tables';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded } from '../embedded/index.ts';
import { openStore, type Store } from '../index.ts';

describe('migrate', () => {
  it('is done once when eight start at once', async () => {
    const database = await createEmptyDatabase();
    const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(database.url)));
    expect((await stores[0]!.migrate({ dryRun: true })).length).toBeGreaterThan(3);
    const ran = await Promise.all(stores.map((store) => store.migrate()));
    expect(ran.filter(({ length }) => length > 0)).toHaveLength(1);
    expect(await stores[0]!.migrate({ dryRun: true })).toEqual([]);
    await Promise.all(stores.map((store) => store.close()));
    await database.drop();
  });

  it('is done in two databases of one cluster at once', async () => {
    const databases = await Promise.all([createEmptyDatabase(), createEmptyDatabase()]);
    const stores = await Promise.all(databases.map(({ url }) => openStore(url)));
    await Promise.all(stores.map((store) => store.migrate()));
    await Promise.all(stores.map((store) => store.close()));
    await Promise.all(databases.map((database) => database.drop()));
  });

  it('refuses a table file that was applied in another form, and a database of a newer version', async () => {
    const database = await createDatabase();
    const store = await openStore(database.url);
    await store.query(`update baleen_store.definitions set hash = 'x' where name = 'tables/0001_chains.sql'`);
    await expect(store.migrate()).rejects.toMatchObject({
      code: 'STORE_MIGRATION_CHANGED',
      kind: 'operator',
    });
    await store.query(`insert into baleen_store.definitions values ('tables/9999_later.sql', 'x')`);
    await expect(store.migrate()).rejects.toMatchObject({ code: 'STORE_NEWER_DATABASE', kind: 'operator' });
    await store.close();
    await database.drop();
  });

  it('makes views and functions anew whose columns moved, though they stand on one another', async () => {
    const database = await createDatabase();
    const store = await openStore(database.url);
    const file = 'views/290_state_market.sql';
    await store.query(`do $$ begin
      drop function baleen.swap_quote;
      drop view baleen.treasury_indicators, baleen.market_denoms, baleen.market_pools;
      create view baleen.market_pools as select 1 as pool;
      create function baleen.swap_quote(offer_amount numeric, offer_denom text, ask_denom text) returns table (amount int)
        language sql begin atomic select m.pool from baleen.market_pools m; end;
      update baleen_store.definitions set hash = 'x' where name = '${file}';
    end $$`);
    await store.migrate();
    expect(await store.query(`select amount from baleen.swap_quote(1, 'uluna', 'uusd')`)).toEqual([]);
    await store.close();
    await database.drop();
  });

  it('makes a function anew whose columns moved alone', async () => {
    const database = await createDatabase();
    const store = await openStore(database.url);
    await store.query(`do $$ begin
      drop function baleen.swap_quote;
      create function baleen.swap_quote(offer_amount numeric, offer_denom text, ask_denom text) returns table (amount int)
        language sql return 1;
      update baleen_store.definitions set hash = 'x' where name = 'views/290_state_market.sql';
    end $$`);
    await store.migrate();
    expect(await store.query(`select amount from baleen.swap_quote(1, 'uluna', 'uusd')`)).toEqual([]);
    await store.close();
    await database.drop();
  });

  it('says what an administrator must do when the login may not create roles, and goes on once it is done', async () => {
    // Roles are of the whole server, and the tests' own has the role already.
    const dataDir = mkdtempSync(join(tmpdir(), 'baleen-roles-'));
    const server = await startEmbedded({ dataDir, settings: { fsync: 'off' } });
    try {
      const admin = await openStore(server.url);
      await admin.query(`create role plain login password 'plain'`);
      await admin.query('create database plain owner plain');
      const url = Object.assign(new URL(server.url), {
        username: 'plain',
        password: 'plain',
        pathname: '/plain',
      });
      const store = await openStore(url.href);
      const refused = await store.migrate().catch((error: unknown) => error as Error);
      expect(refused).toMatchObject({ code: 'STORE_ROLE_REFUSED', kind: 'operator' });
      const [, remedy] = /as an administrator: (.*)$/.exec((refused as Error).message)!;
      expect(remedy).toMatchInlineSnapshot(
        `"create role baleen_reader nologin; alter role baleen_reader set search_path = baleen"`,
      );
      expect(await store.query(`select to_regnamespace('baleen') as schema`)).toEqual([{ schema: null }]);
      await admin.query(remedy!);
      await store.migrate();
      expect(await store.query('select * from baleen.chains')).toEqual([]);
      await store.close();
      await admin.close();
    } finally {
      await server.release();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('says what to grant when the login may not create schemas, and goes on in schemas that an administrator made', async () => {
    const database = await createEmptyDatabase();
    const admin = await openStore(database.url);
    await admin.query(
      `do $$ begin create role weak login password 'x'; exception when duplicate_object then null; end $$`,
    );
    const store = await openStore(
      Object.assign(new URL(database.url), { username: 'weak', password: 'x' }).href,
    );
    const refused = await store.migrate().catch((error: unknown) => error as Error);
    expect(refused).toMatchObject({ code: 'STORE_SCHEMA_REFUSED', kind: 'operator' });
    const [, remedy] = /an administrator: (grant create on database \w+ to weak)$/.exec(
      (refused as Error).message,
    )!;
    expect(remedy).toBeDefined();
    await admin.query(
      'create schema baleen authorization weak; create schema baleen_store authorization weak',
    );
    await admin.query(`do $$ begin create role baleen_reader nologin; exception when duplicate_object then null; end $$;
      alter role baleen_reader set search_path = baleen`);
    await store.migrate();
    expect(await store.query('select * from baleen.chains')).toEqual([]);
    await store.close();
    await admin.close();
    await database.drop();
  });

  it('tells which server it could not reach, without the password', async () => {
    await expect(openStore('postgres://me:secret@127.0.0.1:1/none')).rejects.toThrow(
      /^connect to Postgres at postgres:\/\/127\.0\.0\.1:1\/none: .*ECONNREFUSED/,
    );
  });
});

describe('the migrated database', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it.each([...Object.values(tables), ...stateTables])('has $name as its file tells it', async (table) => {
    const columns = await store.query(
      `select a.attname as name, format_type(a.atttypid, null) as type, not a.attnotnull as nullable,
         col_description(a.attrelid, a.attnum) as doc, obj_description(a.attrelid) as table_doc
       from pg_attribute a where a.attrelid = to_regclass($1) and a.attnum > 0 order by a.attnum`,
      [`baleen_store.${table.name}`],
    );
    expect(columns).toEqual(
      table.columns.map(({ name, type, nullable, doc }) => ({
        name,
        type: CATALOGUE_NAMES[type.replace('[]', '')]! + (type.endsWith('[]') ? '[]' : ''),
        nullable,
        doc,
        table_doc: table.doc,
      })),
    );
  });

  it('has a comment on every table, view and column', async () => {
    const bare = await store.query(
      `select c.oid::regclass::text || coalesce('.' || a.attname, '') as name
       from pg_class c
       left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where c.relnamespace in ('baleen'::regnamespace, 'baleen_store'::regnamespace) and c.relkind in ('r', 'p', 'v')
         and c.relname <> 'definitions'
         and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)`,
    );
    expect(bare).toEqual([]);
  });

  it('gives a column no comment of a table that its view does not read, nor one of several that differ', async () => {
    await store.query(`do $$ begin
      create view baleen.stranger as select 1 as denom, 2 as voter;
      create view baleen.two_kinds as select e.kind, e.evidence_height, f.payer from baleen_store.evidence e, baleen_store.tx_fees f where e.kind = f.kind;
      update baleen_store.definitions set hash = 'x' where name = 'views/900_common_comments.sql';
    end $$`);
    await store.migrate();
    const columns = await store.query(
      `select attrelid::regclass || '.' || attname as name, col_description(attrelid, attnum) as doc from pg_attribute
       where attrelid in ('baleen.stranger'::regclass, 'baleen.two_kinds'::regclass) and attnum > 0 order by 1`,
    );
    expect(columns).toEqual([
      { name: 'stranger.denom', doc: null },
      { name: 'stranger.voter', doc: null },
      { name: 'two_kinds.evidence_height', doc: 'Height that the misbehaviour happened at.' },
      { name: 'two_kinds.kind', doc: null },
      { name: 'two_kinds.payer', doc: expect.stringMatching(/^Granter of the fee/) },
    ]);
    await store.query('drop view baleen.stranger, baleen.two_kinds');
  });

  it('has a comment on every function', async () => {
    const bare = await store.query(
      `select p.oid::regprocedure::text as name from pg_proc p
       where p.pronamespace in ('baleen'::regnamespace, 'baleen_store'::regnamespace) and obj_description(p.oid) is null`,
    );
    expect(bare).toEqual([]);
  });

  it('lets the reader see the views and nothing else', async () => {
    const rights = await store.query(
      `select c.relnamespace::regnamespace::text as schema, bool_and(has_table_privilege('baleen_reader', c.oid, 'select')) as every,
         bool_or(has_table_privilege('baleen_reader', c.oid, 'select, insert, update, delete')) as any
       from pg_class c where c.relnamespace in ('baleen'::regnamespace, 'baleen_store'::regnamespace) and c.relkind in ('r', 'p', 'v')
       group by 1 order by 1`,
    );
    expect(rights).toEqual([
      { schema: 'baleen', every: true, any: true },
      { schema: 'baleen_store', every: false, any: false },
    ]);
  });

  it('lets the reader name the views without their schema', async () => {
    expect(await store.query(`select rolconfig from pg_roles where rolname = 'baleen_reader'`)).toEqual([
      { rolconfig: ['search_path=baleen'] },
    ]);
  });

  it('shows the promised columns', async () => {
    const rows = await store.query(
      `select c.relname as view, string_agg(a.attname, ' ' order by a.attnum) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where c.relnamespace = 'baleen'::regnamespace and c.relkind = 'v' group by 1 order by 1`,
    );
    expect(Object.fromEntries(rows.map(({ view, columns }) => [view, columns]))).toMatchInlineSnapshot(`
      {
        "accounts": "chain_id lineage address type account_number sequence public_key module_name permissions vesting vesting_raw from_height to_height address_raw module_name_raw",
        "balances": "chain_id lineage address denom amount from_height to_height address_raw denom_raw",
        "blocks": "chain_id lineage height time time_ns block_hash proposer_consensus_address proposer_operator_address tx_count size app_hash version_block version_app num_txs total_txs last_block_hash last_parts_total last_parts_hash last_commit_hash data_hash validators_hash next_validators_hash consensus_hash last_results_hash evidence_hash proposer_address_hex parts_total parts_hash results_hash validator_updates",
        "chains": "chain_id lineage predecessor successor first_height last_height head_height complete_to lag_seconds last_write head_time bech32_prefix genesis_hash genesis_file_sha256 first_indexed last_indexed missing results_missing results_complete_to state_height",
        "commit_signatures": "chain_id lineage height time time_ns vote_index consensus_address operator_address flag signature round commit_time consensus_address_hex other_block_id",
        "community_pool": "chain_id lineage denom amount from_height to_height denom_raw",
        "consensus_params": "chain_id lineage from_height to_height block_max_bytes block_max_gas block_time_iota_ms evidence_max_age_blocks evidence_max_age_ns evidence_max_bytes validator_key_types app_version vote_extensions_height proposer_time_height synchrony_precision_ns synchrony_delay_ns",
        "contract_state": "chain_id lineage contract key key_text value value_json from_height to_height contract_raw",
        "coverage": "chain_id lineage kind from_height to_height version",
        "delegations": "chain_id lineage delegator operator_address moniker shares denom amount from_height to_height delegator_raw operator_address_raw",
        "denoms": "chain_id lineage denom metadata metadata_raw from_height to_height denom_raw",
        "event_attributes": "chain_id lineage height time time_ns tx_index tx_hash success event_index attribute_index phase type key value",
        "events": "chain_id lineage height time time_ns tx_index tx_hash success event_index phase phase_index msg_index type attributes type_raw attributes_raw mode reverted",
        "evidence": "chain_id lineage height time time_ns evidence_index validator_index kind consensus_address operator_address evidence_height power total_power evidence_time evidence_time_ns raw",
        "failed_ranges": "chain_id lineage from_height to_height reason attempts next_try last_failed",
        "fee_allowances": "chain_id lineage granter grantee allowance allowance_raw from_height to_height granter_raw grantee_raw",
        "gaps": "chain_id lineage kind from_height to_height reason",
        "grants": "chain_id lineage granter grantee message_type expiration expiration_ns authorization_value authorization_value_raw from_height to_height granter_raw grantee_raw message_type_raw",
        "historical_infos": "chain_id lineage height value value_raw from_height to_height",
        "market_denoms": "chain_id lineage denom rate tobin_tax as_of_height",
        "market_pools": "chain_id lineage base_pool terra_pool_delta terra_pool luna_pool min_spread as_of_height",
        "messages": "chain_id lineage height time time_ns tx_index tx_hash success msg_index path type name value fields raw value_raw fields_raw type_raw path_raw name_raw",
        "missed_votes": "chain_id lineage height time time_ns vote_index consensus_address operator_address flag",
        "module_params": "chain_id lineage subspace key name value value_raw from_height to_height subspace_raw key_raw",
        "module_values": "chain_id lineage module name key value value_raw from_height to_height key_raw",
        "oracle_operators": "chain_id lineage operator_address moniker feeder misses operator_address_raw",
        "oracle_prevotes_now": "chain_id lineage operator_address denom hash submit_block from_height to_height operator_address_raw denom_raw",
        "oracle_prices_now": "chain_id lineage denom rate from_height to_height denom_raw",
        "oracle_tobin_taxes_now": "chain_id lineage denom tax from_height to_height denom_raw",
        "oracle_votes_now": "chain_id lineage operator_address aggregate rate_index denom rate from_height to_height operator_address_raw denom_raw",
        "outstanding_rewards": "chain_id lineage operator_address moniker denom amount from_height to_height operator_address_raw denom_raw",
        "pending_commission": "chain_id lineage operator_address moniker denom amount as_of_height operator_address_raw denom_raw",
        "pending_rewards": "chain_id lineage delegator operator_address moniker denom amount as_of_height delegator_raw operator_address_raw",
        "proposal_deposits_state": "chain_id lineage proposal_id depositor denom amount from_height to_height depositor_raw denom_raw",
        "proposal_tallies": "chain_id lineage proposal_id yes abstain no no_with_veto as_of_height",
        "proposal_votes_state": "chain_id lineage proposal_id voter option_index option weight from_height to_height voter_raw",
        "proposals_state": "chain_id lineage proposal_id title content_type status submit_time submit_time_ns deposit_end_time deposit_end_time_ns voting_start_time voting_start_time_ns voting_end_time voting_end_time_ns value value_raw from_height to_height",
        "redelegations": "chain_id lineage delegator source_operator_address destination_operator_address entry_index creation_height completion_time completion_time_ns denom initial_balance shares_destination balance from_height to_height delegator_raw source_operator_address_raw destination_operator_address_raw",
        "signing_infos": "chain_id lineage consensus_address operator_address moniker start_height index_offset jailed_until jailed_until_ns tombstoned missed_blocks_counter from_height to_height consensus_address_raw",
        "sources": "chain_id lineage address host backend version base_height head_height requests errors bytes concurrency trouble trouble_since last_seen readers",
        "storage": "chain_id lineage table_name partitions rows_estimate heap_bytes index_bytes toast_bytes total_bytes",
        "supply": "chain_id lineage denom amount from_height to_height denom_raw",
        "treasury_indicators": "chain_id lineage epoch tax_rewards staked trl_year trl_month as_of_height",
        "tx_fees": "chain_id lineage height time time_ns tx_index tx_hash success fee_index denom amount kind payer charged denom_raw payer_raw",
        "tx_signatures": "chain_id lineage height time time_ns tx_index tx_hash success signature_index signer public_key sequence sign_mode signature members public_key_raw signer_raw",
        "txs": "chain_id lineage height time time_ns tx_index tx_hash success code codespace gas_wanted gas_used memo fee_payer fee_granter message_count log data raw info fee_gas timeout_height decode_error memo_raw log_raw info_raw codespace_raw fee_payer_raw",
        "unbonding_delegations": "chain_id lineage delegator operator_address moniker entry_index creation_height completion_time completion_time_ns denom initial_balance balance from_height to_height delegator_raw operator_address_raw",
        "undecoded": "chain_id lineage kind name things first_height last_height",
        "validator_sets": "chain_id lineage consensus_address operator_address key_type public_key voting_power from_height to_height consensus_address_hex",
        "validator_slashes": "chain_id lineage operator_address moniker height validator_period fraction from_height to_height operator_address_raw",
        "validators": "chain_id lineage operator_address consensus_address moniker status jailed tokens delegator_shares commission_rate commission_max_rate commission_max_change_rate commission_update_time commission_update_time_ns min_self_delegation unbonding_height unbonding_time unbonding_time_ns operator_account description description_raw consensus_pubkey key_type public_key start_height missed_blocks_counter jailed_until jailed_until_ns tombstoned from_height to_height operator_address_raw operator_account_raw consensus_address_raw",
        "vesting": "chain_id lineage address denom original_vesting vested vesting delegated_free delegated_vesting balance spendable start_time end_time schedules as_of_height as_of_time from_height to_height address_raw denom_raw",
        "wasm_codes": "chain_id lineage code_id creator checksum from_height to_height",
        "wasm_contracts": "chain_id lineage address code_id creator admin migratable init_message init_message_raw value value_raw from_height to_height address_raw admin_raw",
        "withdraw_addresses": "chain_id lineage delegator withdraw_address from_height to_height delegator_raw",
        "workers": "chain_id lineage worker_id host pid command state doing doing_since started_at last_seen heights rows bytes heights_per_second rss_bytes",
      }
    `);
  });
});

const CATALOGUE_NAMES: Record<string, string> = {
  text: 'text',
  bytea: 'bytea',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  numeric: 'numeric',
  decimal: 'numeric',
  bool: 'boolean',
  jsonb: 'jsonb',
  timestamptz: 'timestamp with time zone',
};
