import { BaleenError } from '@baleen/chain';
import type { Queries } from '../postgres/connections.ts';

/** Checks that no process works on the chain.
 *
 * @param doing  what nobody else may work beside: `forget columbus-5`
 * @param kept  what is left now: `nothing removed`
 * @param ours  name of the command that asks, if it works on the chain itself
 * @throws BaleenError operator `STORE_CHAIN_IN_USE` */
export async function checkUnused(
  db: Queries,
  chainId: string,
  doing: string,
  kept: string,
  ours = '',
): Promise<void> {
  const working = await db
    .selectFrom('baleen.workers')
    .select(['command', 'host', 'pid'])
    .where('chain_id', '=', chainId)
    .where('state', '=', 'working')
    .where('command', '<>', ours)
    .execute();
  if (working.length === 0) return;
  const who = working.map(({ command, host, pid }) => `${command} (pid ${pid} on ${host})`).join(', ');
  throw new BaleenError(
    'operator',
    'STORE_CHAIN_IN_USE',
    `${doing}: expected that nobody works on it, found ${who}; ${kept}; stop it first (one that was killed is forgotten after 30 seconds)`,
  );
}
