/** Every column of every table of facts, changed by one byte in one row, is found by `verify` at its height; so is a row that is gone,
 * added or swapped with another. */
import type { BlockRange, StoredRef } from '@baleen/chain';
import { openStored } from '@baleen/store/stored';
import { openStoredRows } from '@baleen/store/stored-rows';
import {
  type Column,
  contentTables,
  heightTables,
  type Table,
  type TableName,
  tableNames,
  tables,
} from '@baleen/tables';
import { createDatabase, type TestDatabase } from '@baleen/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { batchesOf } from '../walk/batches-of.ts';
import { storedKind } from '../walk/stored-kind.ts';
import type { VerifyFault } from './fault-list.ts';
import { faultOfRow, openVerifier, unreadable } from './verify-blocks.ts';

const CHAINS = ['baleen-col5-a', 'devnet-col4-a'];

/** A value of the type with one byte changed, as an SQL expression of the old one, `c`. */
const CHANGED: Readonly<Record<string, string>> = {
  text: `case when coalesce(c, '') = '' then 'a' else left(c, -1) || case right(c, 1) when 'a' then 'b' else 'a' end end`,
  bytea: `case when coalesce(length(c), 0) = 0 then '\\x01'::bytea else set_byte(c, length(c) - 1, get_byte(c, length(c) - 1) # 1) end`,
  int2: 'coalesce(c, 0) # 1::int2',
  int4: 'coalesce(c, 0) # 1',
  int8: 'coalesce(c, 0) # 1',
  numeric: 'coalesce(c, 0) + 1',
  bool: 'not coalesce(c, false)',
  jsonb: `case when c is null then '1'::jsonb else
    regexp_replace(c::text, '([0-9])([^0-9]*)$', case when c::text ~ '1[^0-9]*$' then '2\\2' else '1\\2' end)::jsonb end`,
  timestamptz: `c + interval '1 microsecond'`,
};

function changed({ name, type }: Column, isKey: boolean): string {
  if (isKey && type.startsWith('int')) return `${name} + 1000`;
  if (!type.endsWith('[]')) return CHANGED[type]!.replaceAll(/\bc\b/g, name);
  return `coalesce((select array_agg(case when o = 1 then ${CHANGED[type.slice(0, -2)]} else c end order by o)
    from unnest(${name}) with ordinality as u (c, o)), array[null]::${type})`;
}

