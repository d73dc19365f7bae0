/** Which of the stored chains and heights a command is about that reads no source. */
import { BaleenError, type BlockRange } from '@baleen/chain';
import type { Store } from '@baleen/store';
import type { HeightsAsked } from './cli/heights.ts';

export interface StoredChain {
  readonly chainId: string;
  /** Lowest and highest stored height. */
  readonly stored: BlockRange;
}

/** The chain that a command is about: the one that is named, else the only one.
 *
 * @param command  its name, for errors
 * @throws BaleenError operator `STORE_UNKNOWN_CHAIN`, `CLI_WHICH_CHAIN` */
export async function storedChain(
  store: Store,
  chain: string | undefined,
  command: string,
): Promise<StoredChain> {
  const rows = await store.query(
    `select chain_id, min(from_height)::text as low, max(to_height)::text as high
     from baleen_store.ranges where kind = 'blocks' group by chain_id order by chain_id`,
  );
  const chains = rows.map(({ chain_id, low, high }) => ({
    chainId: chain_id as string,
    stored: { from: Number(low), to: Number(high) },
  }));
  const names = chains.map(({ chainId }) => chainId).join(', ');
  const [found, other] = chains.filter(({ chainId }) => (chain ?? chainId) === chainId);
  if (found === undefined)
    throw new BaleenError(
      'operator',
      'STORE_UNKNOWN_CHAIN',
      `${command}: expected blocks of ${chain ?? 'a chain'} in the database, found ${names || 'none'}; next: baleen index SOURCE`,
    );
  if (other !== undefined)
    throw new BaleenError(
      'operator',
      'CLI_WHICH_CHAIN',
      `${command}: expected one chain in the database or --chain, found ${names}; name one with --chain`,
    );
  return found;
}

/** The heights that were asked for; an open end reaches as far as blocks are stored.
 *
 * @throws BaleenError operator `CLI_HEIGHTS_NOT_THERE`: none of them is stored */
export function storedRange(
  chain: StoredChain,
  asked: HeightsAsked | undefined,
  command: string,
): BlockRange {
  const { stored } = chain;
  const range = { from: asked?.from ?? stored.from, to: asked?.to ?? stored.to };
  if (range.from <= range.to && range.from <= stored.to && range.to >= stored.from) return range;
  throw heightsNotThere(chain, `${command}: heights ${asked?.from ?? ''}..${asked?.to ?? ''}`);
}

export const heightsNotThere = ({ chainId, stored: { from, to } }: StoredChain, what: string): BaleenError =>
  new BaleenError(
    'operator',
    'CLI_HEIGHTS_NOT_THERE',
    `${what}: expected heights that are stored, found ${from}..${to} of ${chainId}; ask for some of these`,
  );
