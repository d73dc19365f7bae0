/** Every recorded row of both bundled chains, value for value; and that a changed value is seen. */
import { join } from 'node:path';
import {
  checksums,
  createDatabase,
  createEmptyDatabase,
  indexHere,
  ROOT,
  realdata,
  sumDifferences,
  type TestDatabase,
  unpack,
  withClient,
} from '@baleen/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareDatabase } from './compare.ts';
import { isObject, type Json } from './json.ts';
import { compareKind, type Scope } from './kind.ts';
import { KINDS } from './kinds/index.ts';
import { type Answer, readRecording, recordingOf } from './recording.ts';
import { details, failures } from './report.ts';

const COLUMBUS_4 = join(ROOT, 'packages/testing/fixtures/terra-columbus4-devnet');
const COLUMBUS_5 = join(ROOT, 'packages/testing/fixtures/terra-columbus5-devnet');

describe('fidelity', () => {
  /** Databases that were indexed from nothing, by what they hold. */
  const fromNothing = new Map<string, TestDatabase>();
  afterAll(async () => {
    for (const database of fromNothing.values()) await database.drop();
  });

  test.each([
    [COLUMBUS_4, 'data'],
    [COLUMBUS_4, 'data-killed'],
    [COLUMBUS_5, 'data'],
    [COLUMBUS_5, 'data-killed'],
  ])('%s/%s equals its recording', async (directory, name) => {
    const database = await createEmptyDatabase();
    fromNothing.set(join(directory, name), database);
    await indexHere(join(directory, name), database.url);
    const recording = readRecording(directory);
    const comparison = await withClient(database.url, (client) => compareDatabase(client, recording, name));
    expect(`${failures(comparison, name).join('\n')}\n${different(comparison)}`.trim()).toBe('');
  });

  test.each(['terra-classic3-devnet', 'wasmd-sdk053-devnet'])(
    '%s equals its recording (needs BALEEN_REALDATA or ../shared/realdata)',
    async (recorded) => {
      const directory = realdata(`../fixtures/${recorded}`);
      if (directory === undefined) return console.warn(`skipped: no recording ${recorded}`);
      const unpacked = await unpack(directory, 'data');
      const database = await createEmptyDatabase();
      try {
        await indexHere(unpacked.path, database.url);
        const recording = readRecording(directory);
        const comparison = await withClient(database.url, (client) =>
          compareDatabase(client, recording, 'data'),
        );
        expect(different(comparison)).toBe('');
        expect(comparison.kinds.find(({ kind }) => kind === 'messages')?.equal).toBeGreaterThan(400);
      } finally {
        unpacked.remove();
        await database.drop();
      }
    },
  );

  test.each([
    ['columbus-4 clean, then killed, leaves the same as killed alone', COLUMBUS_4, 'data', 'data-killed'],
    ['columbus-5 killed, then clean, leaves the same as clean alone', COLUMBUS_5, 'data-killed', 'data'],
  ])('%s', async (_, directory, first, second) => {
    const both = fromNothing.get(join(directory, first))!;
    await indexHere(join(directory, second), both.url);
    const alone = fromNothing.get(join(directory, second))!;
    expect(sumDifferences(await both.checksums(), await alone.checksums())).toEqual([]);
  });
});

const different = (comparison: Parameters<typeof details>[0]): string =>
  details({ ...comparison, kinds: comparison.kinds.filter((kind) => kind.different > 0) });

/** `value` with what lies at `path` replaced. */
function changed(value: Json, path: readonly (string | number)[], to: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return to;
  if (Array.isArray(value))
    return value.map((element: Json, index) => (index === step ? changed(element, rest, to) : element));
  if (!isObject(value) || value[step] === undefined) throw new TypeError(`nothing at ${String(step)}`);
  return { ...value, [step]: changed(value[step], rest, to) };
}

