/** Modules that no descriptors of ours know: the chain of phoenix-1's software, read as if it were columbus-5's. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  baleen,
  createDatabase,
  needsRealdata,
  realdata,
  type TestDatabase,
  temporaryFolder,
  unpackRecording,
} from '@baleen/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const NAME = 'terra-phoenix-devnet';
const DESCRIPTORS = '../descriptors/terra-phoenix.binpb.gz';

describe('index --application --descriptors', () => {
  beforeEach(needsRealdata(`../fixtures/${NAME}`));
  let database: TestDatabase | undefined;
  afterEach(() => database?.drop());

  /** Messages by whether their JSON is known, after indexing with these options. */
  async function index(...options: string[]): Promise<{ known: number; raw: number; rawTypes: string[] }> {
    database = await createDatabase();
    const source = join(unpackRecording(NAME)!, 'data');
    const ended = await baleen(['index', source, '--no-state', '--quiet', ...options], {
      DATABASE_URL: database.url,
    });
    expect(ended).toMatchObject({ code: 0 });
    const client = new pg.Client(database.url);
    await client.connect();
    const { rows } = await client.query(
      `select count(value)::int as known, count(*) filter (where value is null)::int as raw,
         coalesce(array_agg(distinct name) filter (where value is null), '{}') as "rawTypes" from baleen.messages`,
    );
    await client.end();
    return rows[0];
  }

  test('makes JSON of every message, with the descriptors of the node', async () => {
    const without = await index('--application', 'columbus-5');
    await database!.drop();
    const plain = join(temporaryFolder('descriptors'), 'phoenix.binpb');
    writeFileSync(plain, gunzipSync(readFileSync(realdata(DESCRIPTORS)!)));
    const given = await index('--application', 'columbus-5', '--descriptors', plain);
    expect(without.rawTypes).toEqual(
      expect.arrayContaining(['alliance.MsgDelegate', 'tokenfactory.MsgMint']),
    );
    expect(without.raw).toBeGreaterThan(50);
    expect(given).toMatchObject({ raw: 0, rawTypes: [] });
    // Those within messages that were raw before are rows, too.
    expect(given.known).toBeGreaterThanOrEqual(without.known + without.raw);
  });
});

describe('baleen inspect', () => {
  test.each([
    [
      ['--application', 'osmosis'],
      /--application osmosis: expected NAME or NAME@HEIGHT with one of the names .*columbus-5/,
    ],
    [
      ['--descriptors', '/no/where'],
      /--descriptors \/no\/where: expected a FileDescriptorSet, found: ENOENT/,
    ],
    [['--descriptors', import.meta.filename], /expected a FileDescriptorSet, found: /],
    [['--descriptors', '/dev/null'], /found: it defines no message; make one with baleen descriptors fetch/],
  ])('%j ends with 2 and says what is expected', async (options, message) => {
    const ended = await baleen(['inspect', '/nowhere/at/all', ...options]);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });
});
