/** PostgreSQL as one process meets it, recorded and played again: a grid of thousands of failures needs no server. */
import { Writable } from 'node:stream';
import pg from 'pg';

/** A connection that was made, or a statement that was sent. */
interface Call {
  /** SQL, or `connect`. */
  readonly text: string;
  /** What the driver answered. */
  result: unknown;
}

export interface Recording {
  /** In the order of their beginning. */
  readonly calls: readonly Call[];
}

export interface Failure {
  /** Index of the call that fails, among those of the recording. */
  readonly call: number;
  readonly error: Error;
  /** True if the connection is gone with it, as after a shutdown. */
  readonly endsSession: boolean;
}

export interface Played<Result> {
  readonly outcome: PromiseSettledResult<Result>;
  /** False: the call was never reached. */
  readonly isUsed: boolean;
  /** Transactions that were neither committed nor rolled back, on connections that are still open. */
  readonly openTransactions: number;
}

/** The error that the driver makes of a server's answer. */
export const answeredByPostgres = (state: string): Error =>
  Object.assign(new pg.DatabaseError('it said no', 10, 'error'), { code: state, severity: 'ERROR' });

type Callback = (error: Error | null | undefined, result?: unknown) => void;
type Statement = string | { readonly text: string; readonly submit?: unknown };
interface Submitted {
  handleError(error: Error): void;
  handleReadyForQuery(): void;
}

interface Driver {
  connect(this: pg.Client, callback?: Callback): unknown;
  query(this: pg.Client, statement: Statement, values?: unknown, callback?: Callback): unknown;
  end(this: pg.Client, callback?: Callback): unknown;
  ref(this: pg.Client): unknown;
  unref(this: pg.Client): unknown;
}

const driver = pg.Client.prototype as unknown as Driver;

/** Runs `work` on a server, and keeps what the driver answers meanwhile. */
export async function recordPostgres(work: () => Promise<unknown>): Promise<Recording> {
  const calls: Call[] = [];
  const { connect, query } = driver;
  const kept = <Result>(text: string, answer: Promise<Result>): Promise<Result> => {
    const call: Call = { text, result: undefined };
    calls.push(call);
    return answer.then((result) => {
      call.result = result;
      return result;
    });
  };
  await withDriver(
    {
      connect(callback) {
        return told(kept('connect', connect.call(this) as Promise<unknown>), callback);
      },
      query(statement, values, callback) {
        if (isSubmitted(statement)) {
          calls.push({ text: textOf(statement), result: undefined });
          return query.call(this, statement, values, callback);
        }
        const answer = query.call(this, statement, Array.isArray(values) ? values : undefined);
        return told(kept(textOf(statement), answer as Promise<unknown>), callbackOf(values, callback));
      },
    },
    work,
  );
  return { calls };
}

/** Runs `work` without a server: each call is answered as the recording has it, but for the one that fails. A statement that the recording
 * does not have, as `rollback`, is answered with no rows. */
export async function playPostgres<Result>(
  { calls }: Recording,
  failure: Failure,
  work: () => Promise<Result>,
): Promise<Played<Result>> {
  const answers = new Map<string, unknown[]>();
  for (const { text, result } of calls) answers.set(text, [...(answers.get(text) ?? []), result]);
  const inTransaction = new Set<pg.Client>();
  const gone = new Set<pg.Client>();
  let next = 0;
  let isUsed = false;

  function failureOf(client: pg.Client): Error | undefined {
    if (gone.has(client)) return new Error('Client has encountered a connection error and is not queryable');
    if (next++ !== failure.call) return undefined;
    isUsed = true;
    if (failure.endsSession) {
      gone.add(client);
      inTransaction.delete(client);
      Object.assign(client, { _queryable: false });
    }
    return failure.error;
  }

  function answerOf(client: pg.Client, text: string): Promise<unknown> {
    const failed = failureOf(client);
    if (/^rollback$/i.test(text) && failed === undefined) inTransaction.delete(client);
    if (failed !== undefined) return Promise.reject(failed);
    if (/^begin/i.test(text)) inTransaction.add(client);
    if (/^commit/i.test(text)) inTransaction.delete(client);
    const left = answers.get(text) ?? [{ rows: [], rowCount: 0 }];
    return Promise.resolve(left.length > 1 ? left.shift() : left[0]);
  }

  const [outcome] = await withDriver(
    {
      connect(callback) {
        return told(answerOf(this, 'connect'), callback);
      },
      query(statement, values, callback) {
        if (isSubmitted(statement)) return submitted(statement, failureOf(this));
        return told(answerOf(this, textOf(statement)), callbackOf(values, callback));
      },
      end(callback) {
        gone.add(this);
        inTransaction.delete(this);
        return told(Promise.resolve(), callback);
      },
      // The pool calls both again and again. A socket would keep a listener each time, until it connects, which it never does here.
      ref() {},
      unref() {},
    },
    () => Promise.allSettled([work()]),
  );
  return { outcome, isUsed, openTransactions: inTransaction.size };
}

/** Answers a COPY: a stream of the rows, or a query of several with its rows behind it. */
function submitted(statement: Statement, failed: Error | undefined): unknown {
  if (statement instanceof Writable)
    return new Writable({
      write: (_chunk, _encoding, done) => done(),
      final: (done) => done(failed),
    });
  const query = statement as unknown as Submitted;
  queueMicrotask(() => {
    if (failed !== undefined) query.handleError(failed);
    query.handleReadyForQuery();
  });
  return query;
}

async function withDriver<Result>(other: Partial<Driver>, work: () => Promise<Result>): Promise<Result> {
  const { connect, query, end, ref, unref } = driver;
  Object.assign(driver, other);
  try {
    return await work();
  } finally {
    Object.assign(driver, { connect, query, end, ref, unref });
  }
}

/** Tells the answer to the callback, or returns it where there is none, as the driver does. */
function told(answer: Promise<unknown>, callback: Callback | undefined): unknown {
  if (callback === undefined) return answer;
  answer.then((result) => callback(undefined, result), callback);
  return undefined;
}

const callbackOf = (values: unknown, callback: Callback | undefined): Callback | undefined =>
  typeof values === 'function' ? (values as Callback) : callback;

const isSubmitted = (statement: Statement): boolean =>
  typeof statement === 'object' && typeof statement.submit === 'function';

const textOf = (statement: Statement): string =>
  typeof statement === 'string' ? statement : (statement.text ?? 'copy of several tables');
