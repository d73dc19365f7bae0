import type { DecodeState, StateEraName, StateRecord } from '@baleen/chain';
import { encodeBech32, encodeUvarint, WireReader, WireWriter } from '@baleen/codec';
import { answerJson, type FixtureName, fixture, readJsonLines } from '@baleen/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Leaf, leavesAt } from '../../test/recorded-state.ts';
import { addressOf, coinBytes, concat, registered } from '../amino/encode.fixture.ts';
import { any, coin, encode } from '../protobuf/tx.fixture.ts';
import { createStateDecoder, stateLayouts } from './index.ts';

interface Era {
  readonly era: StateEraName;
  readonly fixture: FixtureName;
  readonly heights: readonly number[];
  /** Stores that are kept raw. */
  readonly raw: readonly string[];
  /** Layouts that no recorded height has a leaf of. */
  readonly unseen: readonly string[];
}

const ERAS: readonly Era[] = [
  {
    era: 'sdk-0.39',
    fixture: 'terra-columbus4-devnet',
    heights: [1, 50, 75, 150, 193, 290],
    raw: [],
    unseen: [
      'evidence 00',
      'treasury 03',
      'treasury 06',
      'treasury 07',
      'treasury 08',
      'upgrade 00',
      'upgrade 01',
    ],
  },
  {
    era: 'sdk-0.44',
    fixture: 'terra-columbus5-devnet',
    heights: [1, 75, 122, 229, 306],
    raw: ['capability', 'ibc'],
    unseen: ['transfer 02', 'treasury 06', 'treasury 07', 'treasury 08', 'upgrade 01', 'upgrade 02'],
  },
];

const decoders: Record<StateEraName, DecodeState> = {
  'sdk-0.39': createStateDecoder('sdk-0.39', 'terra'),
  'sdk-0.44': createStateDecoder('sdk-0.44', 'terra'),
};
const amino = decoders['sdk-0.39'];
const proto = decoders['sdk-0.44'];
const unknowns = (records: readonly StateRecord[]) => records.filter(({ kind }) => kind === 'unknown');

