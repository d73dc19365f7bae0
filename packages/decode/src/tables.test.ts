/** The two tables that tell what differs from chain to chain: consensus eras and applications. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aminoPrefix } from './amino/registry.ts';
import {
  type Application,
  applicationNamed,
  applications,
  chooseApplications,
} from './applications/index.ts';
import { createTxDecoders } from './applications/tx-decoders.ts';
import {
  type ConsensusEra,
  consensusEras,
  eraOfAnswers,
  isOfOtherEra,
  versionOf,
} from './consensus/index.ts';
import { plansOf } from './protobuf/index.ts';
import { stateLayouts } from './state/index.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe.each(Object.entries(consensusEras))('consensus era %s', (name, era) => {
  test('has every part', () => {
    const parts: Record<keyof ConsensusEra, string> = {
      name: 'string',
      versions: 'string',
      wrote: 'function',
      notesOf: 'function',
      answers: 'function',
      serves: 'function',
      attributesOf: 'function',
      decodeMeta: 'function',
      decodeBlock: 'function',
      decodeResults: 'function',
      decodeValidators: 'function',
      decodeConsensusParams: 'function',
      decodeEvidence: 'function',
      writing: 'object',
      hashes: 'object',
      signBytes: 'function',
      resultsHashCoversGas: 'boolean',
    };
    expect(Object.fromEntries(Object.entries(era).map(([part, value]) => [part, typeof value]))).toEqual(
      parts,
    );
    expect(era.name).toBe(name);
    expect(Object.values(era.hashes).every((hash) => typeof hash === 'function')).toBe(true);
  });

  test('is the only one that serves the version in its name', () => {
    const version = versionOf(`${name.split('-')[1]}.0`)!;
    expect(Object.values(consensusEras).filter(({ serves }) => serves(version))).toEqual([era]);
    expect(isOfOtherEra(name.split('-')[1]!, era.name)).toBe(false);
    expect(isOfOtherEra('', era.name)).toBe(false);
  });

  test('has an application that is tried where nothing tells the chain’s', () => {
    const [chosen, ...others] = chooseApplications({ chainId: 'nobody-knows-1', era: era.name });
    expect(chosen).toMatchObject({ isKnown: false, from: 0 });
    expect(applicationNamed(chosen!.name).chains).toEqual([]);
    expect(others).toEqual([]);
  });
});

test.each([true, false])('answers of one shape are of one consensus era at most, Amino: %s', (isAmino) => {
  for (const hasTxCounts of [true, false])
    for (const finalizesBlock of [true, false, undefined])
      for (const version of [
        undefined,
        ...['0.31.5', '0.33.9', '0.34.14', '0.37.2', '0.38.11', '1.0.1'].map(versionOf),
      ]) {
        const signs = { isAmino, hasTxCounts, finalizesBlock, hasFeatureParams: undefined, version };
        const taken = Object.values(consensusEras).filter(({ answers }) => answers(signs));
        expect(taken.length, JSON.stringify(signs)).toBeLessThanOrEqual(1);
        expect(eraOfAnswers(signs)).toBe(taken[0]);
      }
});

describe.each(applications.map((each) => [each.name, each] as const))(
  'application %s',
  (name, application) => {
    test('has every part', () => {
      const parts: Record<keyof Application, unknown> = {
        name,
        software: expect.any(String),
        consensus: expect.any(Array),
        chains: expect.any(Array),
        plans: application.plans,
        marks: application.marks,
        guesses: application.guesses,
        nodeVersion: application.nodeVersion,
        bech32Prefix: application.bech32Prefix,
        transactions: expect.objectContaining({ encoding: expect.stringMatching(/^(amino|protobuf)$/) }),
        state: application.state,
      };
      expect(application).toEqual(parts);
      expect(applicationNamed(name)).toBe(application);
      expect(application.consensus.filter((era) => consensusEras[era] === undefined)).toEqual([]);
    });

    test('can decode txs', () => {
      const { transactions } = application;
      if (transactions.encoding === 'amino') expect(transactions.registry.types.size).toBeGreaterThan(20);
      else
        expect(
          transactions.descriptors.map(
            (names) => plansOf(names).find('cosmos.bank.v1beta1.MsgSend')?.supported,
          ),
        ).toEqual(transactions.descriptors.map(() => true));
    });

    test('reads its state by layouts of its own stores', () => {
      const { state } = application;
      if (state === undefined) return;
      const stores = stateLayouts(state.layouts).map(({ store }) => store);
      expect([...new Set(stores)].filter((store) => !state.stores.includes(store))).toEqual([]);
      expect(state.stores).toEqual([...state.stores].sort());
    });
  },
);

test('txs of an amino chain that nobody knows are raw messages, not errors', () => {
  const decode = createTxDecoders()({ chainId: 'mine', era: 'tendermint-0.33', height: 5 });
  const message = Uint8Array.of(1, 2, 3, 4, 0x0a, 1, 0x61);
  const tx = Uint8Array.of(0x0d, 9, 9, 9, 9, 0x0a, message.length, ...message);
  expect(decode(tx, undefined).messages).toMatchObject([
    { type: '01020304', name: undefined, value: undefined, fields: '{"1":"a"}' },
  ]);
  expect(() => decode(Uint8Array.of(0x05, 9, 9, 9, 9, 0x0b), undefined)).toThrow(/expected a field/);
});

test('a message whose name an application knows and whose bytes are another’s is raw, with all else of its tx', () => {
  const place = { chainId: 'mine', era: 'tendermint-0.33', height: 5 } as const;
  // cosmos-sdk/MsgUndelegate had shares as a text up to SDK 0.34 and has a coin since.
  const { prefix } = aminoPrefix('cosmos-sdk/MsgUndelegate');
  const shares = Uint8Array.of(0x1a, 2, 0x35, 0x30);
  const message = Uint8Array.of(...Buffer.from(prefix, 'hex'), ...shares);
  const body = Uint8Array.of(0x0a, message.length, ...message, 0x22, 1, 0x6d);
  const txName = Buffer.from(aminoPrefix('cosmos-sdk/StdTx').prefix, 'hex');
  const tx = Uint8Array.of(txName.length + body.length, ...txName, ...body);
  expect(createTxDecoders()(place)(tx, 'cosmos')).toMatchObject({
    messages: [{ type: 'cosmos-sdk/MsgUndelegate', value: undefined, fields: '{"3":"50"}' }],
    memo: 'm',
    feePayer: undefined,
  });
  const sure = createTxDecoders()(place, { applications: [{ name: 'cosmoshub-3', from: 0 }] });
  expect(() => sure(tx, 'cosmos')).toThrow(/msg 0 cosmos-sdk\/MsgUndelegate/);
});

test('nothing but the two folders compares with the name of an era, an application or a layout', () => {
  const names = [
    ...Object.keys(consensusEras),
    ...applications.flatMap(({ name, state }) => [name, ...(state === undefined ? [] : [state.layouts])]),
  ];
  const name = `['"\`](?:${names.map((each) => each.replaceAll('.', '\\.')).join('|')})['"\`]`;
  const comparison = new RegExp(
    `[!=]==?\\s*${name}|${name}\\s*[!=]==?|case\\s+${name}|(?:includes|startsWith)\\(${name}`,
  );
  const files = globSync('{packages,apps,tools,bench}/**/*.ts', {
    cwd: ROOT,
    exclude: (path) => /node_modules|dist|decode\/src\/(consensus|applications)/.test(path),
  }).filter((file) => !/\.(test|fixture)\.ts$/.test(file));
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => comparison.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});
