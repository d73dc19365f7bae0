/** Compares what a database shows of a chain with what its node answered. */
import type { Client } from 'pg';
import { at, text } from './json.ts';
import { compareKind, type KindReport, type Scope } from './kind.ts';
import { KINDS } from './kinds/index.ts';
import { answers, type Recording } from './recording.ts';

export interface Comparison {
  readonly chainId: string;
  readonly from: number;
  readonly to: number;
  /** Faults of the heights as a whole, such as a missing range; empty: none. */
  readonly faults: readonly string[];
  readonly kinds: readonly KindReport[];
}

export async function compareDatabase(
  database: Client,
  recording: Recording,
  dataName: string,
): Promise<Comparison> {
  const { scope, faults } = await scopeOf(database, recording, dataName);
  const kinds: KindReport[] = [];
  for (const kind of KINDS) kinds.push(await compareKind(kind, recording, scope));
  return { chainId: scope.chainId, from: scope.from, to: scope.to, faults, kinds };
}

async function scopeOf(
  database: Client,
  recording: Recording,
  dataName: string,
): Promise<{ scope: Scope; faults: string[] }> {
  const { chainId } = recording;
  const { rows } = await database.query<Record<'first' | 'last' | 'count' | 'results', string | null>>(
    `select min(height)::text as first, max(height)::text as last, count(*)::text,
       (select string_agg(from_height || '..' || to_height, ', ' order by from_height)
        from baleen.coverage where chain_id = $1 and kind = 'results') as results
     from baleen.blocks where chain_id = $1`,
    [chainId],
  );
  const { first, last, count, results } = rows[0]!;
  if (first === null || last === null)
    throw new Error(`compare ${chainId}: the view baleen.blocks shows no block of it`);
  const scope = {
    database,
    chainId,
    from: Number(first),
    to: Number(last),
    resultsTo: Number(results?.split('..').at(-1) ?? 0),
  };
  const faults = heightFaults(scope, Number(count), recording, dataName);
  if (results !== `${first}..${scope.resultsTo}`)
    faults.push(`results are there for ${results ?? 'no height'}`);
  return { scope, faults };
}

/** The clean data ends at the recorded head; killed data may end anywhere, but holds every height up to its end, with results (the head's may be missing). */
function heightFaults(
  { from, to, resultsTo }: Scope,
  count: number,
  recording: Recording,
  dataName: string,
): string[] {
  const heights = answers(recording.rpc, '/block').map(({ body }) =>
    Number(text(at(body, 'block', 'header', 'height'))),
  );
  const faults: string[] = [];
  if (count !== to - from + 1) faults.push(`heights ${from} to ${to} have ${count} blocks`);
  const lowest = Math.min(...heights);
  if (from > lowest) faults.push(`first height is ${from}, the recording begins at ${lowest}`);
  const head = Math.max(...heights);
  if (dataName === 'data' && to < Math.min(head, cleanHead(recording)))
    faults.push(`last height is ${to}, the recording goes to ${cleanHead(recording)}`);
  if (resultsTo < to - 1) faults.push(`results end at ${resultsTo}, blocks at ${to}`);
  return faults;
}

/** The head when the truth of the clean data was recorded: the first `/status` (rpc-killed.jsonl.gz has a later one). */
function cleanHead({ rpc }: Recording): number {
  const status = answers(rpc, '/status')[0]?.body;
  return Number(text(at(status, 'sync_info', 'latest_block_height')) ?? Number.POSITIVE_INFINITY);
}
