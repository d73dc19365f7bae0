import { openStore } from '@baleen/store';
import { describeChain, withClient, withDatabase } from '@baleen/testing';
import type pg from 'pg';
import { type RewardsSize, writeRewards } from './synthetic-rewards.ts';

const CHAIN = 'synthetic-1';
/** Delegators asked for, after as many that are not counted: those warm the caches. */
const ASKED = 100;

/** `pending_rewards` of a synthetic chain: a row of a table, see `REWARDS_HEAD`. */
export const rewardsRow = (serverUrl: string, size: RewardsSize): Promise<string> =>
  withDatabase(serverUrl, async (url) => {
    const store = await openStore(url);
    await store.migrate();
    await store.prepareChain(describeChain(CHAIN, { wanted: undefined }));
    await store.close();
    return withClient(url, async (client) => {
      await writeRewards(client, CHAIN, size);
      const { rows, seconds } = await askAll(client);
      const one = await askEach(client);
      const cells = [
        ...[size.delegations, size.validators, size.denoms, rows],
        seconds.toFixed(1),
        ...[one[Math.floor(ASKED / 2)]!, one[Math.floor(ASKED * 0.99)]!].map((ms) => ms.toFixed(1)),
      ];
      console.error(`pending_rewards, ${size.denoms} denoms: ${seconds.toFixed(1)} s`);
      return `| ${cells.join(' | ')} |`;
    });
  });

export const REWARDS_HEAD = `| delegations | validators | denoms | rows | whole view, s | one delegator, median, ms | p99, ms |
|--:|--:|--:|--:|--:|--:|--:|`;

/** Reads the whole view twice and returns the faster reading. */
async function askAll(client: pg.Client): Promise<{ rows: number; seconds: number }> {
  const ask = async (): Promise<{ rows: number; seconds: number }> => {
    const start = performance.now();
    const found = await client.query('select count(amount)::int as rows from baleen.pending_rewards');
    return { rows: found.rows[0].rows, seconds: (performance.now() - start) / 1000 };
  };
  const [first, second] = [await ask(), await ask()];
  return first.seconds < second.seconds ? first : second;
}

/** Milliseconds of each, planning and the way to the server and back with it, in order. */
async function askEach(client: pg.Client): Promise<number[]> {
  const delegators = await client.query(
    'select distinct delegator from baleen_store.state_delegations order by delegator limit $1',
    [2 * ASKED],
  );
  const times: number[] = [];
  for (const { delegator } of delegators.rows) {
    const start = performance.now();
    await client.query('select * from baleen.pending_rewards where delegator = $1', [delegator]);
    times.push(performance.now() - start);
  }
  return times.slice(ASKED).sort((left, right) => left - right);
}
