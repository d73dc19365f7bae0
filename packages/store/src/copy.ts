import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type TableName, tables } from '@baleen/tables';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** Signature, no flags, no extension. */
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
/** A row of -1 columns ends the data. */
const TRAILER = Buffer.from([0xff, 0xff]);
/** A body is sent in pieces of this size, so that one that waits for the socket is not copied whole. */
const PIECE_BYTES = 1 << 20;

/** Copies rows of a table of facts, by default into the table itself. */
export function copyRows(
  client: pg.ClientBase,
  table: TableName,
  body: Uint8Array,
  into?: string,
): Promise<void> {
  const columns = tables[table].columns.map(({ name }) => name).join(', ');
  return copyBody(client, `${into ?? `baleen_store.${table}`} (${columns})`, body);
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
