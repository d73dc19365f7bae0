import { buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from './index.ts';
import { encodeBlocks } from './write/encode.ts';

/** Twelve chains of 25 leaves of events: natural filters must touch only what they ask for. */
const CHAINS = 12;
const LEAF_HEIGHTS = 16;
const HEIGHTS = 25 * LEAF_HEIGHTS;
const chainId = (chain: number): string => `chain-${chain}`;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Loops': number;
  'Actual Rows': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Plan[];
}

interface Explained {
  /** Leaves that were read from, shown tables apart. */
  readonly leaves: string[];
  /** Rows of the largest sort. */
  readonly sorted: number;
  /** Rows that the busiest scan looked at. */
  readonly scanned: number;
}

describe('natural filters on twelve chains of 25 leaves', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let txHash: string;
  beforeAll(async () => {
    database = await createDatabase();
    const store = await openStore(database.url);
    for (let chain = 1; chain <= CHAINS; chain++) {
      await store.prepareChain(describeChain(chainId(chain)));
      await store.query('update baleen_store.chains set leaf_heights = $1', [LEAF_HEIGHTS]);
      // Leaves begin at height 0; the last one is then whole too. At the head a leaf begins with its indexes.
      await store.writeHead(encodeBlocks(buildBlocks({ chainId: chainId(chain), count: HEIGHTS - 1 })));
      await store.finish(chainId(chain));
    }
    await store.close();
    client = new pg.Client(database.url);
    await client.connect();
    const { rows } = await client.query(
      `select tx_hash from baleen.txs where chain_id = 'chain-7' and height = 203 and tx_index = 0`,
    );
    txHash = rows[0].tx_hash;
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  async function explain(sql: string): Promise<Explained> {
    const { rows } = await client.query(`explain (analyze, costs off, timing off, format json) ${sql}`);
    const [answer] = rows[0]['QUERY PLAN'] as { Plan: Plan }[];
    const nodes = flatten(answer!.Plan).filter((node) => node['Actual Loops'] > 0);
    return {
      leaves: [
        ...new Set(
          nodes.flatMap((node) => node['Relation Name'] ?? []).filter((name) => /_\d+_\d+$/.test(name)),
        ),
      ].sort(),
      sorted: Math.max(
        0,
        ...nodes.filter((node) => /Sort/.test(node['Node Type'])).map((node) => node['Actual Rows']),
      ),
      scanned: Math.max(
        0,
        ...nodes
          .filter((node) => node['Relation Name'] !== undefined)
          .map(
            (node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
          ),
      ),
    };
  }
  const flatten = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flatten)];

  /** The same query with its literals, and as a prepared statement under a generic plan. */
  async function both(
    sql: string,
    parameters: readonly (string | number)[],
  ): Promise<[Explained, Explained]> {
    const quoted = parameters.map((value) => pg.escapeLiteral(String(value)));
    const literals = await explain(sql.replace(/\$(\d)/g, (_, n) => quoted[Number(n) - 1]!));
    await client.query(`prepare asked as ${sql}`);
    await client.query('set plan_cache_mode = force_generic_plan');
    const generic = await explain(`execute asked (${quoted.join(', ')})`);
    await client.query('reset plan_cache_mode');
    await client.query('deallocate asked');
    return [literals, generic];
  }

  const VIEWS = [
    'blocks',
    'txs',
    'messages',
    'tx_signatures',
    'tx_fees',
    'events',
    'event_attributes',
    'commit_signatures',
    'missed_votes',
    'evidence',
  ];
  const FACTOR: Record<string, number> = { events: 1, event_attributes: 1, messages: 4 };
  const leavesOf = (view: string, from: number, to: number): Set<number> => {
    const heights = LEAF_HEIGHTS * (FACTOR[view] ?? 8);
    return new Set(
      Array.from(
        { length: Math.floor(to / heights) - Math.floor(from / heights) + 1 },
        (_, n) => Math.floor(from / heights) + n,
      ),
    );
  };
  const headLeaf = (view: string): number => Math.floor((HEIGHTS - 1) / (LEAF_HEIGHTS * (FACTOR[view] ?? 8)));
  function expectLeaves({ leaves }: Explained, chain: number, allowed?: Set<number>): void {
    for (const leaf of leaves) {
      const [, leafChain, n] = /_(\d+)_(\d+)$/.exec(leaf)!;
      expect(Number(leafChain), leaf).toBe(chain);
      if (allowed !== undefined) expect([...allowed], leaf).toContain(Number(n));
    }
  }

  it.each(VIEWS)('%s: a chain and heights read only their leaves', async (view) => {
    const sql = `select * from baleen.${view} where chain_id = $1 and height between $2 and $3`;
    for (const plan of await both(sql, ['chain-7', 100, 110])) {
      expectLeaves(plan, 7, leavesOf(view, 100, 110));
    }
  });

  // 40 missed votes of a chain are so few that sorting them is cheapest; see below for a chain with more.
  it.each(VIEWS.filter((view) => view !== 'evidence' && view !== 'missed_votes'))(
    '%s: the latest rows of a chain are not sorted',
    async (view) => {
      const sql = `select * from baleen.${view} where chain_id = $1 order by height desc limit 20`;
      for (const plan of await both(sql, ['chain-7'])) {
        expectLeaves(plan, 7);
        expect(plan.sorted).toBeLessThanOrEqual(20);
        expect(plan.leaves.length).toBeLessThanOrEqual(3);
      }
    },
  );

  it.each([
    'blocks',
    'txs',
    'messages',
    'tx_signatures',
    'tx_fees',
    'events',
    'event_attributes',
    'missed_votes',
  ])('%s: a range of times reads only the leaves that have it', async (view) => {
    const sql = `select * from baleen.${view} where chain_id = $1 and time between $2 and $3`;
    // Six seconds per block from the start of 2021.
    const [literals, generic] = await both(sql, ['chain-7', '2021-01-01T00:10:00Z', '2021-01-01T00:11:00Z']);
    // The head's leaf is not whole and has no CHECK: its index of times is asked.
    expectLeaves(literals, 7, leavesOf(view, 100, 110).add(headLeaf(view)));
    // A generic plan can't use the CHECKs: it asks an index of each leaf of the chain.
    expectLeaves(generic, 7);
  });

  it.each(['txs', 'messages', 'tx_signatures', 'tx_fees', 'events', 'event_attributes'])(
    '%s: a tx hash alone reads one leaf',
    async (view) => {
      for (const plan of await both(`select * from baleen.${view} where tx_hash = $1`, [txHash])) {
        expectLeaves(plan, 7, leavesOf(view, 203, 203));
        expect(plan.leaves).toHaveLength(1);
      }
    },
  );

  it('txs: a tx hash alone looks at that row, of however many there are', async () => {
    const [literals, generic] = await both('select * from baleen.txs where tx_hash = $1', [txHash]);
    // Twelve chains, which are looked up for their lineage, are the most.
    for (const plan of [literals, generic]) expect(plan.scanned).toBeLessThanOrEqual(CHAINS);
  });

  /** What a query does without an index; the index is there again afterwards. */
  async function without(indexes: string, sql: string): Promise<Explained> {
    await client.query('begin');
    try {
      const { rows } = await client.query(
        "select indexname from pg_indexes where schemaname = 'baleen_store' and indexname ~ $1",
        [indexes],
      );
      expect(rows.length).toBeGreaterThan(0);
      for (const { indexname } of rows) await client.query(`drop index baleen_store.${indexname}`);
      return await explain(sql);
    } finally {
      await client.query('rollback');
    }
  }

  it('the judgement goes red when the lookup of hashes loses its index', async () => {
    const plan = await without('^tx_hashes_hash', `select * from baleen.txs where tx_hash = '${txHash}'`);
    expect(plan.scanned).toBeGreaterThan(CHAINS * HEIGHTS);
  });

  it('the judgement goes red when the leaves lose their key', async () => {
    const sql = "select * from baleen.events where chain_id = 'chain-7' order by height desc limit 20";
    expect((await explain(sql)).sorted).toBeLessThanOrEqual(20);
    const plan = await without('^events_7_\\d+_key$', sql);
    expect(plan.scanned).toBeGreaterThan(HEIGHTS);
  });

  it('tx_signatures: an account, newest first, is not sorted', async () => {
    const sql = 'select * from baleen.tx_signatures where signer = $1 order by height desc limit 20';
    for (const plan of await both(sql, ['terra1sender'])) expect(plan.sorted).toBeLessThanOrEqual(20);
  });

  it('events: an attribute is found through its index', async () => {
    const sql = `select * from baleen.events where chain_id = 'chain-7' and attributes @> '[["memo","1/1"]]' and height between 100 and 105`;
    expectLeaves(await explain(sql), 7, leavesOf('events', 100, 105));
  });

  it('txs: the newest by time over all chains are not sorted, and few rows of each leaf are looked at', async () => {
    const plan = await explain('select * from baleen.txs order by time desc limit 20');
    expect(plan.sorted).toBeLessThanOrEqual(CHAINS * 20);
    expect(plan.scanned).toBeLessThanOrEqual(100);
  });
});

