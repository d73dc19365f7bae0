/** Each class of SQLSTATE at each place where one can come: what it means for whoever runs Baleen does not depend on the place. */
import { BaleenError } from '@baleen/chain';
import {
  answeredByPostgres,
  buildBlocks,
  createDatabase,
  createEmptyDatabase,
  describeChain,
  playPostgres,
  type Recording,
  recordPostgres,
} from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTransient, openStore, type Store } from '../index.ts';
import { encodeBlocks } from '../write/encode.ts';
import { explained } from './postgres-faults.ts';
import { driverErrors, endsSession, sampleStates, sqlStates, type Verdict } from './sqlstates.fixture.ts';

const VERDICT_OF_KIND = { source: 'source', operator: 'operator', data: 'data', bug: 'ours' } as const;

/** As `baleen` ends with it: see apps/indexer/src/run-command.ts. */
function verdictOf(error: unknown): Verdict | 'data' {
  const told = explained('use the database', error);
  return told instanceof BaleenError ? VERDICT_OF_KIND[told.kind] : 'ours';
}

describe('an SQLSTATE', () => {
  it.each(sqlStates)('$state: $verdict', ({ state, verdict }) => {
    expect(verdictOf(answeredByPostgres(state))).toBe(verdict);
    expect(isTransient(answeredByPostgres(state))).toBe(verdict === 'source');
  });

  it.each(driverErrors)('$error.message: $verdict', ({ error, verdict }) => {
    expect(verdictOf(error)).toBe(verdict);
    expect(isTransient(error)).toBe(verdict === 'source');
  });
});

const batch = (from: number, to: number, results = true) =>
  encodeBlocks(buildBlocks({ from, count: to - from + 1, setChanges: [5], results }));
const BARE = batch(1, 10, false);
const FULL = batch(1, 10);
const HEAD = batch(11, 11);
const REWRITTEN = ['txs', 'missed_votes', 'validators'] as const;
const ANEW = encodeBlocks(buildBlocks({ count: 10, setChanges: [5] }), REWRITTEN);
const CHOICE = { from: 1, name: 'columbus-5', reason: 'given' };
const VERIFICATION = {
  ...{ chainId: 'test-1', range: { from: 1, to: 9 }, startedAt: new Date(0), result: 'proved' as const },
  ...{ blocks: 9, missing: 0, proved: [], signatures: 0, trusted: undefined },
  ...{ notCompared: [], faultCount: 0, faults: [] },
};
const NEXT = batch(11, 12);
const lease = { chainId: 'test-1', range: { from: 1, to: 30 }, holder: 'h', forMs: 60_000 };
const asked = { chainId: 'test-1', source: 's', from: 1, to: 2, rangeSize: 1, addresses: [] };
const worker = { workerId: 'w', host: 'h', pid: 7, command: 'follow', startedAt: new Date(0) };
const counts = { heights: 0, rows: 0, bytes: 0, heightsPerSecond: 0, rssBytes: 0 };
const appHash = new Uint8Array(32);
async function* genesis(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{}');
}

/** What is done with a store, in this order. A later entry finds what the ones before have left. */
const PLACES: readonly (readonly [keyof Store, (store: Store) => Promise<unknown>])[] = [
  ['migrate', (store) => store.migrate()],
  ['prepareChain', (store) => store.prepareChain(describeChain())],
  ['prepareChain', (store) => store.prepareChain(describeChain())],
  ['storeGenesis', (store) => store.storeGenesis('test-1', genesis())],
  ['missing', (store) => store.missing('test-1', { from: 1, to: 9 }, ['blocks', 'results'])],
  ['write', (store) => store.write(BARE)],
  ['write', (store) => store.write(FULL)],
  ['applications', (store) => store.applications('test-1')],
  ['replaceApplications', (store) => store.replaceApplications('test-1', [CHOICE])],
  ['outdatedTables', (store) => store.outdatedTables('test-1')],
  [
    'markOutdated',
    (store) => store.markOutdated('test-1', { tables: REWRITTEN, range: { from: 1, to: 10 }, what: 'x' }),
  ],
  ['unreadableTables', (store) => store.unreadableTables('test-1', [{ from: 1, to: 10 }])],
  ['head', (store) => store.head('test-1')],
  ['rewrite', (store) => store.rewrite(ANEW, REWRITTEN)],
  ['afterRedecode', (store) => store.afterRedecode('test-1', REWRITTEN)],
  ['writeHead', (store) => store.writeHead(HEAD)],
  ['writeHead', (store) => store.writeHead(NEXT)],
  ['takeLease', (store) => store.takeLease(lease)],
  ['renewLease', (store) => store.renewLease({ ...lease, token: 1 }, 1000)],
  ['releaseLease', (store) => store.releaseLease({ ...lease, token: 1 })],
  ['recordFailure', (store) => store.recordFailure('test-1', { from: 20, to: 21 }, 'why')],
  ['failedRanges', (store) => store.failedRanges('test-1', { from: 1, to: 30 })],
  ['retryFailures', (store) => store.retryFailures('test-1', { from: 1, to: 30 })],
  ['forgetFailure', (store) => store.forgetFailure('test-1', { from: 20, to: 21 })],
  ['rememberEnqueued', (store) => store.rememberEnqueued(asked)],
  ['enqueued', (store) => store.enqueued()],
  ['forgetEnqueued', (store) => store.forgetEnqueued(asked)],
  ['databaseId', (store) => store.databaseId()],
  ['finish', (store) => store.finish('test-1')],
  ['reportWorker', (store) => store.reportWorker({ worker, chainId: 'test-1', doing: 'x', ...counts })],
  ['reportSources', (store) => store.reportSources(worker, 'test-1', [])],
  ['forgetWorker', (store) => store.forgetWorker('w')],
  ['status', (store) => store.status()],
  ['waitingWorkers', (store) => store.waitingWorkers()],
  ['gaps', (store) => store.gaps()],
  ['recordVerification', (store) => store.recordVerification(VERIFICATION)],
  [
    'replaceState',
    (store) =>
      store.replaceState(
        { chainId: 'test-1', height: 30, appHash, isProved: true, stores: ['s'], leaves: 0 },
        async function* () {},
      ),
  ],
  ['removeState', (store) => store.removeState('test-1')],
  ['query', (store) => store.query('select 1')],
  ['forget', (store) => store.forget('test-1', { range: { from: 11, to: 12 } })],
  ['forget', (store) => store.forget('test-1')],
  ['close', async () => undefined],
];

