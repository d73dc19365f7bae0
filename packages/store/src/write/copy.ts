import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type TableName, tables } from '@baleen/tables';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** Header of a binary COPY: signature, no flags, no extension. */
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
/** End of a binary COPY: a row of -1 columns. */
const TRAILER = Buffer.from([0xff, 0xff]);
/** Bytes of a piece. A body is sent in pieces, so that Node copies only one piece while the socket is busy. */
const PIECE_BYTES = 1 << 20;

/** Encoded rows of a table, and the table to copy them into; `into` undefined: the table itself. */
export interface Rows {
  readonly table: TableName;
  readonly body: Uint8Array;
  readonly into?: string | undefined;
}

/** Copies the rows of several tables: in one query when they are small, else one table after the other. */
export async function copyAll(client: pg.ClientBase, all: readonly Rows[]): Promise<void> {
  if (all.length === 0) return;
  const bytes = all.reduce((sum, { body }) => sum + body.length, 0);
  if (bytes <= PIECE_BYTES) await copyTogether(client, all);
  else for (const { table, body, into } of all) await copyRows(client, table, body, into);
}

/** Copies rows of a table of facts, by default into the table itself. */
export const copyRows = (
  client: pg.ClientBase,
  table: TableName,
  body: Uint8Array,
  into?: string,
): Promise<void> => copyBody(client, targetOf({ table, into }), body);

function targetOf({ table, into }: Omit<Rows, 'body'>): string {
  const columns = tables[table].columns.map(({ name }) => name).join(', ');
  return `${into ?? `baleen_store.${table}`} (${columns})`;
}

/** The methods of pg's connection that COPY needs; pg's types do not declare them. */
interface CopyConnection {
  readonly stream: Pick<Writable, 'cork' | 'uncork'>;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Sends one query of many COPY statements with all their rows behind it; the server answers once. When one block is written at a time,
 * two round trips for each of a dozen tables would take most of the time of a commit.
 *
 * When a COPY fails, the server skips the rest: the protocol says to ignore data outside of COPY. */
function copyTogether(client: pg.ClientBase, all: readonly Rows[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    client.query({
      submit(connection: unknown) {
        const wire = connection as CopyConnection;
        // Corked, everything goes out in one packet. Otherwise each write would wake the server.
        wire.stream.cork();
        wire.query(all.map((rows) => `copy ${targetOf(rows)} from stdin (format binary)`).join('; '));
        for (const { body } of all) {
          wire.sendCopyFromChunk(Buffer.concat([HEADER, body, TRAILER]));
          wire.endCopyFrom();
        }
        wire.stream.uncork();
      },
      handleCopyInResponse: () => undefined,
      handleCommandComplete: () => undefined,
      handleError(error: Error) {
        failure ??= error;
        reject(failure);
      },
      handleReadyForQuery: () => (failure === undefined ? resolve() : undefined),
    } as pg.Submittable);
  });
}

/** Copies a body of rows into `target`: a table and its columns. */
export async function copyBody(client: pg.ClientBase, target: string, body: Uint8Array): Promise<void> {
  const stream = client.query(copyFrom(`copy ${target} from stdin (format binary)`));
  await pipeline(Readable.from(pieces(body)), stream);
}

function* pieces(body: Uint8Array): Generator<Buffer> {
  yield HEADER;
  for (let start = 0; start < body.length; start += PIECE_BYTES)
    yield Buffer.from(body.buffer, body.byteOffset + start, Math.min(PIECE_BYTES, body.length - start));
  yield TRAILER;
}
