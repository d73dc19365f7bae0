/** Which application reads the txs of a chain, height by height: chosen once, then the same for every source. */
import type { ApplicationChoice } from '@baleen/chain';
import { sql } from 'kysely';
import type { Queries } from '../postgres/connections.ts';

/** The stored choices, in order of heights; none: no source has told of the chain since choices are stored. */
export const readApplications = (db: Queries, chainId: string): Promise<ApplicationChoice[]> =>
  db
    .selectFrom('applications')
    .select(['application as name', 'from_height as from', 'reason'])
    .where('chain_id', '=', chainId)
    .orderBy('from_height')
    .execute();

/** Stores what the first source tells. What a later one tells of heights above all stored blocks, where a chain may have been upgraded
 * since, is added if the two agree up to there. The caller holds the chain's lock.
 * @param told  in order of heights; none: nothing is to be stored
 * @returns the choices in force */
export async function learnApplications(
  db: Queries,
  chainId: string,
  told: readonly ApplicationChoice[],
): Promise<ApplicationChoice[]> {
  const stored = await readApplications(db, chainId);
  const last = stored.at(-1);
  const added = last === undefined ? told : laterThan(last, await highestBlock(db, chainId), told);
  const choices = [...stored, ...added];
  if (added.length > 0) await writeApplications(db, chainId, choices);
  return choices;
}

function laterThan(
  last: ApplicationChoice,
  highestBlock: number,
  told: readonly ApplicationChoice[],
): readonly ApplicationChoice[] {
  const height = Math.max(highestBlock, last.from);
  const present = told.findLast(({ from }) => from <= height);
  return present?.name === last.name ? told.filter(({ from }) => from > height) : [];
}

export async function writeApplications(
  db: Queries,
  chainId: string,
  choices: readonly ApplicationChoice[],
): Promise<void> {
  await db.deleteFrom('applications').where('chain_id', '=', chainId).execute();
  await db
    .insertInto('applications')
    .values(
      choices.map(({ name, from, reason }) => ({
        chain_id: chainId,
        from_height: from,
        application: name,
        reason,
      })),
    )
    .execute();
}

async function highestBlock(db: Queries, chainId: string): Promise<number> {
  const { rows } = await sql<{ height: number | null }>`
    select max(to_height) as height from baleen_store.ranges
    where chain_id = ${chainId} and kind = 'blocks'`.execute(db);
  return rows[0]?.height ?? 0;
}