/** Faults that a method mends itself, and then does its work: two writers of one range, and a view whose columns have moved. */
const MENDED: Readonly<Record<string, readonly string[]>> = {
  write: ['23505', '40P01'],
  writeHead: ['23505', '40P01'],
  rewrite: ['23505', '40P01'],
  migrate: ['42P16', '42P13', '0A000', '2BP01', '23505', '42710'],
};

interface Place {
  readonly name: string;
  readonly method: string;
  readonly work: (store: Store) => Promise<unknown>;
  readonly recording: Recording;
  /** Index of the call among those of the recording. */
  readonly call: number;
}

async function withStore(url: string, work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await openStore(url);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

describe('each place at which PostgreSQL can fail', () => {
  const places: Place[] = [];
  const warnings: string[] = [];
  const keep = ({ message }: Error): void => void warnings.push(message);
  let url: string;
  beforeAll(async () => {
    process.on('warning', keep);
    const database = await createEmptyDatabase();
    ({ url } = database);
    const opening = await recordPostgres(() => withStore(url, async () => undefined));
    for (const [method, work] of PLACES) {
      const recording = await recordPostgres(() => withStore(url, work));
      // The calls that open the store are a place of their own.
      const first = method === 'close' ? 0 : opening.calls.length;
      const seen = new Set<string>();
      for (let call = first; call < recording.calls.length; call++) {
        const name = `${method}: ${placeOf(method, recording.calls[call]!.text)}`;
        if (!seen.has(name)) places.push({ name, method, work, recording, call });
        seen.add(name);
      }
    }
    await database.drop();
  });
  afterAll(() => void process.off('warning', keep));
  /** The statements of all migrations run at one place; two words tell their kind. */
  const placeOf = (method: string, sql: string): string => {
    const text = sql
      .replaceAll(/^--.*$/gm, '')
      .trim()
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/\d+/g, 'N');
    return method === 'migrate' ? text.split(' ', 2).join(' ') : text.slice(0, 120);
  };

  it('is on the list: all methods of the store', async () => {
    const database = await createDatabase();
    await withStore(database.url, async (store) => {
      expect([...new Set(PLACES.map(([method]) => method))].toSorted()).toEqual(
        Object.keys(store).toSorted(),
      );
    });
    await database.drop();
    expect(places.length).toBeGreaterThan(200);
  });

  async function wrongAt(
    place: Place,
    state: string,
    error: Error,
    verdict: Verdict,
    isLost: boolean,
  ): Promise<string[]> {
    const { method, work, recording, call } = place;
    const failure = { call, error, endsSession: isLost };
    const { outcome, isUsed, openTransactions } = await playPostgres(recording, failure, () =>
      withStore(url, work),
    );
    const found = outcome.status === 'fulfilled' ? 'done' : verdictOf(outcome.reason);
    const isMended = found === 'done' && (MENDED[method]?.includes(state) ?? false);
    // A value that PostgreSQL can't hold is a fault of the block.
    const isLimit = found === 'data' && state.startsWith('54') && /^(re)?write/.test(method);
    const wrong = [
      ...(isUsed ? [] : ['never reached']),
      ...(found === verdict || isMended || isLimit ? [] : [`expected ${verdict}, found ${found}`]),
      ...(openTransactions === 0 ? [] : ['a transaction stays open']),
    ];
    return wrong.map((what) => `${place.name}: ${state}: ${what}`);
  }

  it.each(sampleStates)(
    'takes $state for what it is ($verdict) and leaves no transaction open',
    async ({ state, verdict }) => {
      const wrong: string[] = [];
      for (const place of places)
        wrong.push(...(await wrongAt(place, state, answeredByPostgres(state), verdict, endsSession(state))));
      expect(wrong).toEqual([]);
    },
  );

  it.each(['Connection terminated unexpectedly', 'read ECONNRESET', 'Query read timeout'])(
    'takes "%s" for a way to it that is lost',
    async (message) => {
      const code = /E[A-Z]+$/.exec(message)?.[0];
      const error = Object.assign(new Error(message), code !== undefined && { code });
      const wrong: string[] = [];
      for (const place of places) wrong.push(...(await wrongAt(place, message, error, 'source', true)));
      expect(wrong).toEqual([]);
    },
  );

  it('takes what the driver says when it connects for what it is', async () => {
    const connecting = places.find(({ name }) => name === 'close: connect')!;
    const wrong: string[] = [];
    for (const { error, verdict } of driverErrors)
      wrong.push(...(await wrongAt(connecting, error.message, error, verdict, true)));
    expect(wrong).toEqual([]);
  });

  it('gathers no listeners', () => {
    expect(warnings).toEqual([]);
  });
});
