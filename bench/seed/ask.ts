/** Asks questions with several askers at once; each waits for its answer before it asks the next. */
import pg from 'pg';
import { statement } from '../../apps/indexer/src/lcd/route.ts';
import type { Question } from './questions.ts';

export interface Asked<Answer> {
  readonly question: Question;
  readonly ms: number;
  readonly answer: Answer;
}

export interface RestAnswer {
  /** 0: no answer came. */
  readonly status: number;
  readonly text: string;
}

type Ask<Answer> = (question: Question) => Promise<Answer>;

/** Asks the node's REST server; a question ends with the last byte of its answer. */
export const askRest = (
  url: string,
  questions: readonly Question[],
  askers: number,
): Promise<Asked<RestAnswer>[]> =>
  askAll(
    questions,
    Array.from({ length: askers }, () => async ({ request }: Question) => {
      try {
        const response = await fetch(url + request);
        return { status: response.status, text: await response.text() };
      } catch (error) {
        return { status: 0, text: String(error) };
      }
    }),
  );

/** Opens a pool of at most ten connections, pg's default, as an application would. */
export function openPool(url: string): pg.Pool {
  return new pg.Pool({
    connectionString: url,
    options: '-c timezone=UTC',
    // Routes print times from text, which has microseconds.
    types: {
      getTypeParser: (oid, format) => (oid === TIMESTAMPTZ ? String : pg.types.getTypeParser(oid, format)),
    },
  });
}

const TIMESTAMPTZ = pg.types.builtins.TIMESTAMPTZ;

/** Asks PostgreSQL; a question ends with the value that REST prints. Waiting for a connection counts. */
export const askSql = (
  pool: pg.Pool,
  questions: readonly Question[],
  askers: number,
): Promise<Asked<unknown>[]> =>
  askAll(
    questions,
    Array.from({ length: askers }, () => async ({ kind, route, parts }: Question) => {
      const { rows } = await pool.query({ name: kind, ...statement(route.sql, parts) });
      return route.print(rows, parts);
    }),
  );

async function askAll<Answer>(
  questions: readonly Question[],
  askers: readonly Ask<Answer>[],
): Promise<Asked<Answer>[]> {
  const asked: Asked<Answer>[] = [];
  const open = questions.values();
  await Promise.all(
    askers.map(async (ask) => {
      for (const question of open) {
        const startedAt = performance.now();
        const answer = await ask(question);
        asked.push({ question, ms: performance.now() - startedAt, answer });
      }
    }),
  );
  return asked;
}

/** @param share  0.5: the median */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
