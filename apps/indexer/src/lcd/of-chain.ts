/** Restricts a route's statement to one chain of a database that holds several. */

const VIEW = /\b(from|join) (baleen\.\w+)/g;
/** Matches the alias behind a view; no match: the view is used under its own name. */
const ALIAS =
  /^\s+(?:as )?(?!(?:where|using|on|join|left|right|cross|inner|order|group|limit|union|offset)\b)([a-z]\w*)/;

/** @param sql  names views and functions of schema `baleen` only behind `from` and `join`
 *  @returns    the statement with a subquery of the rows of `:'chain'` in place of each of them */
export function ofChain(sql: string): string {
  let scoped = '';
  let at = 0;
  for (const { 1: word, 2: view, index } of sql.matchAll(VIEW)) {
    const start = index + word!.length + 1;
    const end = endOfArguments(sql, start + view!.length);
    const alias = ALIAS.exec(sql.slice(end));
    const rows = `(select * from ${sql.slice(start, end)} where chain_id = :'chain')`;
    scoped += `${sql.slice(at, start)}${rows} ${alias?.[1] ?? view!.slice('baleen.'.length)}`;
    at = end + (alias?.[0].length ?? 0);
  }
  return scoped + sql.slice(at);
}

/** Returns the index behind a function's arguments, or `start` if none follow. */
function endOfArguments(sql: string, start: number): number {
  if (sql[start] !== '(') return start;
  let depth = 0;
  for (let at = start; at < sql.length; at++) {
    if (sql[at] === '(') depth++;
    if (sql[at] === ')' && --depth === 0) return at + 1;
  }
  return sql.length;
}
