import { describe, expect, test } from 'vitest';
import { doubtfulStores, recogniseState } from './index.ts';

const names = (text: string): string[] => text.split(' ');

const COLUMBUS_4 = names(
  'acc distribution evidence gov main market mint msgauth oracle params slashing staking supply treasury upgrade wasm',
);
const COLUMBUS_5 = names(
  'acc authz bank capability distribution evidence feegrant gov ibc market mint oracle params slashing staking transfer treasury upgrade wasm',
);
/** What nodes of these applications committed, and their modules' versions, read from their databases. */
const SDK_047 = {
  auth: 4,
  authz: 2,
  bank: 4,
  distribution: 3,
  gov: 4,
  mint: 2,
  slashing: 3,
  staking: 4,
  upgrade: 2,
};
const CLASSIC_3 = names(
  'acc authz bank capability consensus crisis distribution dyncomm evidence feegrant feeibc gov hooks-for-ibc ibc icacontroller icahost market mint oracle params slashing staking tax transfer treasury upgrade wasm',
);
const PHOENIX = names(
  'acc alliance authz bank capability consensus crisis distribution evidence feegrant feeibc feeshare gov hooks-for-ibc ibc icacontroller icahost interchainquery mint packetfowardmiddleware params slashing staking tokenfactory transfer upgrade wasm',
);
const WASMD_047 = names(
  'acc authz bank capability consensus crisis distribution evidence feegrant feeibc gov group ibc icacontroller icahost mint nft params slashing staking transfer upgrade wasm',
);
const COLUMBUS_3 = names('acc distribution gov main market oracle params slashing staking supply treasury');

describe('the layouts of a state', () => {
  test.each([
    ['Terra core 0.4', COLUMBUS_4, {}, 'sdk-0.39'],
    ['Terra core 0.5', COLUMBUS_5, {}, 'sdk-0.44'],
    [
      'Terra core 2.0, which stored the versions of its modules',
      COLUMBUS_5,
      { bank: 2, auth: 2 },
      'sdk-0.44',
    ],
  ])('of %s are told by its stores', (_, stores, moduleVersions, expected) => {
    expect(recogniseState({ stores, moduleVersions })).toBe(expected);
  });

  test.each([
    [
      'Terra Classic 3',
      CLASSIC_3,
      SDK_047,
      'unlike Terra core 0.5 (SDK 0.44) it has store consensus, store crisis',
    ],
    [
      'phoenix-1',
      PHOENIX,
      SDK_047,
      'it has no store market, no store oracle, no store treasury, store alliance',
    ],
    ['wasmd on SDK 0.47', WASMD_047, SDK_047, 'it has no store market, no store oracle'],
    [
      'columbus-3',
      COLUMBUS_3,
      {},
      'unlike Terra core 0.4 (SDK 0.39) it has no store evidence, no store mint',
    ],
    [
      'Terra core 0.5 whose bank SDK 0.46 migrated',
      COLUMBUS_5,
      { bank: 3 },
      'it has module bank at version 3 (not 2)',
    ],
    ['an application without one of the stores', COLUMBUS_5.slice(1), {}, 'it has no store acc'],
    ['nothing', [], {}, 'it has no store acc'],
  ])('of %s are not known, and it says what is different', (_, stores, moduleVersions, expected) => {
    expect(recogniseState({ stores, moduleVersions })).toMatchObject({
      why: expect.stringContaining(expected),
    });
  });
});

describe('a store of which some leaves do not fit', () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  /** Leaves of 0x01 fit, but for the ninth; those of 0x07 do not. */
  const leaves: Record<string, [Uint8Array, Uint8Array][]> = {
    bank: Array.from({ length: 20 }, (_, index) => [bytes(1, index), bytes(index === 8 ? 0 : 1)]),
    gov: [
      [bytes(1, 0), bytes(1)],
      [bytes(7, 0), bytes(1)],
    ],
    ibc: [[bytes(9), bytes(0)]],
    empty: [],
  };
  const tried: number[] = [];

  test('is left out as a whole; of each first byte a few leaves are tried', () => {
    const doubtful = doubtfulStores(
      ['bank', 'empty', 'gov', 'ibc'],
      function* (store, { gte }) {
        for (const leaf of leaves[store]!) if (Buffer.compare(leaf[0], gte) >= 0) yield leaf;
      },
      (store, key, value) => {
        if (store === 'bank') tried.push(key[1]!);
        const isMisfit = store !== 'ibc' && (key[0] !== 1 || value[0] !== 1);
        return [{ kind: 'unknown', store, key, value, reason: 'no layout of this key', isMisfit }];
      },
    );
    expect(doubtful).toEqual([{ store: 'gov', why: 'key 0700: no layout of this key' }]);
    expect(tried).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
