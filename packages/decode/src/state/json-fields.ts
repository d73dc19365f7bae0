import type { Decimal, DecimalCoin, GoTime, StateCoin } from '@baleen/chain';
import { parseGoTime } from '../parse-go-time.ts';
import { misfit } from './errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A value as REST prints it: the text, and what the text says. */
export interface StateValue {
  readonly json: string;
  readonly data: Json;
}

const INTEGER = /^-?[0-9]+$/;
const DECIMAL = /^(-?)([0-9]+)\.([0-9]{18})$/;

/** A whole number, printed with quotes or without. */
export function integerOf(value: Json | undefined): bigint {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !INTEGER.test(text)) throw misfit('a whole number', shown(value));
  return BigInt(text);
}

/** A decimal with 18 places in units of 1e-18. One without a point is a field that is not there. */
export function decimalOf(value: Json | undefined): Decimal {
  const match = typeof value === 'string' ? DECIMAL.exec(value) : null;
  if (match === null) throw misfit('a decimal with 18 places', shown(value));
  const units = BigInt(match[2]! + match[3]!);
  return match[1] === '-' ? -units : units;
}

export function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') throw misfit('a text', shown(value));
  return value;
}

export function listOf(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value)) throw misfit('a list', shown(value));
  return value as readonly Json[];
}

/** `[{"denom","amount"}]` of whole numbers; Go's nil list is `null`. */
export const coinsOf = (value: Json | undefined): StateCoin[] =>
  value === null ? [] : listOf(value).map((each) => coinOf(each, 'integer'));

export const decimalCoinsOf = (value: Json | undefined): DecimalCoin[] =>
  value === null ? [] : listOf(value).map((each) => coinOf(each, 'decimal'));

function coinOf(value: Json, amount: 'integer' | 'decimal'): StateCoin {
  const fields = new Fields(value);
  const denom = fields.text('denom');
  if (denom === '' || /[\0\ufffd]/.test(denom)) throw misfit('a denom', JSON.stringify(denom));
  return { denom, amount: fields[amount]('amount') };
}

/** Members of a JSON object by name and type; one that is missing or of another type is refused. */
export class Fields {
  readonly members: { readonly [name: string]: Json };
  constructor(value: Json | undefined) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw misfit('an object', shown(value));
    this.members = value as { readonly [name: string]: Json };
  }

  integer(name: string): bigint {
    return within(name, () => integerOf(this.members[name]));
  }

  decimal(name: string): Decimal {
    return within(name, () => decimalOf(this.members[name]));
  }

  text(name: string): string {
    return within(name, () => textOf(this.members[name]));
  }

  /** Text of the member `name`. Throws when it is empty. */
  name(name: string): string {
    const text = this.text(name);
    if (text === '') throw misfit(`${name} to be set`, 'nothing');
    return text;
  }

  flag(name: string): boolean {
    const value = this.members[name];
    if (typeof value !== 'boolean') throw misfit(`${name} to be true or false`, shown(value));
    return value;
  }

  time(name: string): GoTime {
    return within(name, () => parseGoTime(this.text(name)));
  }

  object(name: string): Fields {
    return within(name, () => new Fields(this.members[name]));
  }

  list(name: string): readonly Json[] {
    return within(name, () => listOf(this.members[name]));
  }

  coins(name: string): StateCoin[] {
    return within(name, () => coinsOf(this.members[name]));
  }

  decimalCoins(name: string): DecimalCoin[] {
    return within(name, () => decimalCoinsOf(this.members[name]));
  }

  /** Refuses a member that is not what the leaf's key says. */
  same(name: string, expected: string | bigint): void {
    const found = this.members[name];
    if (String(found) !== String(expected))
      throw misfit(`${name} to be ${expected} as in the key`, shown(found));
  }
}

function within<Value>(name: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && !error.message.startsWith('.'))
      error.message = `.${name}: ${error.message}`;
    throw error;
  }
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
