import type { Store } from '@baleen/store';

/** The prefix of the chain's account addresses, `terra`, as some source of it has told. undefined: none has, or the database does not have
 * the chain. */
export async function storedPrefix(chainId: string, store: Store): Promise<string | undefined> {
  const [stored] = await store.query('select bech32_prefix from baleen.chains where chain_id = $1', [
    chainId,
  ]);
  return (stored?.bech32_prefix as string | null | undefined) ?? undefined;
}