/** One value of one answer, and the kinds that must notice. Rows of columbus-5, where they have one. */
const MUTATIONS: readonly (readonly [
  kind: string,
  request: RegExp,
  path: readonly (string | number)[],
  to: Json,
])[] = [
  ['blocks', /^\/block\?height="?145"?$/, ['block', 'header', 'app_hash'], '00'],
  ['blocks', /^\/block\?height="?145"?$/, ['block', 'header', 'time'], '2026-11-23T02:51:28.598902846Z'],
  ['blocks', /^\/block\?height="?145"?$/, ['block_id', 'parts', 'hash'], '00'],
  ['block sizes', /^\/blockchain\?/, ['block_metas', 0, 'block_size'], '1'],
  ['txs', /^\/block\?height="?145"?$/, ['block', 'data', 'txs', 0], 'AAAA'],
  ['txs', /^\/block_results\?height="?3"?$/, ['txs_results', 0, 'log'], 'other'],
  ['txs', /^\/block_results\?height="?3"?$/, ['txs_results', 0, 'gas_used'], '1'],
  ['txs', /^\/block_results\?height="?3"?$/, ['txs_results', 0, 'code'], '77'],
  ['tx events', /^\/block_results\?height="?3"?$/, ['txs_results', 0, 'events', 0, 'type'], 'other'],
  [
    'tx events',
    /^\/block_results\?height="?3"?$/,
    ['txs_results', 0, 'events', 0, 'attributes', 0, 'value'],
    'b3RoZXI=',
  ],
  ['block events', /^\/block_results\?height="?3"?$/, ['begin_block_events', 0, 'type'], 'other'],
  ['block events', /^\/block_results\?height="?3"?$/, ['begin_block_events'], []],
  ['commits', /^\/commit\?height="?22"?$/, ['signed_header', 'commit', 'signatures', 0, 'signature'], 'AAAA'],
  ['commits', /^\/commit\?height="?22"?$/, ['signed_header', 'commit', 'round'], '3'],
  [
    'last commits in blocks',
    /^\/block\?height="?145"?$/,
    ['block', 'last_commit', 'signatures', 0, 'timestamp'],
    '2026-11-23T02:51:28Z',
  ],
  ['validator sets', /^\/validators\?height="?9"?&per_page=100$/, ['validators', 0, 'voting_power'], '1'],
  ['validator updates', /^\/block_results\?height="?5"?$/, ['validator_updates', 0, 'power'], '1'],
  ['consensus params', /^\/consensus_params\?height="?101"?$/, ['consensus_params', 'block', 'max_gas'], '7'],
  [
    'evidence',
    /^\/block\?height="?145"?$/,
    ['block', 'evidence', 'evidence', 0, 'value', 'ValidatorPower'],
    '1',
  ],
  ['validator updates', /^\/block_results\?height="?5"?$/, ['validator_updates'], null],
  ['messages', /^\/cosmos\/tx/, ['tx', 'body', 'messages', 0, '@type'], '/other.Msg'],
  ['inner messages', /^\/cosmos\/tx/, ['tx', 'body', 'messages', 0, 'msgs'], []],
  ['inner messages', /^\/cosmos\/tx/, ['tx', 'body', 'messages', 0, 'msgs', 0, 'amount'], []],
  ['messages', /^\/cosmos\/tx/, ['tx', 'body', 'messages', 0, 'amount', 0, 'amount'], '1'],
  ['fees', /^\/cosmos\/tx/, ['tx', 'auth_info', 'fee', 'gas_limit'], '1'],
  ['memos', /^\/cosmos\/tx/, ['tx', 'body', 'memo'], 'other'],
  ['signatures', /^\/cosmos\/tx/, ['tx', 'signatures', 0], 'AAAA'],
  ['signatures', /^\/cosmos\/tx/, ['tx', 'auth_info', 'signer_infos', 0, 'sequence'], '99'],
  ['signatures', /^\/cosmos\/tx/, ['tx', 'auth_info', 'signer_infos', 0, 'public_key', 'key'], 'AAAA'],
  ['REST results (amino)', /^\/txs\//, ['raw_log'], 'other'],
  ['REST results (protobuf)', /^\/cosmos\/tx/, ['tx_response', 'timestamp'], '2026-11-23T02:50:19Z'],
];

const requestOf = ({ path, query }: Answer): string => {
  const search = decodeURIComponent(query.toString());
  return search === '' ? path : `${path}?${search}`;
};

/** The answers with the first that matches changed; one that has no such place doesn't match. */
function mutate(answers: readonly Answer[], request: RegExp, path: readonly (string | number)[], to: Json) {
  let done = false;
  const result = answers.map((answer) => {
    if (done || !request.test(requestOf(answer))) return answer;
    try {
      const body = changed(answer.body, path, to);
      done = true;
      return { ...answer, body };
    } catch {
      return answer;
    }
  });
  return { result, done };
}

describe('a changed recording', () => {
  const recording = readRecording(COLUMBUS_5);
  let database: TestDatabase;
  let client: pg.Client;
  let scope: Scope;

  beforeAll(async () => {
    database = await createDatabase({ holding: 'terra-columbus5-devnet' });
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    scope = { database: client, chainId: recording.chainId, from: 1, to: 306, resultsTo: 306 };
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  test.each(MUTATIONS)('%s: %s %j is noticed', async (name, request, path, to) => {
    const rpc = mutate(recording.rpc, request, path, to);
    const rest = rpc.done
      ? { result: recording.rest, done: false }
      : mutate(recording.rest, request, path, to);
    expect(rpc.done || rest.done).toBe(true);
    const kind = KINDS.find((one) => one.name === name)!;
    const report = await compareKind(kind, recordingOf(rpc.result, rest.result), scope);
    expect(report.different).toBeGreaterThan(0);
  });

  test('a changed row changes the checksum of its table, and of no other', async () => {
    const before = await checksums(client);
    await client.query('begin');
    await client.query(
      'update baleen_store.txs set gas_used = gas_used + 1 where height = 3 and tx_index = 0',
    );
    const after = await checksums(client);
    await client.query('rollback');
    expect(sumDifferences(before, after)).toEqual([expect.stringMatching(/^txs: /)]);
    expect(sumDifferences(before, await checksums(client))).toEqual([]);
  });
});
