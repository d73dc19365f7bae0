/** What an index has kept raw, for its last line: exit code 0 must not hide it. */
import type { Store } from '@baleen/store';
import { grouped } from '../output/table.ts';

/** Things of a kind that nothing here can read; their bytes are there. */
export interface KeptRaw {
  readonly kind: 'message' | 'tx';
  readonly things: number;
  /** Types of messages, the most frequent first. */
  readonly names: readonly string[];
}

/** Of the whole chain in the database. Its state has a line of its own; texts that Postgres can't hold are no sign of an unknown
 * application. */
export async function keptRaw(store: Store, chainId: string): Promise<KeptRaw[]> {
  const rows = await store.query(
    `select kind, sum(things)::int as things, array_agg(name order by things desc, name) as names
     from baleen_store.undecoded where chain_id = $1 and kind in ('message', 'tx') group by kind order by kind`,
    [chainId],
  );
  return rows as unknown as KeptRaw[];
}

/** Names that are told; of more only the number. */
const TOLD = 3;

/** @returns undefined: everything is decoded */
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