describe('a type of events that one of 4,000 blocks has', () => {
  const RARE = 'a_rare_type';
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createDatabase();
    const store = await openStore(database.url);
    await store.prepareChain(describeChain());
    const blocks = buildBlocks({ count: 4000 });
    const rare = { type: RARE, attributes: [['who', 'terra1sender']] } as never;
    const results = { ...blocks[2000]!.results!, endEvents: [rare] };
    blocks[2000] = { ...blocks[2000]!, results };
    for (let start = 0; start < blocks.length; start += 500)
      await store.write(encodeBlocks(blocks.slice(start, start + 500)));
    await store.finish('test-1');
    await store.close();
    client = new pg.Client(database.url);
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const scanned = async (sql: string): Promise<number> => {
    const { rows } = await client.query(`explain (analyze, costs off, timing off, format json) ${sql}`);
    const all = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(all)];
    return Math.max(
      ...all(rows[0]['QUERY PLAN'][0].Plan)
        .filter((node) => node['Relation Name'] !== undefined)
        .map(
          (node) =>
            (node['Actual Rows'] +
              (node['Rows Removed by Filter'] ?? 0) +
              (node['Rows Removed by Index Recheck'] ?? 0)) *
            node['Actual Loops'],
        ),
    );
  };

  it.each([
    `select * from baleen.events where type = '${RARE}'`,
    `select * from baleen.events where chain_id = 'test-1' and type = '${RARE}' and attributes @> '[["who","terra1sender"]]'`,
  ])('is found without reading the %# other events: %s', async (sql) => {
    const [{ count }] = (await client.query('select count(*)::int from baleen.events')).rows;
    expect(count).toBeGreaterThan(20_000);
    expect(await scanned(sql)).toBeLessThan(count / 5);
  });
});

