/** What `baleen index` says at its end where the database has no genesis document of the chain. */
import type { BlockSource } from '@baleen/pipeline';
import type { Store } from '@baleen/store';

export interface WithoutGenesis {
  /** Why each source gave none, in words. */
  readonly reasons: readonly string[];
  /** Prefix of account addresses, which something else may tell; null: nothing does. */
  readonly bech32Prefix: string | null;
}

/** @returns undefined: the database has the document, of these sources or of earlier ones */
export async function withoutGenesis(
  store: Store,
  sources: readonly BlockSource[],
): Promise<WithoutGenesis | undefined> {
  const { chainId } = sources[0]!.info;
  const [chain] = await store.query(
    'select bech32_prefix as prefix from baleen.chains where chain_id = $1 and genesis_hash is null',
    [chainId],
  );
  if (chain === undefined) return undefined;
  const reasons = sources.flatMap(({ info }) =>
    info.notes
      .filter((note) => note.startsWith('no genesis document'))
      .map((note) => `${info.path}: ${note}`),
  );
  return { reasons, bech32Prefix: chain.prefix as string | null };
}

/** Which rows are missing, and what brings them. */
export function withoutGenesisLines(chainId: string, { reasons, bech32Prefix }: WithoutGenesis): string[] {
  const isWhole = bech32Prefix !== null;
  const withIt =
    'baleen index with a folder that has config/genesis.json, or with a node that answers /genesis';
  return [
    `${chainId}: the genesis could not be had (${reasons.join('; ')}); indexed without it`,
    'missing: genesis_hash, and operator_address of validators that no indexed MsgCreateValidator names',
    'not certain: first_height, which is taken to be 1; the application, where only the modules in the genesis tell it (view applications)',
    ...(isWhole ? [] : ['missing: consensus_address, as nothing else tells the prefix of addresses']),
    isWhole
      ? `next: ${withIt}; the blocks stay`
      : `next: baleen forget --chain ${chainId}, then ${withIt}: rows that are there would stay without consensus_address`,
  ];
}
