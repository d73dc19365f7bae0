import type { OutdatedTable } from '@baleen/store';

/** Says at the end of `baleen index` that blocks which are there lack what this version of Baleen makes of them; undefined: they don't. */
export const outdatedLine = (chainId: string, outdated: readonly OutdatedTable[]): string | undefined =>
  outdated.length === 0
    ? undefined
    : `${chainId}: another version of baleen left ${outdated.map(({ table }) => table).join(', ')} of blocks that are there; ` +
      `baleen redecode --chain ${chainId} writes them anew without a node, baleen status names the heights`;
