/** Makes the last line of `baleen index`, which names what was kept raw because nothing could decode it: exit code 0 must not hide that. */
import type { Store } from '@baleen/store';
import { grouped } from '../output/table.ts';

/** Messages or txs that Baleen can't decode. The database has their bytes. */
export interface KeptRaw {
  readonly kind: 'message' | 'tx';
  readonly things: number;
  /** Types of messages, the most frequent first. */
  readonly names: readonly string[];
}

/** Reads what of the whole chain is kept raw in the database. State is left out, since it has a line of its own. Texts that PostgreSQL
 * can't hold are left out too, since they don't mean that the application is unknown. */
export async function keptRaw(store: Store, chainId: string): Promise<KeptRaw[]> {
  const rows = await store.query(
    `select kind, sum(things)::int as things, array_agg(name order by things desc, name) as names
     from baleen_store.undecoded where chain_id = $1 and kind in ('message', 'tx') group by kind order by kind`,
    [chainId],
  );
  return rows as unknown as KeptRaw[];
}

/** Number of names that the line lists; of the others it says only how many there are. */
const TOLD = 3;

/** Returns the line; undefined if everything is decoded. */
export function keptRawLine(chainId: string, raw: readonly KeptRaw[]): string | undefined {
  if (raw.length === 0) return undefined;
  return `${chainId}: kept raw: ${raw.map(told).join('; ')}; baleen sql "select * from undecoded" names all of it`;
}

function told({ kind, things, names }: KeptRaw): string {
  if (kind === 'tx') return `${grouped(things)} txs`;
  const more = names.length > TOLD ? ` and ${names.length - TOLD} more` : '';
  const which = `${names.slice(0, TOLD).join(', ')}${more}`;
  return `${grouped(things)} messages of ${which}`;
}
