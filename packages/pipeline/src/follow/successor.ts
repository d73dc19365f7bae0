import { BaleenError } from '@baleen/chain';
import type { SourceInfo } from '@baleen/source';
import type { Store } from '@baleen/store';

/** Checks that the source, which serves another chain now, serves the one that continues the followed chain, as the address of columbus-4
 * did after its end. The table of lineages tells, or the name: a chain that begins anew counts its number up.
 *
 * @returns the chain id of the successor
 * @throws BaleenError data `SOURCE_CHAIN_MISMATCH`: it serves any other chain */
export async function checkSuccessor(store: Store, chainId: string, info: SourceInfo): Promise<string> {
  const [stored] = await store.query('select successor from baleen.chains where chain_id = $1', [chainId]);
  if (stored?.successor === info.chainId || countsUp(chainId, info.chainId)) return info.chainId;
  throw new BaleenError(
    'data',
    'SOURCE_CHAIN_MISMATCH',
    `follow ${chainId} at ${info.path}: expected that chain, found ${info.chainId}, which does not continue it; ` +
      'nothing of it is written; name a node of the chain',
  );
}

function countsUp(before: string, after: string): boolean {
  const [, name, number] = /^(.+-)(\d+)$/.exec(before) ?? [];
  const [, laterName, later] = /^(.+-)(\d+)$/.exec(after) ?? [];
  return name !== undefined && name === laterName && Number(later) > Number(number);
}
