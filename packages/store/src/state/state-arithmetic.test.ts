/** The chain's decimals in SQL, against the same in whole numbers (cosmos-sdk types/decimal.go@v0.39.3, unchanged in v0.44). */
import { createDatabase, type TestDatabase } from '@baleen/testing';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chop, numeric, ONE, product, quotient, unitsOrNull } from './sdk-decimals.fixture.ts';

const RUNS = { numRuns: 300 };

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

async function call(name: string, ...values: readonly string[]): Promise<bigint | null> {
  const places = values.map((_, index) => `$${index + 1}::numeric`);
  const { rows } = await client.query(`select baleen_store.${name}(${places})::text as found`, [...values]);
  return unitsOrNull(rows[0].found);
}

const within = (bound: bigint): fc.Arbitrary<bigint> => fc.bigInt({ min: -bound, max: bound });
const decimal = fc.oneof(within(10n ** 45n), within(100n));
const divisor = decimal.filter((value) => value !== 0n);
/** Every third lies exactly between two. */
const long = fc
  .tuple(within(10n ** 60n), fc.nat(2))
  .map(([value, kind]) => (kind === 0 ? (value / ONE) * ONE + ONE / 2n : value));

describe('decimals of the SDK in SQL', () => {
  test('are rounded half to even at 18 places', () =>
    fc.assert(
      fc.asyncProperty(long, async (value) => {
        expect(await call('rounded_even', value.toString())).toBe(chop(value));
      }),
      RUNS,
    ));

  test('are multiplied and rounded as Mul does', () =>
    fc.assert(
      fc.asyncProperty(decimal, decimal, async (one, other) => {
        expect(await call('product_even', numeric(one), numeric(other))).toBe(product(one, other));
      }),
      RUNS,
    ));

  test('are divided, cut and rounded as Quo does, and only cut as QuoTruncate does', () =>
    fc.assert(
      fc.asyncProperty(decimal, divisor, async (one, other) => {
        const asked = [numeric(one), numeric(other)];
        expect(await call('quotient_even', ...asked)).toBe(quotient(one, other));
        expect(await call('quotient_cut', ...asked)).toBe((one * ONE) / other);
      }),
      RUNS,
    ));

  test('are unknown when divided by zero', async () => {
    expect(await call('quotient_even', '1', '0')).toBeNull();
    expect(await call('quotient_cut', '1', '0')).toBeNull();
  });
});

describe('the stake of the last stretch', () => {
  /** calculateDelegationRewards: how far it is above the shares' worth. */
  const stakeAbove = async (above: bigint): Promise<{ stake: bigint | null; worth: bigint }> => {
    const [shares, tokens, total] = [10n ** 24n, 2n, 3n];
    const worth = chop((shares * tokens * ONE) / total);
    const found = call(
      'stake_of_last_stretch',
      ...[numeric(worth + above), numeric(shares)],
      ...[tokens.toString(), total.toString()],
    );
    return { stake: await found, worth };
  };

  test('is the stake, up to what the shares are worth', async () => {
    for (const above of [-5n, -1n, 0n]) {
      const { stake, worth } = await stakeAbove(above);
      expect(stake).toBe(worth + above);
    }
  });

  test('is what the shares are worth, when it is above it by three unitsOrNull of the last place at most', async () => {
    for (const above of [1n, 2n, 3n]) {
      const { stake, worth } = await stakeAbove(above);
      expect(stake).toBe(worth);
    }
  });

  test('is unknown beyond that, where the SDK panics', async () => {
    expect((await stakeAbove(4n)).stake).toBeNull();
  });

  test('is unknown at a validator without shares', async () => {
    expect(await call('stake_of_last_stretch', '1', '0', '0', '0')).toBeNull();
  });
});