const HEADER = /^block_hash \(the header\)$/;
const PARTS = /^parts_hash \(/;
const FACTS = /^digests\.facts \(.*gas, log or info/;
const EVENTS = /^digests\.events \(an event\)$/;
const SET = /^validators_hash \(|^its rows$/;
/** Columns of which a block is made: the hash or digest that covers one names it. Any other column is named itself. */
const COVERED: Readonly<Record<string, RegExp>> = {
  ...of(
    'blocks',
    ['time_ns', 'version_block', 'version_app', 'app_hash', 'proposer_address', 'block_hash'],
    HEADER,
  ),
  ...of(
    'blocks',
    ['last_block_hash', 'last_parts_total', 'last_parts_hash'],
    /^last_parts_total, last_parts_hash$/,
  ),
  'blocks.parts_total': /^parts_total$/,
  'blocks.parts_hash': PARTS,
  'blocks.last_commit_hash': /^last_commit_hash \(/,
  'blocks.data_hash': /^data_hash \(/,
  'blocks.validators_hash': /^validators_hash \(/,
  'blocks.next_validators_hash': /^next_validators_hash \(/,
  'blocks.consensus_hash': /^consensus_hash \(/,
  'blocks.last_results_hash': /^last_results_hash of the next header/,
  'blocks.evidence_hash': /^evidence_hash \(/,
  'blocks.size': /^size$/,
  'blocks.validator_updates': FACTS,
  ...of('commits', ['round'], PARTS),
  ...of('commits', ['block_hash', 'parts_total', 'parts_hash'], /^the commit's block id$/),
  ...of('commits', ['flags', 'addresses', 'times_ns', 'signatures'], /^last_commit_hash \(/),
  ...of('txs', ['codespace', 'gas_wanted', 'gas_used', 'log', 'info'], FACTS),
  ...of('txs', ['codespace_raw', 'log_raw', 'info_raw'], FACTS),
  ...of('txs', ['code', 'data'], /^last_results_hash of the next header/),
  'txs.raw': /^data_hash \(/,
  'txs.tx_index': /^data_hash \(/,
  ...of('events', ['event_index', 'phase', 'tx_index', 'type', 'type_raw', 'attributes'], EVENTS),
  'events.attributes_raw': /^its rows$/,
  'evidence.raw': /^evidence_hash \(/,
  ...of('validators', ['address', 'key_type', 'public_key'], SET),
  ...of('validator_sets', ['validators_hash', 'addresses', 'voting_powers'], SET),
  ...of(
    'consensus_params',
    tables.consensus_params.columns.map(({ name }) => name),
    /^consensus_params|^its rows$/,
  ),
};

function of(table: TableName, columns: readonly string[], field: RegExp): Record<string, RegExp> {
  return Object.fromEntries(columns.map((column) => [`${table}.${column}`, field]));
}

const isContent = (name: TableName): boolean => (contentTables as readonly string[]).includes(name);
const keyOf = (name: TableName): readonly string[] =>
  ((tables[name] as Table).storage as { readonly key: readonly string[] }).key;

interface Place {
  readonly chainId: string;
  readonly height: number;
  readonly ctid: string;
  readonly leaf: string;
}

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase({ holding: ['terra-columbus4-devnet', 'terra-columbus5-devnet'] });
  client = new pg.Client(database.url);
  await client.connect();
  // A sealed leaf refuses other times than its own.
  const { rows } = await client.query(
    `select conrelid::regclass::text as leaf from pg_constraint where conname = 'times'`,
  );
  for (const { leaf } of rows) await client.query(`alter table ${leaf} drop constraint times`);
});
afterAll(async () => {
  for (const close of toClose) await close();
  await client.end();
  await database.drop();
});

/** Faults of some heights, as the threads of the command find them.
 *
 * @param isFresh  whether nothing that was read before is kept: validator sets and params */
async function faultsOf(chainId: string, range: BlockRange, isFresh = false): Promise<VerifyFault[]> {
  const { verifier, source } = isFresh ? await open(chainId) : await opened(chainId);
  const faults: VerifyFault[] = [];
  for await (const step of batchesOf(source, range)) {
    if (step.kind === 'fault') faults.push(unreadable(step.error.height, step.error));
    else faults.push(...(await verifier.blocks(step.blocks)).faults);
  }
  return faults;
}

async function open(chainId: string) {
  const ref: StoredRef = { kind: 'stored', databaseUrl: database.url, chainId, isAsWritten: true };
  const stored = await openStored(ref);
  await stored.close();
  const { era } = stored.chain;
  const verifier = await openVerifier({ databaseUrl: database.url, chainId, era, checksSignatures: false });
  const source = await storedKind(ref).open({});
  toClose.push(async () => {
    await verifier.close();
    source.close();
  });
  return { verifier, source };
}

const toClose: (() => Promise<void>)[] = [];
const kept = new Map<string, ReturnType<typeof open>>();
function opened(chainId: string): ReturnType<typeof open> {
  const known = kept.get(chainId) ?? open(chainId);
  kept.set(chainId, known);
  return known;
}

/** What belongs to no stored block. */
async function faultsBesides(chainId: string): Promise<VerifyFault[]> {
  const rows = await openStoredRows(database.url, chainId);
  const faults = await rows.besides();
  await rows.close();
  return faults.map(faultOfRow);
}

/** Rows of the table, those first that meet the earlier condition. */
async function placesOf(name: TableName, conditions: readonly string[]): Promise<Place[]> {
  const firstOfSet = `(select min(from_height) from baleen_store.validator_set_ranges r where r.chain_id = t.chain_id and r.validators_hash = t.validators_hash)`;
  const height = isContent(name) ? (name === 'validator_sets' ? firstOfSet : '0') : 'height';
  const within = isContent(name) ? 'true' : 'height between 3 and 280';
  for (const condition of conditions)
    for (const chainId of CHAINS) {
      const { rows } = await client.query<Place>(
        `select chain_id as "chainId", tableoid::regclass::text as leaf, ctid::text, ${height}::int as height
         from baleen_store.${name} t where chain_id = $1 and ${within} and ${condition} order by 4, ctid limit 50`,
        [chainId],
      );
      if (rows.length > 0) return rows;
    }
  throw new Error(`no row of ${name} in either chain`);
}

/** The heights of the blocks that bring a row, and one on both sides. */
function around(name: TableName, { height }: Place): BlockRange {
  if (isContent(name)) return { from: Math.max(1, height), to: height + 30 };
  const { heightsBelow = 0 } = tables[name].storage as { readonly heightsBelow?: number };
  return { from: height + heightsBelow - 1, to: height + heightsBelow + 1 };
}

const NOWHERE = ['chain_id', 'height'];
const mutations = tableNames.flatMap((name) =>
  (tables[name].columns as readonly Column[])
    .filter((column) => !NOWHERE.includes(column.name))
    .map((column) => [`${name}.${column.name}`, name, column] as const),
);

test('no column is without proof', () => {
  const unproved = tableNames.flatMap((name) =>
    (tables[name].columns as readonly Column[]).filter(({ proof }) => proof === 'none'),
  );
  expect(unproved).toEqual([]);
});

test.each(mutations)('a changed byte in %s is found', async (field, name, column) => {
  const [place] = await placesOf(name, [
    `length(${column.name}::text) > 2`,
    `${column.name} is not null`,
    'true',
  ]);
  const { chainId, ctid, leaf } = place!;
  const expression = changed(column, keyOf(name).includes(column.name));
  const { rows: before } = await client.query(
    `select ${column.name}::text as value from ${leaf} where ctid = $1`,
    [ctid],
  );
  const { rows: after } = await client.query(
    `update ${leaf} set ${column.name} = ${expression} where ctid = $1 returning ctid::text, ${column.name}::text as value`,
    [ctid],
  );
  const faults = await faultsOf(chainId, around(name, place!), isContent(name));
  const sql = `update ${leaf} set ${column.name} = $1::${column.type} where ctid = $2`;
  await client.query(sql, [before[0].value, after[0].ctid]);
  expect(after[0].value, 'the mutation').not.toBe(before[0].value);
  const named = faults.filter((fault) => COVERED[field]?.test(fault.field) ?? fault.field.startsWith(field));
  expect(named, JSON.stringify(faults)).not.toEqual([]);
  if (!isContent(name)) {
    const { from, to } = around(name, place!);
    expect(named.every(({ height }) => height! >= from - 1 && height! <= to)).toBe(true);
  }
});

describe('a row', () => {
  /** Keeps a row aside while a test has it otherwise. */
  const keep = ({ leaf, ctid }: Place) =>
    client.query(`create temp table kept as select * from ${leaf} where ctid = '${ctid}'`);
  const bringBack = async (name: TableName) => {
    await client.query(`insert into baleen_store.${name} select * from kept; drop table kept`);
  };

  test.each(tableNames)('of %s that is gone is found', async (name) => {
    const [place] = await placesOf(name, ['true']);
    await keep(place!);
    await client.query(`delete from ${place!.leaf} where ctid = '${place!.ctid}'`);
    const faults = await faultsOf(place!.chainId, around(name, place!), isContent(name));
    await bringBack(name);
    expect(faults.map(({ field }) => field).join()).toMatch(
      isContent(name) || name === 'blocks' ? /its rows/ : new RegExp(`${name}|_hash|commit`),
    );
  });

  test.each(heightTables)('of %s at another height, or of another chain, is found at both', async (name) => {
    const [place] = await placesOf(name, ['true']);
    const { chainId, height } = place!;
    const other = CHAINS.find((each) => each !== chainId)!;
    await keep(place!);
    for (const target of [chainId, other]) {
      await client.query(
        `delete from baleen_store.${name} where chain_id = $1 and height = $2 and (chain_id, height${keyOf(
          name,
        )
          .map((key) => `, ${key}`)
          .join('')})
           in (select chain_id, height${keyOf(name)
             .map((key) => `, ${key}`)
             .join('')} from kept)`,
        [chainId, height],
      );
      await client.query('update kept set chain_id = $1, height = 900', [target]);
      await client.query(`insert into baleen_store.${name} select * from kept`);
      expect(await faultsOf(chainId, around(name, place!))).not.toEqual([]);
      expect(await faultsBesides(target)).toContainEqual(
        expect.objectContaining({ height: 900, field: name, found: 'a row' }),
      );
      await client.query(`delete from baleen_store.${name} where chain_id = $1 and height = 900`, [target]);
      await client.query('update kept set chain_id = $1, height = $2', [chainId, height]);
      await client.query(`insert into baleen_store.${name} select * from kept`);
    }
    await client.query('drop table kept');
  });

  test.each(heightTables.filter((name) => keyOf(name).some((key) => key.endsWith('_index'))))(
    'of %s that is added to a height is found',
    async (name) => {
      const key = keyOf(name).findLast((column) => column.endsWith('_index'))!;
      const [place] = await placesOf(name, ['true']);
      await keep(place!);
      await client.query(`update kept set ${key} = ${key} + 1000`);
      await client.query(`insert into baleen_store.${name} select * from kept`);
      const faults = await faultsOf(place!.chainId, around(name, place!));
      await client.query(`delete from baleen_store.${name} where ${key} >= 1000`);
      expect(faults.map(({ field }) => field).join()).toMatch(new RegExp(`${name}|data_hash|digests`));
    },
  );

  const notSwapped = ['chain_id', 'height', 'time', 'time_ns'];
  test.each(heightTables)('of %s that is swapped with another is found', async (name) => {
    const columns = (tables[name].columns as readonly Column[])
      .map((column) => column.name)
      .filter((column) => ![...notSwapped, ...keyOf(name)].includes(column))
      .join(', ');
    const places = await placesOf(name, ['true']);
    const cells = ({ leaf, ctid }: Place) =>
      `(select (${columns})::text as cells from ${leaf} where ctid = '${ctid}')`;
    const { rows } = await client.query<{ at: number }>(
      places
        .slice(1)
        .map((place, at) => `select ${at + 1} as at where ${cells(places[0]!)} <> ${cells(place)}`)
        .join(' union all ') || 'select 0 as at where false',
    );
    const [one, other] = [places[0]!, places[rows[0]?.at ?? -1]];
    // The recordings have one piece of evidence.
    if (other === undefined) return expect(name).toBe('evidence');
    const put = async (into: Place, of: Place, from: string): Promise<Place> => {
      const moved = await client.query<{ ctid: string }>(
        `update ${into.leaf} set (${columns}) = (select ${columns} from ${from} where place = '${of.ctid}') where ctid = '${into.ctid}' returning ctid::text`,
      );
      return { ...into, ctid: moved.rows[0]!.ctid };
    };
    await client.query(
      `create temp table kept as select t.*, ctid::text as place from ${one.leaf} t where ctid = '${one.ctid}'
       union all select t.*, ctid::text from ${other.leaf} t where ctid = '${other.ctid}'`,
    );
    const [first, second] = [await put(one, other, 'kept'), await put(other, one, 'kept')];
    const faults = await faultsOf(one.chainId, around(name, one));
    await put(first, one, 'kept');
    await put(second, other, 'kept');
    expect(faults).not.toEqual([]);
  });
});

describe('beside the tables of the catalogue', () => {
  const chainId = CHAINS[1]!;
  const change = (sql: string) => client.query(sql, [chainId]);
  const fieldsOf = (faults: readonly VerifyFault[]) => [...new Set(faults.map(({ field }) => field))];

  test('a byte of the genesis document is found, and an operator that it names otherwise', async () => {
    const flip = `update baleen_store.genesis_chunks set bytes = set_byte(bytes, 9, get_byte(bytes, 9) # 1) where chain_id = $1 and chunk_index = 0`;
    await change(flip);
    expect(fieldsOf(await faultsBesides(chainId))).toEqual(['genesis_chunks (the document)']);
    await change(flip);
    const rename = (from: string, to: string) =>
      change(`update baleen_store.validator_operators set operator_address = replace(operator_address, '${from}', '${to}')
        where chain_id = $1 and height = 0`);
    await rename('terravaloper1', 'terravaloper2');
    expect(fieldsOf(await faultsBesides(chainId)).join()).toMatch(
      /validator_operators \(address .*terravaloper1.*terravaloper2/,
    );
    await rename('terravaloper2', 'terravaloper1');
  });

  test.each(['validator_set_ranges', 'consensus_params_ranges'])(
    'an end of %s that is moved is found',
    async (table) => {
      const move = (column: string, by: number) =>
        change(`update baleen_store.${table} set ${column} = ${column} + ${by}
        where chain_id = $1 and to_height = (select max(to_height) from baleen_store.${table} where chain_id = $1)`);
      await move('to_height', 5);
      expect(await faultsBesides(chainId)).toContainEqual(
        expect.objectContaining({ height: 291, field: table, found: 'a row' }),
      );
      await move('to_height', -7);
      const faults = await faultsOf(chainId, { from: 285, to: 290 }, true);
      expect(faults).toContainEqual(expect.objectContaining({ height: 289, found: 'none' }));
      await move('to_height', 2);
    },
  );
});

afterEach(async () => {
  await client.query('drop table if exists kept');
});

test('nothing is found in what was never changed, or was put back', async () => {
  for (const chainId of CHAINS) {
    expect(await faultsOf(chainId, { from: 1, to: 290 })).toEqual([]);
    expect(await faultsBesides(chainId)).toEqual([]);
  }
});
