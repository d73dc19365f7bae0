/** Explains errors of PostgreSQL, and of the connection to it, to the operator. */
import { BaleenError, type ErrorCode, type ErrorKind } from '@baleen/chain';
import pg from 'pg';
import { nextStepOfTls } from './tls-faults.ts';

/** Returns the SQLSTATE of an error from the PostgreSQL server; undefined if the error is another one. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined;

export interface PostgresFault {
  /** `source`: the same may work later, and `follow` and `worker` wait for that. `operator`: somebody must change something. */
  readonly kind: Exclude<ErrorKind, 'data'>;
  readonly code: ErrorCode;
  /** What the operator should do next. */
  readonly next: string;
}

const fault = (kind: PostgresFault['kind'], code: ErrorCode, next: string): PostgresFault => ({
  kind,
  code,
  next,
});

const UNREACHABLE = fault(
  'source',
  'STORE_UNREACHABLE',
  'is it running, and is --database or DATABASE_URL right?',
);
const NO_TLS = fault(
  'source',
  'STORE_UNREACHABLE',
  'it answers without encryption: set ssl = on there, or sslmode=disable in --database or DATABASE_URL',
);
const TRUST = "add sslrootcert=FILE to DATABASE_URL, or sslmode=require, which doesn't check who it is";
const LOGIN = fault(
  'operator',
  'STORE_LOGIN',
  'correct user, password or name in --database or DATABASE_URL',
);
const READ_ONLY = fault(
  'source',
  'STORE_READ_ONLY',
  'connect to the primary, or make the database writable again (default_transaction_read_only; a disk that is nearly full)',
);
const TIMEOUT = fault(
  'source',
  'STORE_TIMEOUT',
  'somebody cancelled it, or a timeout of the server or of a pooler ended it (statement_timeout, lock_timeout, ' +
    'idle_in_transaction_session_timeout, query_timeout): Baleen sets those of its own sessions to 0',
);
const LIMIT = fault(
  'source',
  'STORE_DATABASE_LIMIT',
  'PostgreSQL is out of disk, memory or connections; give it more and run the command again',
);
const FAILED = fault('source', 'STORE_WRITE_FAILED', 'run the command again; see the log of PostgreSQL');
const PERMISSION = fault(
  'operator',
  'STORE_PERMISSION',
  'this login must own schemas baleen and baleen_store and what is in them: grant it what is missing, or use the login that ran baleen migrate first',
);
const STATEMENT = fault(
  'operator',
  'STORE_STATEMENT',
  'what Baleen made in this database is missing or was changed by others, or the server can not do it: run baleen migrate, or use another database of PostgreSQL 15 or newer',
);

/** The known errors, by SQLSTATE or its first letters; the longest entry that fits is used. Any other error is a fault of Baleen: in a
 * statement, a value, or a key. Classes 09, 0Z, 20, 27, 2D, 2F, 38, 39 and P0 come from triggers and functions that others have made on
 * Baleen's tables. 26 and 34 come from poolers that change the session between two statements. */
const FAULTS: Readonly<Record<string, PostgresFault>> = {
  '08': UNREACHABLE,
  '09': STATEMENT,
  '0A': STATEMENT,
  '0L': PERMISSION,
  '0P': PERMISSION,
  '0Z': STATEMENT,
  '20': STATEMENT,
  '25006': READ_ONLY,
  '25P03': TIMEOUT,
  '25P04': TIMEOUT,
  '26': STATEMENT,
  '27': STATEMENT,
  '28': LOGIN,
  '2B': STATEMENT,
  '2D': STATEMENT,
  '2F': STATEMENT,
  '34': STATEMENT,
  '38': STATEMENT,
  '39': STATEMENT,
  '3D': LOGIN,
  '3F': STATEMENT,
  '40': FAILED,
  '42501': PERMISSION,
  '42704': STATEMENT,
  '42703': STATEMENT,
  '42809': STATEMENT,
  '42883': STATEMENT,
  '42P01': STATEMENT,
  '42P05': STATEMENT,
  '42P06': STATEMENT,
  '42P07': STATEMENT,
  '42710': STATEMENT,
  '42723': STATEMENT,
  '53': LIMIT,
  '54': STATEMENT,
  '55': FAILED,
  '55P03': TIMEOUT,
  '57': UNREACHABLE,
  '57014': TIMEOUT,
  '57P04': LOGIN,
  '57P05': TIMEOUT,
  '58': FAILED,
  F0: FAILED,
  HV: STATEMENT,
  P0: STATEMENT,
  XX: FAILED,
};

const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EPIPE|EADDRNOTAVAIL|ENOENT|ERR_STREAM_\w+)$/;

/** Matches the driver's messages about a lost connection, for which it has no code. */
const LOST_CONNECTION =
  /connection terminated|connection error|connection ended|not queryable|timeout exceeded when trying to connect|timeout expired|premature close|error establishing an SSL connection/i;
const READ_TIMEOUT = /^query read timeout$/i;
const SERVER_WITHOUT_TLS = /server does not support SSL/i;
/** Matches messages of the login (SASL): the password is wrong, or none was given. */
const SASL = /^SASL: /;

/** Returns the known error that fits; undefined if the error comes neither from PostgreSQL nor from the network, or is a fault of
 * Baleen. */
export function postgresFault(error: unknown): PostgresFault | undefined {
  const state = sqlState(error);
  if (state !== undefined) return [5, 2].map((length) => FAULTS[state.slice(0, length)]).find(Boolean);
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  const isNetwork = NETWORK.test(code ?? '') && (code !== 'ENOENT' || syscall === 'connect');
  if (isNetwork || LOST_CONNECTION.test(message)) return UNREACHABLE;
  if (SASL.test(message)) return LOGIN;
  if (READ_TIMEOUT.test(message)) return TIMEOUT;
  if (SERVER_WITHOUT_TLS.test(message)) return NO_TLS;
  const next = nextStepOfTls(error, TRUST);
  return next === undefined ? undefined : { ...UNREACHABLE, next };
}

/** Returns true if the server is a standby, or if the database was made read-only. The session stays read-only when the database is
 * writable again. */
export const isReadOnly = (error: unknown): boolean =>
  sqlState(error instanceof BaleenError ? error.cause : error) === '25006';

/** Turns an error of PostgreSQL into a BaleenError that says what to do. A fault of Baleen and a BaleenError are returned unchanged.
 *
 * @param doing  what was being done: `write blocks 1..100 of columbus-5`
 * @param kept  what the database has now: `nothing written` */
export function explained(doing: string, error: unknown, kept?: string): unknown {
  if (error instanceof BaleenError) return error;
  const found = postgresFault(error);
  if (found === undefined) return error;
  const parts = [
    `${doing}: PostgreSQL: ${told(error as Error)}`,
    ...(kept === undefined ? [] : [kept]),
    found.next,
  ];
  return new BaleenError(found.kind, found.code, parts.join('; '), { cause: error });
}

/** Returns the message of an error. If several addresses were tried in turn, the error has no message, and those of its parts are
 * joined. */
const told = (error: Error): string =>
  error instanceof AggregateError && error.message === ''
    ? error.errors.map((each: Error) => each.message).join(', ')
    : error.message;
