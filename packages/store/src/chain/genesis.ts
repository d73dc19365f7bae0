import { GenesisOperators, operatorRows, tables } from '@baleen/tables';
import type pg from 'pg';
import { type Queries, transaction } from '../postgres/connections.ts';
import { lockChain, lockGenesis } from '../postgres/locks.ts';
import { copyRows } from '../write/copy.ts';
import { encodeRows } from '../write/encode-rows.ts';
import { nameOperators } from '../write/missed-votes.ts';
import { loadChain } from './chains.ts';

/** Size of a piece of the genesis document, in bytes. Each piece is a row, since no field of PostgreSQL can hold columbus-5's 1.3 GB. */
const CHUNK_BYTES = 1 << 20;

/** Stores the genesis document in pieces, and the operators of its validators, in one transaction. If the chain already has a genesis, it
 * stays as it is. Resolves to the document's length in bytes. */
export function storeGenesis(
  pool: pg.Pool,
  chainId: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<number> {
  return transaction(pool, async (db, client) => {
    const { number } = await loadChain(db, chainId);
    // A second process waits here until the first has stored the pieces, and then finds them.
    await lockGenesis(db, number);
    const { bytes } = await db
      .selectFrom('genesis_chunks')
      .select(({ fn, ref }) => fn.sum<number | null>(fn('length', [ref('bytes')])).as('bytes'))
      .where('chain_id', '=', chainId)
      .executeTakeFirstOrThrow();
    if (bytes !== null) return bytes;
    const operators = new GenesisOperators();
    const total = await insertChunks(db, chainId, chunks, operators);
    const height = await heightOfGenesis(db, chainId);
    const rows = operatorRows(chainId, height, operators.keys);
    await copyRows(client, 'validator_operators', encodeRows(tables.validator_operators, rows));
    await lockChain(db, number);
    const keys = rows.map(({ address }) => address);
    await nameOperators(db, chainId, keys, height);
    return total;
  });
}

async function insertChunks(
  db: Queries,
  chainId: string,
  chunks: AsyncIterable<Uint8Array>,
  operators: GenesisOperators,
): Promise<number> {
  let total = 0;
  let index = 0;
  for await (const bytes of pieces(chunks)) {
    operators.push(bytes);
    await db
      .insertInto('genesis_chunks')
      .values({ chain_id: chainId, chunk_index: index++, bytes })
      .execute();
    total += bytes.length;
  }
  return total;
}

/** Returns the height of rows that come from the genesis: the one before the first block. */
async function heightOfGenesis(db: Queries, chainId: string): Promise<number> {
  const { initial_height } = await db
    .selectFrom('chains')
    .select('initial_height')
    .where('chain_id', '=', chainId)
    .executeTakeFirstOrThrow();
  return initial_height - 1;
}

/** Cuts a stream into pieces of CHUNK_BYTES; only the last one is shorter. */
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
