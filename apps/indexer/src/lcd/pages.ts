/** Compares lists that REST returns page by page and SQL as a whole. */
import { isDeepStrictEqual } from 'node:util';
import { normal } from './answer.ts';
import type { Route } from './route.ts';

/** Least length of a page of the legacy servers. A shorter answer is a whole list. */
const SHORTEST_PAGE = 100;

interface Listed {
  readonly items: readonly unknown[];
  /** Next page and total; undefined for the legacy servers, which name neither. */
  readonly pagination?: { readonly next_key: string | null; readonly total: string };
}

/** Returns true if REST's answer is the first page of the whole list that SQL returns: each item of the page is in SQL's list, and the
 * gateway's total is the length of SQL's list. */
export function isFirstPageOf(
  answered: unknown,
  found: unknown,
  { isPaged }: Pick<Route, 'isPaged'>,
): boolean {
  const [page, whole] = [listIn(answered), listIn(found)];
  if (page === undefined || whole === undefined || page.items.length >= whole.items.length) return false;
  const isPage =
    page.pagination === undefined
      ? isPaged === true && page.items.length >= SHORTEST_PAGE
      : page.pagination.next_key !== null &&
        isDeepStrictEqual(page.pagination.total, whole.pagination?.total);
  const known = new Set(whole.items.map(textOf));
  return isPage && page.items.every((item) => known.has(textOf(item)));
}

/** Returns the list in an answer: the answer itself, or its only field beside `pagination`. undefined if there is none. */
function listIn(value: unknown): Listed | undefined {
  if (Array.isArray(value)) return { items: value };
  if (typeof value !== 'object' || value === null || !('pagination' in value)) return undefined;
  const { pagination, ...rest } = value;
  const [items, ...others] = Object.values(rest);
  if (!Array.isArray(items) || others.length > 0) return undefined;
  return { items, pagination: pagination as NonNullable<Listed['pagination']> };
}

const textOf = (item: unknown): string => JSON.stringify(normal(item, undefined));
