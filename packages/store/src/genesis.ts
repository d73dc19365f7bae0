import type pg from 'pg';
import { loadChain } from './chains.ts';
import { type Queryable, transaction } from './database.ts';
import { lockGenesis } from './locks.ts';

/** A piece of the genesis in one row; no single field of Postgres holds columbus-5's 1.3 GB. */
const CHUNK_BYTES = 1 << 20;

/** Keeps the genesis in pieces, in one transaction; one that is there stays. Resolves to its bytes. */
export function storeGenesis(
  pool: pg.Pool,
  chainId: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<number> {
  return transaction(pool, async (client) => {
    // A second writer waits, then finds the pieces.
    await lockGenesis(client, (await loadChain(client, chainId)).number);
    const { rows } = await client.query<{ bytes: string | null }>(
      'select sum(length(bytes)) as bytes from baleen_store.genesis_chunks where chain_id = $1',
      [chainId],
    );
    const there = rows[0]!.bytes;
    return there === null ? insertChunks(client, chainId, chunks) : Number(there);
  });
}

async function insertChunks(
  client: Queryable,
  chainId: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<number> {
  let total = 0;
  let index = 0;
  for await (const piece of pieces(chunks)) {
    await client.query(
      'insert into baleen_store.genesis_chunks (chain_id, chunk_index, bytes) values ($1, $2, $3)',
      [chainId, index++, piece],
    );
    total += piece.length;
  }
  return total;
}

/** The same bytes in pieces of CHUNK_BYTES; only the last is shorter. */
async function* pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; ) {
      const part = chunk.subarray(start, start + CHUNK_BYTES - length);
      waiting.push(part);
      start += part.length;
      length += part.length;
      if (length < CHUNK_BYTES) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      length = 0;
    }
  }
  if (length > 0) yield Buffer.concat(waiting);
}
