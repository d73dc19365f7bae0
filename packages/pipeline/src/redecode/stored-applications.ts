/** The applications by which the stored txs of a chain are read anew. */
import type { ApplicationChoice, ApplicationSpan, BlockRange, StoredRef } from '@baleen/chain';
import { chooseApplications, spanAt } from '@baleen/decode/applications';
import { modulesIn } from '@baleen/source';
import type { Store } from '@baleen/store';
import { openStored, type StoredChain } from '@baleen/store/stored';
import { applicationsOf, checkApplications } from '../chain-applications.ts';

/** Stores the choices where they are not stored yet, and puts those that the user names in place of others. Rows of heights whose
 * application changes are to be made anew.
 *
 * @param named  in order of heights; none: the stored choices stay
 * @returns which application counts from the lowest changed height on, in order of heights; none: all stay as they were
 * @throws BaleenError operator `CLI_APPLICATION`: this version can't read the chain by one of them; `STORE_UNKNOWN_CHAIN` */
export async function settleApplications(
  store: Store,
  ref: StoredRef,
  named: readonly ApplicationSpan[] = [],
): Promise<ApplicationSpan[]> {
  const stored = await store.applications(ref.chainId);
  const chain = await chainOf(ref);
  const before = stored.length > 0 ? stored : await toldByRows(store, chain);
  const after = named.length === 0 ? before : replaced(before, named);
  checkApplications(ref.chainId, chain.era, after);
  const range = changedHeights(before, after);
  const anew = range && { tables: undefined, range, what: JSON.stringify({ named }) };
  if (stored.length === 0 || anew !== undefined) await store.replaceApplications(ref.chainId, after, anew);
  return range === undefined ? [] : spansFrom(after, range.from);
}

/** @param spans  in order of heights */
const spansFrom = (spans: readonly ApplicationSpan[], height: number): ApplicationSpan[] =>
  spans.flatMap(({ name, from }, index) =>
    (spans[index + 1]?.from ?? Number.POSITIVE_INFINITY) > height
      ? [{ name, from: Math.max(from, height) }]
      : [],
  );

/** From the lowest to the highest height that another application reads; undefined: none. Both in order of heights, not empty. */
export function changedHeights(
  before: readonly ApplicationSpan[],
  after: readonly ApplicationSpan[],
): BlockRange | undefined {
  const starts = [...new Set([...before, ...after].map(({ from }) => from))].sort(
    (one, other) => one - other,
  );
  const isOther = (height: number): boolean => spanAt(before, height).name !== spanAt(after, height).name;
  const changed = starts.filter(isOther);
  const last = starts.indexOf(changed.at(-1)!);
  if (changed.length === 0) return undefined;
  return { from: changed[0]!, to: (starts[last + 1] ?? Number.MAX_SAFE_INTEGER) - 1 };
}

/** From the first height that the user names on, only what the user says counts; of two names for one height the last.
 * @param before  in order of heights
 * @param named   in order of heights; not empty */
export function replaced(
  before: readonly ApplicationChoice[],
  named: readonly ApplicationSpan[],
): ApplicationChoice[] {
  const initial = before[0]?.from ?? 0;
  const kept = before.filter(({ from }) => from < named[0]!.from);
  const heights = new Set(named.map(({ from }) => Math.max(from, initial)));
  const given = [...heights].map((from) => ({ ...spanAt(named, from), from, reason: 'given by its name' }));
  return [...kept, ...given].filter(({ name }, index, all) => name !== all[index - 1]?.name);
}

/** A database of before choices were stored: what its rows, its genesis and its state tell. */
async function toldByRows(store: Store, chain: StoredChain): Promise<ApplicationChoice[]> {
  const { chainId, era, stores, initialHeight } = chain;
  const modules = await modulesIn(genesisOf(store, chainId));
  return applicationsOf(
    chooseApplications({ chainId, era, applicationSigns: { stores, modules } }),
    initialHeight,
  );
}

async function chainOf(ref: StoredRef): Promise<StoredChain> {
  const stored = await openStored(ref);
  await stored.close();
  return stored.chain;
}

async function* genesisOf(store: Store, chainId: string): AsyncGenerator<Uint8Array> {
  for (let index = 0; ; index++) {
    const [row] = await store.query(
      'select bytes from baleen_store.genesis_chunks where chain_id = $1 and chunk_index = $2',
      [chainId, index],
    );
    if (row === undefined) return;
    yield row.bytes as Uint8Array;
  }
}
