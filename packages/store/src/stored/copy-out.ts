import type { Readable } from 'node:stream';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** Runs a query by COPY and resolves to all that it answers, in COPY's binary format with its header and trailer. */
export async function copyOut(client: pg.ClientBase, query: string): Promise<Buffer> {
  const stream: Readable = client.query(copyTo(`copy (${query}) to stdout (format binary)`));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
