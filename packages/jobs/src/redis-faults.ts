/** Explains Redis's own errors to the operator. Each of Redis's error messages begins with a word in capitals. */
import { BaleenError, type ErrorCode, type ErrorKind } from '@baleen/chain';
import { nextStepOfTls } from '@baleen/store';

interface RedisFault {
  readonly kind: Exclude<ErrorKind, 'data'>;
  readonly code: ErrorCode;
  readonly next: string;
}

const fault = (kind: RedisFault['kind'], code: ErrorCode, next: string): RedisFault => ({ kind, code, next });

const AWAY = fault('source', 'JOBS_UNREACHABLE', 'is it running, and is REDIS_URL right?');
const LOGIN = fault(
  'operator',
  'JOBS_LOGIN',
  'give user and password in REDIS_URL (redis://user:password@host:6379), of a user who may use all keys and commands',
);
const REPLICA = fault(
  'source',
  'JOBS_UNREACHABLE',
  'this Redis is a replica: give the address of the primary',
);
const FULL = fault('source', 'JOBS_UNREACHABLE', 'Redis can not write: give it memory (maxmemory) or disk');
const CLUSTER = fault(
  'source',
  'JOBS_UNREACHABLE',
  'the cluster is changing or incomplete: see redis-cli --cluster check',
);
const REFUSED = fault(
  'operator',
  'JOBS_REFUSED',
  'the queue needs Redis 6.2 or newer with all of its commands and Lua scripts',
);

/** The known errors, by the beginning of their message; the first that fits is used. Any other error counts as a fault of Baleen. */
const FAULTS: readonly (readonly [RegExp, RedisFault])[] = [
  [/^(NOAUTH|WRONGPASS|NOPERM|DENIED)\b/, LOGIN],
  [/^ERR (AUTH|Client sent AUTH|invalid password|operation not permitted)/i, LOGIN],
  [/^READONLY\b/, REPLICA],
  [/^(OOM|MISCONF|NOREPLICAS)\b/, FULL],
  [/^(MOVED|ASK|CROSSSLOT|CLUSTERDOWN|TRYAGAIN)\b/, CLUSTER],
  [/^(LOADING|MASTERDOWN|BUSY|UNBLOCKED|EXECABORT)\b|^ERR max number of clients/, AWAY],
  [
    /^(NOPROTO|NOSCRIPT)\b|^ERR (unknown command|unknown subcommand|wrong number of arguments|This instance has cluster support disabled)/i,
    REFUSED,
  ],
];

const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EPIPE|EADDRNOTAVAIL)$/;
const TRUST = 'name the file of who signed it in NODE_EXTRA_CA_CERTS';

/** Matches messages of ioredis and BullMQ about a lost connection, for which they have no error code. */
const LOST =
  /connection is closed|max retries per request|connection.*(ended|lost|terminated)|stream isn't writeable|ClusterAllFailedError|failed to refresh slots|connection timeout|command (aborted|timed out)|socket (closed|timeout)/i;

/** Turns an error of Redis into a BaleenError that says what to do. An error that is a fault of Baleen is returned unchanged.
 *
 * @param where  names the server in the message: `Redis at redis://localhost:6379/` */
export function explainedRedis(where: string, error: unknown): unknown {
  if (error instanceof BaleenError || !(error instanceof Error)) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const isAway = NETWORK.test(code) || LOST.test(`${error.name} ${error.message}`);
  const tls = nextStepOfTls(error, TRUST);
  const found = isAway
    ? AWAY
    : tls === undefined
      ? FAULTS.find(([beginning]) => beginning.test(error.message))?.[1]
      : { ...AWAY, next: tls };
  if (found === undefined) return error;
  return new BaleenError(
    found.kind,
    found.code,
    `use the job queue in ${where}: ${error.message || code}; ${found.next}`,
    {
      cause: error,
    },
  );
}
