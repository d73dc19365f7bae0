/** Runs one statement in a read-only transaction and yields its rows page by page, so that a result of any size takes little memory. */
import { BaleenError } from '@baleen/chain';
import pg from 'pg';

export interface Page {
  readonly columns: readonly { readonly name: string; readonly typeOid: number }[];
  /** Values in Postgres's text form; null is NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
}

const ROWS_PER_PAGE = 1_000;

/** Statements that a cursor can be declared for. Others (show, explain) have small results and come as one page. */
const CURSORABLE = /^(\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*(select|with|values|table)\b/i;

/** The extended protocol refuses a second statement in the same text. */
const oneStatement = (text: string): pg.QueryArrayConfig =>
  ({
    text,
    rowMode: 'array',
    queryMode: 'extended',
    types: { getTypeParser: () => String },
  }) as pg.QueryArrayConfig;

export async function* queryPages(url: string, sql: string, signal: AbortSignal): AsyncGenerator<Page> {
  const client = new pg.Client({ connectionString: url, application_name: 'baleen sql' });
  // A connection that breaks between two pages fails the next one; an unhandled error event would end the process.
  let lost: Error | undefined;
  client.on('error', (error) => (lost ??= error));
  await client.connect();
  let abandon = (): void => {};
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    abandon = () => void cancelBackend(url, rows[0]!.pid);
    signal.addEventListener('abort', abandon);
    await client.query('begin transaction read only');
    if (CURSORABLE.test(sql)) yield* cursorPages(client, sql);
    else yield await page(client, sql);
  } catch (error) {
    throw signal.aborted ? error : refused(lost ?? error, sql);
  } finally {
    signal.removeEventListener('abort', abandon);
    await client.end().catch(() => {});
  }
}

/** Cancels the statement over a second connection: a server whose client has gone notices only when it has rows to send. */
async function cancelBackend(url: string, pid: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('select pg_cancel_backend($1)', [pid]);
  await client.end();
}

async function* cursorPages(client: pg.Client, sql: string): AsyncGenerator<Page> {
  await client.query(oneStatement(`${CURSOR}${sql}`));
  for (;;) {
    const next = await page(client, `fetch ${ROWS_PER_PAGE} from page_cursor`);
    yield next;
    if (next.rows.length < ROWS_PER_PAGE) return;
  }
}

const CURSOR = 'declare page_cursor no scroll cursor for ';

async function page(client: pg.Client, sql: string): Promise<Page> {
  const { fields, rows } = await client.query(oneStatement(sql));
  return { columns: fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID })), rows };
}

function refused(error: unknown, sql: string): unknown {
  if (!(error instanceof pg.DatabaseError) || error.code?.startsWith('57P')) return error;
  const several = error.message.includes('multiple commands');
  const hint = error.hint === undefined ? '' : `; ${error.hint}`;
  const at = error.position === undefined || several ? '' : ` ${placeOf(sql, Number(error.position))}`;
  const message = several
    ? 'one statement at a time; put the rest into its own call'
    : `${error.message}${at}${hint}`;
  return new BaleenError('operator', 'CLI_SQL', `sql: ${message}`, { cause: error });
}

/** Points at the place in the typed text where Postgres found the fault. */
function placeOf(sql: string, position: number): string {
  const offset = position - 1 - (CURSORABLE.test(sql) ? CURSOR.length : 0);
  return offset < 0 ? '' : `at "${sql.slice(offset, offset + 30).replaceAll(/\s+/g, ' ')}"`;
}
