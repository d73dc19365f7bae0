/** Reads the blocks of a chain back from Baleen's own rows. Threads load this entry point without the rest of the store. */
import { BaleenError, type BlockRange, type RawStoredBlock, type StoredRef, shownRange } from '@baleen/chain';
import pg from 'pg';
import { NO_TIMEOUTS } from '../postgres/no-timeouts.ts';
import { explained } from '../postgres/postgres-faults.ts';
import { blockOf, type SharedFacts } from './block-of.ts';
import { type BlockRow, type BlockRows, readBlockRows, readRowsOfBlocks } from './block-rows.ts';
import { ContentReader } from './content-rows.ts';
import { readStoredChain, type StoredChain } from './stored-chain.ts';

export type { StoredChain } from './stored-chain.ts';

/** Heights that are read with one query per table. */
const MOST_HEIGHTS = 32;
/** Bytes of blocks (as the node counts them) that are read at once; a larger block is read by itself. */
const MOST_BYTES = 1 << 20;

export interface StoredBlocks {
  readonly chain: StoredChain;
  /** Yields the blocks of a range, in order of height, one read at a time. Each has what the rows hold, and its txs undecoded. Bytes
   * may be views of larger buffers: copy what is kept. Equal neighbouring validator sets and params are one object.
   *
   * What the rows don't tell: which prefix of addresses the source of each block had (it is the chain's now), and whether a piece of
   * evidence has no time or Go's zero time (it is read as the latter). Everything else of a block is there.
   *
   * Some heights are read in one snapshot, so that nobody who writes them anew meanwhile is seen halfway.
   * @throws BaleenError data `STORE_ROWS_DAMAGED` with the height: its rows are missing, or not as Baleen writes them */
  read(range: BlockRange, signal?: AbortSignal): AsyncGenerator<RawStoredBlock>;
  close(): Promise<void>;
}

/** Connects to the database and looks the chain up.
 *
 * @throws BaleenError operator `STORE_UNKNOWN_CHAIN`; those of `explained` */
export async function openStored({
  databaseUrl,
  chainId,
  isAsWritten = false,
}: StoredRef): Promise<StoredBlocks> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'baleen',
    keepAlive: true,
  });
  // A connection that breaks between two queries fails the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(NO_TIMEOUTS);
    const chain = await readStoredChain(client, chainId);
    return new Reader(client, chain, isAsWritten);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw explained(`open the stored blocks of ${chainId}`, error);
  }
}

class Reader implements StoredBlocks {
  readonly chain: StoredChain;
  private readonly client: pg.Client;
  private readonly contents: ContentReader;
  private readonly isAsWritten: boolean;

  constructor(client: pg.Client, chain: StoredChain, isAsWritten: boolean) {
    this.client = client;
    this.isAsWritten = isAsWritten;
    this.chain = chain;
    this.contents = new ContentReader(client, chain.chainId);
  }

  async *read({ from, to }: BlockRange, signal?: AbortSignal): AsyncGenerator<RawStoredBlock> {
    for (let next = from; next <= to; ) {
      signal?.throwIfAborted();
      const piece = await this.piece({ from: next, to: Math.min(to, next + MOST_HEIGHTS - 1) });
      for (const make of piece) {
        yield make(next);
        next++;
      }
    }
  }

  /** Reads blocks from the range's first one on, and returns for each a function that makes it. */
  private async piece(range: BlockRange): Promise<((height: number) => RawStoredBlock)[]> {
    const { client, chain } = this;
    try {
      await client.query('begin isolation level repeatable read, read only');
      const blocks = atOnce(await readBlockRows(client, chain.chainId, range), range.from);
      if (blocks.length === 0) return [absent(chain.chainId)];
      const rows = await readRowsOfBlocks(client, chain.chainId, blocks);
      const shared = await this.contents.read({ from: range.from, to: range.from + blocks.length - 1 });
      return rows.map((each) => (height) => this.made(height, each, () => shared(height)));
    } catch (error) {
      throw explained(
        `read the stored blocks ${shownRange(range)} of ${chain.chainId}`,
        error,
        'nothing written',
      );
    } finally {
      await client.query('rollback').catch(() => undefined);
    }
  }

  private made(height: number, rows: BlockRows, shared: () => SharedFacts): RawStoredBlock {
    const { chainId, era } = this.chain;
    const bech32Prefix = this.prefixOf(rows.block);
    try {
      const body = blockOf({ chainId, bech32Prefix }, rows, shared());
      return { encoding: 'stored', chainId, era, height, bech32Prefix, ...body };
    } catch (error) {
      throw damaged(chainId, height, (error as Error).message, error);
    }
  }

  /** A block that was written without a prefix has no text of its proposer's address. */
  private prefixOf({ proposer_address, proposer_consensus_address }: BlockRow): string | undefined {
    const wasWithout = proposer_address.length > 0 && proposer_consensus_address === null;
    return this.isAsWritten && wasWithout ? undefined : this.chain.bech32Prefix;
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

/** The blocks from `first` on that follow each other, as many as are read at once. */
function atOnce(blocks: readonly BlockRow[], first: number): BlockRow[] {
  let bytes = 0;
  const end = blocks.findIndex(({ height, size }, index) => {
    bytes += size;
    return Number(height) !== first + index || (index > 0 && bytes > MOST_BYTES);
  });
  return blocks.slice(0, end < 0 ? undefined : end);
}

const absent =
  (chainId: string) =>
  (height: number): never => {
    throw damaged(chainId, height, 'it has no row in blocks');
  };

const damaged = (chainId: string, height: number, found: string, cause?: unknown): BaleenError =>
  new BaleenError(
    'data',
    'STORE_ROWS_DAMAGED',
    `read the stored block ${height} of ${chainId}: its rows are not as Baleen writes them: ${found}; somebody else changed them, or ` +
      'forgets the block just now; next: baleen forget these heights and index them again',
    { cause, height },
  );
