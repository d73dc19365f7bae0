import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBech32, toHex } from '@baleen/codec';
import { openLevelDb } from '@baleen/leveldb';
import { type FixtureName, fixtureData, temporaryFolder, writeLevelDb } from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import {
  createGenesisSource,
  type GenesisSource,
  type GenesisText,
  genesisOf,
  lookIntoGenesis,
} from './genesis.ts';

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function textOf(genesis: GenesisSource): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of genesis.chunks()) {
    expect(chunk.length).toBeLessThanOrEqual(1024 * 1024);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function file(text: string): string {
  const path = join(temporaryFolder('genesis'), 'genesis.json');
  writeFileSync(path, text);
  return path;
}

async function stateWith(genesisDoc: string) {
  const path = join(temporaryFolder('genesis'), 'state.db');
  await writeLevelDb(path, [['genesisDoc', Buffer.from(genesisDoc)]]);
  return openLevelDb(path);
}

describe('createGenesisSource', () => {
  test.each<[FixtureName, string]>([
    ['terra-columbus4-devnet', 'devnet-col4-a'],
    ['terra-columbus5-devnet', 'baleen-col5-a'],
  ])('finds one document in state.db and in the file of %s', async (name, chainId) => {
    const path = join(fixtureData(name), 'genesis.json');
    using state = openLevelDb(join(fixtureData(name), 'state.db'));
    const genesis = createGenesisSource(state, [path], chainId)!;
    const compact = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
    const summary = await genesis.summary();
    expect(summary).toMatchObject({
      chainId,
      initialHeight: 1,
      bech32Prefix: 'terra',
      bytes: Buffer.byteLength(compact),
    });
    expect(summary.place).toEqual({ kind: 'state.db', path: state.path });
    expect(toHex(summary.hash)).toBe(sha256(compact));
    expect(toHex(summary.fileSha256!)).toBe(sha256(readFileSync(path)));
    expect(await textOf(genesis)).toBe(compact);
  });

  test('gives a document of several MiB in pieces that join to its text', async () => {
    const document = {
      chain_id: 'a',
      app_state: { text: Array.from({ length: 60_000 }, (_, index) => `" ${index} \\ ä`) },
    };
    const genesis = createGenesisSource(undefined, [file(JSON.stringify(document, null, 4))], 'a')!;
    expect(await textOf(genesis)).toBe(JSON.stringify(document));
    expect(toHex((await genesis.summary()).hash)).toBe(sha256(JSON.stringify(document)));
  });

  test('takes a document for the same that the node wrote anew, with its own escapes and defaults', async () => {
    using state = await stateWith(
      '{"chain_id":"a","initial_height":"1","app_state":{"d":"\\u003ca\\u0026"}}',
    );
    const path = file('{"app_state": {"d": "<a&"}, "chain_id": "a", "initial_height": "0"}');
    const summary = await createGenesisSource(state, [path], 'a')!.summary();
    expect(toHex(summary.hash)).toBe(
      sha256('{"chain_id":"a","initial_height":"1","app_state":{"d":"\\u003ca\\u0026"}}'),
    );
    expect(toHex(summary.fileSha256!)).toBe(sha256(readFileSync(path)));
  });

  test.each([
    [
      'disagrees',
      '{"chain_id":"a","app_state":{"balance":"2"}}',
      /^the genesis of .* is not used: genesisDoc of /,
    ],
    ['is of another chain', '{"chain_id":"b"}', /^the genesis of .* \(chain id b, .* is not used: /],
    ['is no JSON', '{"chain_id":', /^read genesis .*: expected a JSON text that ends, .*; not used$/],
  ])('goes on with state.db where a file beside it %s, and says so', async (_what, text, said) => {
    const document = '{"chain_id":"a","app_state":{"balance":"1"}}';
    using state = await stateWith(document);
    const genesis = createGenesisSource(state, [file(text)], 'a')!;
    const summary = await genesis.summary();
    expect(toHex(summary.hash)).toBe(sha256(document));
    expect(summary.fileSha256).toBeUndefined();
    expect(summary.notUsed).toEqual([expect.stringMatching(said)]);
    expect(await textOf(genesis)).toBe(document);
  });

  test("refuses two documents that disagree where nothing tells which one is the chain's", async () => {
    const text = (path: string, balance: string): GenesisText => ({
      place: { kind: 'rpc', path },
      chunks: async function* () {
        yield Buffer.from(`{"chain_id":"a","app_state":{"balance":"${balance}"}}`);
      },
    });
    const same = genesisOf([text('http://one', '1'), text('http://other', '1')], 'a')!;
    expect((await same.summary()).notUsed).toEqual([]);
    const genesis = genesisOf([text('http://one', '1'), text('http://other', '2')], 'a')!;
    await expect(genesis.summary()).rejects.toMatchObject({ code: 'SOURCE_GENESIS_DISAGREES', kind: 'data' });
  });

  test('refuses the genesis of another chain', async () => {
    const genesis = createGenesisSource(undefined, [file('{"chain_id":"b"}')], 'a')!;
    await expect(genesis.summary()).rejects.toThrow(/expected chain id a, as in the blocks, found b/);
  });

  test('names the file that is no JSON', async () => {
    const path = file('{"chain_id":');
    const genesis = createGenesisSource(undefined, [path], 'a')!;
    await expect(genesis.summary()).rejects.toMatchObject({
      code: 'SOURCE_GENESIS_MALFORMED',
      message: `read genesis ${path}: expected a JSON text that ends, found an open string or bracket; use another copy`,
    });
  });

  test('is undefined without any document', () =>
    expect(createGenesisSource(undefined, [], 'a')).toBeUndefined());
});

describe('lookIntoGenesis', () => {
  test('asks the files first, then state.db', async () => {
    const address = (prefix: string): string => encodeBech32(prefix, new Uint8Array(20));
    using state = await stateWith(`{"chain_id":"a","app_state":["${address('iaa')}"]}`);
    const of = (chainId: string): string => file(`{"chain_id": "${chainId}", "a": ["${address('terra')}"]}`);
    expect((await lookIntoGenesis(state, [of('a')], 'a')).bech32Prefix).toBe('terra');
    expect((await lookIntoGenesis(state, [file('{}')], 'a')).bech32Prefix).toBe('iaa');
    // A file of another chain tells nothing of this one.
    expect((await lookIntoGenesis(state, [of('b')], 'a')).bech32Prefix).toBe('iaa');
    expect((await lookIntoGenesis(undefined, [], 'a')).bech32Prefix).toBeUndefined();
  });
});
