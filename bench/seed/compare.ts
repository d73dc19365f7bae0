/** Pairs SQL's answers with REST's to the same questions, and finds those that differ. */
import { isAnswer } from '../../apps/indexer/src/lcd/answer.ts';
import type { Asked, RestAnswer } from './ask.ts';
import type { Question } from './questions.ts';

export interface Pair {
  readonly question: Question;
  readonly rest: RestAnswer;
  readonly sql: unknown;
}

export interface Difference {
  readonly request: string;
  readonly rest: string;
  readonly sql: string;
}

/** Pairs each answer of SQL with one of REST to the same question, whatever order they came in.
 *
 *  @throws Error  when one of them was asked what the other was not */
export function pairsOf(rest: readonly Asked<RestAnswer>[], sql: readonly Asked<unknown>[]): Pair[] {
  const open = Map.groupBy(rest, ({ question }) => question.request);
  const pairs = sql.map(({ question, answer }) => {
    const other = open.get(question.request)?.pop();
    if (other === undefined) throw unlike(`${question.request} once more than REST`);
    return { question, rest: other.answer, sql: answer };
  });
  if (pairs.length < rest.length) throw unlike(`${rest.length - pairs.length} questions less than REST`);
  return pairs;
}

const unlike = (what: string): Error => new Error(`compare answers: SQL was asked ${what}`);

/** @param height  of the state in the database: REST's answers about another one are different, whatever they say */
export const differencesOf = (pairs: readonly Pair[], height: number): Difference[] =>
  pairs.filter((pair) => !isEqual(pair, height)).map(differenceOf);

function isEqual({ question, rest: { status, text }, sql }: Pair, height: number): boolean {
  if (status === 0) return false;
  const json = parsed(text);
  const told = (json as { height?: string; result?: unknown } | undefined) ?? {};
  if (told.result !== undefined && told.height !== String(height)) return false;
  return isAnswer({ height, request: question.request, status, text, json }, sql, question.route);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const differenceOf = ({ question, rest, sql }: Pair): Difference => ({
  request: question.request,
  rest: `${rest.status} ${rest.text}`,
  sql: JSON.stringify(sql) ?? String(sql),
});