describe('the latest missed votes of an operator, of 4,000 blocks in ten leaves', () => {
  /** Validator 0 missed one vote, at height 3; validator 3 misses every vote. */
  const RARE = 'terravaloper1rare';
  const OFTEN = 'terravaloper1often';
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createDatabase();
    const store = await openStore(database.url);
    await store.prepareChain(describeChain());
    await store.query('update baleen_store.chains set leaf_heights = 50');
    await store.storeGenesis('test-1', genesis());
    const blocks = buildBlocks({ count: 4000, txsPerBlock: 0, eventsPerTx: 0 }).map((block) => ({
      ...block,
      lastCommit: block.lastCommit && {
        ...block.lastCommit,
        signatures: block.lastCommit.signatures.map((signature, index) =>
          index > 0 || block.height === 4
            ? { flag: 1, address: new Uint8Array(0), time: signature.time, signature: new Uint8Array(0) }
            : signature,
        ),
      },
    }));
    for (let start = 0; start < blocks.length; start += 500)
      await store.write(encodeBlocks(blocks.slice(start, start + 500)));
    await store.finish('test-1');
    await store.close();
    client = new pg.Client(database.url);
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  async function* genesis(): AsyncGenerator<Uint8Array> {
    const validators = [
      [RARE, 0],
      [OFTEN, 3],
    ].map(([operator_address, index]) => ({
      operator_address,
      consensus_pubkey: {
        '@type': '/cosmos.crypto.ed25519.PubKey',
        key: Buffer.from(`test-1/validator/${index}`).toString('base64'),
      },
    }));
    yield Buffer.from(JSON.stringify({ app_state: { staking: { validators } } }));
  }

  /** Rows that a query answers, and pages of 8 kB that it touches, an index's included. */
  async function asked(sql: string): Promise<{ rows: number; pages: number }> {
    const { rows } = await client.query(
      `explain (analyze, buffers, costs off, timing off, format json) ${sql}`,
    );
    const { Plan: plan } = rows[0]['QUERY PLAN'][0];
    return { rows: plan['Actual Rows'], pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
  }

  const FEW = 100;

  it('touches few pages for the latest of the chain, whoever missed them', async () => {
    const latest = await asked(
      "select * from baleen.missed_votes where chain_id = 'test-1' order by height desc limit 20",
    );
    expect(latest.rows).toBe(20);
    expect(latest.pages).toBeLessThan(FEW);
  });

  const SQL = 'select * from baleen.missed_votes where operator_address = $1 order by height desc limit 20';
  describe.each([SQL, SQL.replace('where', "where chain_id = 'test-1' and")])('%s', (sql) => {
    it.each([
      [RARE, 1],
      [OFTEN, 20],
    ])('touches few pages for %s', async (operator, rows) => {
      const literals = await asked(sql.replace('$1', `'${operator}'`));
      await client.query(`prepare latest as ${sql}; set plan_cache_mode = force_generic_plan`);
      const generic = await asked(`execute latest ('${operator}')`);
      await client.query('deallocate latest; reset plan_cache_mode');
      for (const { rows: found, pages } of [literals, generic]) {
        expect(found).toBe(rows);
        expect(pages).toBeLessThan(FEW);
      }
    });
  });

  it('the judgement goes red without the index', async () => {
    await client.query('begin');
    const { rows } = await client.query(
      "select indexname from pg_indexes where schemaname = 'baleen_store' and indexname ~ '^missed_votes_1_\\d+_operator$'",
    );
    expect(rows).toHaveLength(11);
    for (const { indexname } of rows) await client.query(`drop index baleen_store.${indexname}`);
    expect((await asked(SQL.replace('$1', `'${RARE}'`))).pages).toBeGreaterThan(FEW);
    await client.query('rollback');
  });
});
