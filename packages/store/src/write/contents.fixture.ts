import { tableNames } from '@baleen/tables';
import type { Store } from '../index.ts';

const DERIVED = ['ranges', 'validator_set_ranges', 'consensus_params_ranges', 'undecoded'];

/** md5 of every table's rows, whatever their order. */
export async function contents(store: Store): Promise<Record<string, unknown>> {
  const sums: Record<string, unknown> = {};
  for (const table of [...tableNames, ...DERIVED]) {
    const [row] = await store.query(
      `select count(*) as rows, md5(string_agg(t::text, '' order by t::text)) as md5 from baleen_store.${table} t`,
    );
    sums[table] = row;
  }
  return sums;
}
