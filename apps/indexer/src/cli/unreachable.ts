/** Tells a server that can't be reached from other faults. */

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EPIPE',
]);

/** SQLSTATE: 08 connection, 57P administrator's shutdown, 53300 too many connections, 28 login, 3D000 no such database. */
const SERVER = /^(08...|57P..|53300|28...|3D000)$/;

/** pg has no code for a connection that ends in the middle of a question. */
const ENDED = /^Connection (terminated|ended)/;

/** @returns the words for people; undefined: the error is something else */
export function unreachableService(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  const isKnown = code === undefined ? ENDED.test(error.message) : NETWORK.has(code) || SERVER.test(code);
  if (!isKnown) return undefined;
  const inner = error instanceof AggregateError ? error.errors.map(String).join('; ') : '';
  return `connect to the database: ${error.message || inner || code}; is it running, and is DATABASE_URL right?`;
}
