/** Reads heights and ranges of heights as people type them. */
import { z } from 'zod';

/** A range with open ends: undefined is the source's first or last height. */
export interface HeightsAsked {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

const GRAMMAR = /^(?<from>[\d_.]+[kM]?)?\.\.(?<to>[\d_.]+[kM]?)?$/;
const UNITS: Readonly<Record<string, number>> = { k: 1_000, M: 1_000_000 };

export const HEIGHTS_HELP = `Heights, both ends included:
  A..B   from A to B          4724000..4724999
  A..    from A to the newest 4.7M..
  ..B    from the first to B  ..100k
  A      one height           4724001
  _ may stand between digits; k and M are thousands and millions.`;

/** Reads `A..B`, `A..`, `..B` or `A`. */
export const heightsSchema = z.string().transform((text, context): HeightsAsked => {
  const asked = parseHeights(text);
  if (asked !== undefined) return asked;
  context.addIssue(`expected A..B (A.., ..B or A), heights from 1 with A not above B, got "${text}"`);
  return z.NEVER;
});

/** Reads one height, such as `4720000` or `4.72M`. */
export const heightSchema = z.string().transform((text, context): number => {
  const height = toHeight(text);
  if (height !== null) return height;
  context.addIssue(`expected a height from 1, got "${text}"`);
  return z.NEVER;
});

function parseHeights(text: string): HeightsAsked | undefined {
  if (text === '') return undefined;
  const match = GRAMMAR.exec(text.includes('..') ? text : `${text}..${text}`);
  if (match === null) return undefined;
  const [from, to] = [match.groups?.from, match.groups?.to].map((end) =>
    end === undefined ? end : toHeight(end),
  );
  if (from === null || to === null || (from !== undefined && to !== undefined && from > to)) return undefined;
  return { from, to };
}

/** Returns the height that a text names; null if it names none. */
function toHeight(text: string): number | null {
  const digits = text.replaceAll('_', '');
  const unit = UNITS[digits.at(-1) ?? ''];
  const number = unit === undefined ? digits : digits.slice(0, -1);
  if (!(unit === undefined ? /^\d+$/ : /^\d+(\.\d+)?$/).test(number)) return null;
  const height = Math.round(Number(number) * (unit ?? 1));
  return Number.isSafeInteger(height) && height >= 1 ? height : null;
}