describe.each(ERAS)('the stores of $fixture', ({ era, fixture: name, heights, raw, unseen }) => {
  test.each(heights)('are understood at height %i, but for those kept raw', (height) => {
    const leaves = leavesAt(name, height);
    const kept = leaves.flatMap(({ store, key, value }) => unknowns(decoders[era](store, key, value)));
    const named = new Set(kept.map((record) => (record.kind === 'unknown' ? record.store : '')));
    expect([...named].filter((store) => !raw.includes(store))).toEqual([]);
    expect(leaves.length).toBeGreaterThan(100);
  });

  test('have leaves of every layout, but for those told here', () => {
    const seen = new Set(
      heights.flatMap((height) => leavesAt(name, height).map((leaf) => layoutOf(era, leaf))),
    );
    const missing = stateLayouts(era).map(({ store, prefix }) => `${store} ${prefix}`);
    expect(missing.filter((each) => !seen.has(each)).sort()).toEqual(unseen);
  });

  test('give no index leaf but those whose records are there as well', () => {
    for (const height of heights) {
      const records = leavesAt(name, height).flatMap((leaf) =>
        decoders[era](leaf.store, leaf.key, leaf.value),
      );
      const count = (kind: string, index?: string): number =>
        records.filter(
          (each) => each.kind === kind && (index === undefined || ('name' in each && each.name === index)),
        ).length;
      expect(count('index', 'validator by consensus address')).toBe(count('validator'));
      const unbondings = new Set(
        records.flatMap((each) =>
          each.kind === 'unbonding' ? [`${each.delegator} ${each.operatorAddress}`] : [],
        ),
      );
      expect(count('index', 'unbondings by validator')).toBe(unbondings.size);
    }
  });

  test('cut short or changed, are told without an exception and never half', () => {
    const leaves = leavesAt(name, heights.at(-1)!);
    fc.assert(
      fc.property(fc.nat(leaves.length - 1), fc.nat(), fc.nat(255), fc.boolean(), (at, place, byte, cut) => {
        const { store, key, value } = leaves[at]!;
        const broken = cut ? value.slice(0, place % (value.length + 1)) : changed(value, place, byte);
        const records = decoders[era](store, key, broken);
        for (const record of records)
          if (record.kind === 'unknown') expect(record).toMatchObject({ store, key, value: broken });
        expect(
          records.length === 1 || !records.some(({ kind }) => kind === 'unknown') || isInexact(records),
        ).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('with a key cut short or longer are kept raw', () => {
    const leaves = leavesAt(name, heights.at(-1)!).filter(
      ({ store, key, value }) => decoders[era](store, key, value)[0]?.kind === 'delegation',
    );
    for (const { store, key, value } of leaves) {
      expect(decoders[era](store, key.slice(0, -1), value)[0]).toMatchObject({ kind: 'unknown' });
      expect(decoders[era](store, concat(key, Uint8Array.of(0)), value)[0]).toMatchObject({
        kind: 'unknown',
      });
    }
    expect(leaves.length).toBeGreaterThan(10);
  });
});

test.each(ERAS)('what becomes of each prefix of $era', ({ era }) => {
  const byStore = Map.groupBy(stateLayouts(era), ({ store }) => store);
  const lines = Array.from(byStore, ([store, layouts]) => {
    const of = layouts.map(({ prefix, becomes }) => `${prefix === '' ? '*' : prefix} ${becomes}`);
    return `${store}: ${of.join('; ')}`;
  });
  expect(lines.join('\n')).toMatchSnapshot();
});

function layoutOf(era: StateEraName, { store, key }: Leaf): string {
  const own = stateLayouts(era).filter((layout) => layout.store === store);
  const hex = Buffer.from(key).toString('hex').slice(0, 2);
  const fits = own.find(
    ({ prefix }) => prefix === hex || (prefix.length > 2 && Buffer.from(key).toString() === prefix),
  );
  return `${store} ${fits?.prefix ?? ''}`;
}

function changed(value: Uint8Array, place: number, byte: number): Uint8Array {
  const copy = value.slice();
  if (copy.length > 0) copy[place % copy.length] = byte;
  return copy;
}

/** Records of a text that is not UTF-8, and the leaf beside them. */
const isInexact = (records: readonly StateRecord[]): boolean => {
  const last = records.at(-1);
  return last?.kind === 'unknown' && /not UTF-8/.test(last.reason);
};

test('raw stores as columbus-4’s node answered them are understood', () => {
  const pairs = readJsonLines(fixture('terra-columbus4-devnet', 'stores.jsonl.gz')).flatMap((answer) => {
    const store = /%22\/store\/(\w+)\/subspace%22/.exec(answer.request)?.[1];
    const { result } = answerJson(answer) as { result: { response: { value: string | null } } };
    if (store === undefined || result.response.value === null) return [];
    return pairsOf(Buffer.from(result.response.value, 'base64')).map(([key, value]) =>
      amino(store, key, value),
    );
  });
  expect(pairs.length).toBeGreaterThan(800);
  expect(pairs.flatMap(unknowns)).toEqual([]);
});

/** A list of {key 1, value 2} in field 1, with its length before it. */
function pairsOf(bytes: Uint8Array): (readonly [Uint8Array, Uint8Array])[] {
  const list = new WireReader(bytes).message();
  const pairs: (readonly [Uint8Array, Uint8Array])[] = [];
  while (!list.done) {
    list.key();
    const parts = { 1: new Uint8Array(), 2: new Uint8Array() };
    for (const pair = list.message(); !pair.done; ) parts[(pair.key() >>> 3) as 1 | 2] = pair.bytes().slice();
    pairs.push([parts[1], parts[2]]);
  }
  return pairs;
}

const units = fc.bigInt({ min: 0n, max: 10n ** 40n });
const withLength = (bytes: Uint8Array): Uint8Array => concat(encodeUvarint(bytes.length), bytes);
const DELEGATOR = addressOf(3);
const OPERATOR = addressOf(7);
const delegator = encodeBech32('terra', DELEGATOR);
const operatorAddress = encodeBech32('terravaloper', OPERATOR);
const lengthAnd = (address: Uint8Array): Uint8Array => concat(Uint8Array.of(address.length), address);

describe('a delegation', () => {
  test('is what was written, in amino', () => {
    fc.assert(
      fc.property(units, (shares) => {
        const body = new WireWriter().bytes(1, DELEGATOR).bytes(2, OPERATOR).text(3, String(shares)).finish();
        expect(amino('staking', concat(Uint8Array.of(0x31), DELEGATOR, OPERATOR), withLength(body))).toEqual([
          { kind: 'delegation', delegator, operatorAddress, shares },
        ]);
      }),
    );
  });

  const key = concat(Uint8Array.of(0x31), lengthAnd(DELEGATOR), lengthAnd(OPERATOR));
  test('is what was written, in protobuf', () => {
    fc.assert(
      fc.property(units, (shares) => {
        const value = encode([1, delegator], [2, operatorAddress], [3, String(shares)]);
        expect(proto('staking', key, value)).toEqual([
          { kind: 'delegation', delegator, operatorAddress, shares },
        ]);
      }),
    );
  });

  test.each([
    ['of somebody else than its key says', encode([1, operatorAddress], [2, operatorAddress], [3, '1'])],
    ['without shares', encode([1, delegator], [2, operatorAddress])],
    ['with a field more', encode([1, delegator], [2, operatorAddress], [3, '1'], [9, 'x'])],
    ['with its fields in another order', encode([2, operatorAddress], [1, delegator], [3, '1'])],
    ['with shares that are no number', encode([1, delegator], [2, operatorAddress], [3, '1e6'])],
  ])('%s is kept raw with the reason', (_, value) => {
    const [record] = proto('staking', key, value);
    expect(record).toMatchObject({ kind: 'unknown', store: 'staking', key, value });
    expect((record as { reason: string }).reason).toMatch(/^delegation: .*expected .*, found /);
  });
});

const aminoBase = new WireWriter()
  .bytes(1, DELEGATOR)
  .message(2, coinBytes('uluna', '50'))
  .varint(4, 9)
  .finish();
const aminoVesting = new WireWriter()
  .message(1, aminoBase)
  .message(2, coinBytes('uluna', '40'))
  .message(3, coinBytes('uluna', '5'))
  .message(4, coinBytes('uluna', '7'))
  .varint(5, 2000)
  .finish();
const protoBase = encode([1, delegator], [3, 9]);
const protoVesting = encode(
  [1, protoBase],
  [2, coin('uluna', '40')],
  [3, coin('uluna', '5')],
  [4, coin('uluna', '7')],
  [5, 2000],
);

const VESTING = {
  kind: 'vesting',
  address: delegator,
  denom: 'uluna',
  original: 40n,
  delegatedFree: 5n,
  delegatedVesting: 7n,
  endTime: 2000n,
};

describe('a vesting account', () => {
  test.each([
    ['cosmos-sdk/ContinuousVestingAccount', new WireWriter().varint(2, 1000).finish(), 1000n, undefined],
    ['cosmos-sdk/DelayedVestingAccount', new Uint8Array(), undefined, undefined],
    [
      'cosmos-sdk/PeriodicVestingAccount',
      new WireWriter()
        .varint(2, 1000)
        .message(3, new WireWriter().varint(1, 60).message(2, coinBytes('uluna', '40')).finish())
        .finish(),
      1000n,
      '[{"length":"60","amount":"40"}]',
    ],
  ])('in amino: %s', (name, own, startTime, schedulesJson) => {
    const value = registered(name, concat(new WireWriter().message(1, aminoVesting).finish(), own));
    const records = amino('acc', concat(Uint8Array.of(1), DELEGATOR), value);
    expect(records.map(({ kind }) => kind)).toEqual(['account', 'balance', 'vesting']);
    expect(records[2]).toEqual({ ...VESTING, startTime, schedulesJson });
  });

  test.each([
    ['ContinuousVestingAccount', encode([2, 1000]), 1000n, undefined],
    ['DelayedVestingAccount', encode(), undefined, undefined],
    [
      'PeriodicVestingAccount',
      encode([2, 1000], [3, encode([1, 60], [2, coin('uluna', '40')])]),
      1000n,
      '[{"length":"60","amount":"40"}]',
    ],
    ['PermanentLockedAccount', encode(), undefined, undefined],
  ])('in protobuf: %s', (name, own, startTime, schedulesJson) => {
    const value = any(`/cosmos.vesting.v1beta1.${name}`, concat(encode([1, protoVesting]), own));
    const records = proto('acc', concat(Uint8Array.of(1), DELEGATOR), value);
    expect(records.map(({ kind }) => kind)).toEqual(['account', 'vesting']);
    expect(records[1]).toEqual({ ...VESTING, startTime, schedulesJson });
  });

  test('of a type that nobody knows is kept raw', () => {
    const key = concat(Uint8Array.of(1), DELEGATOR);
    expect(amino('acc', key, registered('core/OtherAccount', aminoBase))).toMatchObject([
      { kind: 'unknown' },
    ]);
    expect(proto('acc', key, any('/other.v1.Account', protoBase))).toMatchObject([{ kind: 'unknown' }]);
  });
});

describe('a leaf', () => {
  test('of a store or prefix that nobody knows is kept raw, empty keys too', () => {
    for (const [store, key] of [
      ['nobody', Uint8Array.of(1)],
      ['staking', Uint8Array.of(0x99)],
      ['staking', new Uint8Array()],
      ['acc', Buffer.from('globalAccountNumbers')],
    ] as const) {
      const value = Uint8Array.of(1, 2, 3);
      expect(proto(store, key, value)).toMatchObject([{ kind: 'unknown', store, key, value }]);
    }
  });

  test('whose text is not UTF-8 is decoded and kept raw beside', () => {
    const metadata = encode([1, 'd'], [3, 'ubad'], [5, Uint8Array.of(0xff)]);
    const key = concat(Uint8Array.of(1), Buffer.from('ubadubad'));
    expect(proto('bank', key, metadata)).toMatchObject([
      { kind: 'denom_metadata', denom: 'ubad' },
      { kind: 'unknown', store: 'bank', key, value: metadata },
    ]);
  });

  test('of an IBC denom tells where it came from', () => {
    const key = concat(Uint8Array.of(2), Uint8Array.of(0xab, 0xcd));
    expect(proto('transfer', key, encode([1, 'transfer/channel-0'], [2, 'uatom']))).toEqual([
      { kind: 'denom_trace', hash: 'ABCD', path: 'transfer/channel-0', baseDenom: 'uatom' },
    ]);
  });

  test('of an upgrade that is planned or done, and of a module’s version', () => {
    const zeroTime = Uint8Array.from(Buffer.from('088092b8c398feffffff01', 'hex'));
    const plan = new WireWriter().text(1, 'v2').message(2, zeroTime).varint(3, 77).finish();
    expect(amino('upgrade', Uint8Array.of(0), registered('cosmos-sdk/Plan', plan))).toMatchObject([
      { kind: 'module_value', name: 'plan', valueJson: expect.stringContaining('"height":"77"') },
    ]);
    const height = Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0);
    expect(proto('upgrade', concat(Uint8Array.of(1), Buffer.from('v2')), height)).toEqual([
      { kind: 'module_value', module: 'upgrade', name: 'done', key: 'v2', valueJson: '"256"' },
    ]);
    expect(proto('upgrade', concat(Uint8Array.of(2), Buffer.from('bank')), height)).toMatchObject([
      { name: 'module_version', key: 'bank' },
    ]);
  });

  test('of a treasury epoch says which', () => {
    const key = Uint8Array.of(0x06, 5, 0, 0, 0, 0, 0, 0, 0);
    const expected = [
      { module: 'treasury', name: 'tax_reward', key: '5', valueJson: '"0.000000000000000012"' },
    ];
    expect(amino('treasury', key, withLength(withLength(Buffer.from('12'))))).toMatchObject(expected);
    expect(proto('treasury', key, encode([1, '12']))).toMatchObject(expected);
  });

  test('of evidence keeps it as REST prints it', () => {
    const time = encode([1, 5]);
    const body = new WireWriter().varint(1, 8).message(2, time).varint(3, 2).bytes(4, addressOf(5)).finish();
    const value = withLength(registered('evidence/Equivocation', body));
    const [record] = amino('evidence', Uint8Array.of(0, 0xee), value);
    expect(record).toMatchObject({ kind: 'module_value', module: 'evidence', key: 'EE' });
    expect(JSON.parse((record as { valueJson: string }).valueJson)).toMatchObject({
      type: 'evidence/Equivocation',
      value: { height: '8', consensus_address: encodeBech32('terravalcons', addressOf(5)) },
    });
  });

  test('of a tax cap and of a param', () => {
    expect(
      amino(
        'treasury',
        concat(Uint8Array.of(3), Buffer.from('uusd')),
        withLength(withLength(Buffer.from('9'))),
      ),
    ).toEqual([{ kind: 'module_value', module: 'treasury', name: 'tax_cap', key: 'uusd', valueJson: '"9"' }]);
    const params = (key: string, json: string) => amino('params', Buffer.from(key), Buffer.from(json));
    expect(params('market/minstabilityspread', '"0.1"')).toMatchObject([
      { name: 'min_spread', subspace: 'market' },
    ]);
    expect(params('market/new', '1')).toMatchObject([{ kind: 'param', name: undefined }]);
    expect(params('market/basepool', '"0.1')).toMatchObject([{ kind: 'unknown' }]);
    expect(params('basepool', '1')).toMatchObject([{ kind: 'unknown' }]);
  });
});
