/** The SDK's decimals in whole numbers, units of 1e-18 (cosmos-sdk types/decimal.go@v0.39.3, unchanged in v0.44). */
import { expect } from 'vitest';

const PLACES = 18;
export const ONE = 10n ** 18n;

/** A decimal as numeric. */
export function numeric(value: bigint): string {
  if (value < 0n) return `-${numeric(-value)}`;
  const digits = value.toString().padStart(PLACES + 1, '0');
  return `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
}

/** The decimal of a numeric, which may have zeros beyond 18 places. */
export function units(text: string): bigint {
  const [whole, part = ''] = text.split('.');
  expect(part.slice(PLACES).replaceAll('0', '')).toBe('');
  return BigInt(whole + part.padEnd(PLACES, '0').slice(0, PLACES));
}

/** The same of a value that may be NULL. */
export const unitsOrNull = (text: string | null): bigint | null => (text === null ? null : units(text));

/** chopPrecisionAndRound: of units of 1e-36 to units of 1e-18, half to even. */
export function chop(long: bigint): bigint {
  if (long < 0n) return -chop(-long);
  const [quotient, rest] = [long / ONE, long % ONE];
  const isUp = rest * 2n > ONE || (rest * 2n === ONE && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}

/** Mul. */
export const product = (one: bigint, other: bigint): bigint => chop(one * other);

/** Quo. */
export const quotient = (dividend: bigint, divisor: bigint): bigint => chop((dividend * ONE * ONE) / divisor);
