/** What `follow` does about each kind of failure at each question that it asks of the database. */
import type { Store } from '@baleen/store';
import { answeredByPostgres, fixture, type ReplayNode, replayNode } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFollowed, type Followed, followInto, openFollowed } from './following.fixture.ts';

const CHAIN = 'devnet-col4-a';
const FILES = [fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')];
const RANGE = { from: 281, to: 290 };

type Method = Exclude<keyof Store, 'close'>;

/** The store, but that the first call of a method fails. */
function failing(store: Store, asked: Set<Method>, method?: Method, error?: Error): Store {
  let isUsed = false;
  return new Proxy(store, {
    get(target, name: Method) {
      const real = target[name] as (...all: unknown[]) => unknown;
      return (...all: unknown[]) => {
        asked.add(name);
        if (name !== method || isUsed) return real.apply(target, all);
        isUsed = true;
        return Promise.reject(error);
      };
    },
  });
}

describe('a database that fails once while it is followed into', () => {
  let node: ReplayNode;
  const asked = new Set<Method>();
  beforeAll(async () => {
    node = await replayNode(FILES, { base: RANGE.from, head: RANGE.to });
    await follow(undefined, undefined, async (following) => {
      await following.untilThere(RANGE);
      await following.stop();
    });
  });
  afterAll(() => node.close());

  async function follow(
    method: Method | undefined,
    error: Error | undefined,
    check: (following: ReturnType<typeof followInto>) => Promise<void>,
  ): Promise<void> {
    const followed: Followed = await openFollowed();
    const store = failing(followed.store, asked, method, error);
    const following = followInto({ ...followed, store }, CHAIN, [[node.url]]);
    try {
      await check(following);
    } finally {
      await following.stop().catch(() => undefined);
      await dropFollowed(followed);
    }
  }

  test('is asked for blocks, chain, failures and status at least', () => {
    for (const method of ['prepareChain', 'missing', 'writeHead', 'write', 'status', 'storeGenesis'] as const)
      expect([...asked]).toContain(method);
  });

  test('is waited for, whatever was asked, and all is written', async () => {
    const error = answeredByPostgres('57P01');
    for (const method of [...asked].filter((each) => each !== 'missing'))
      await follow(method, error, async (following) => {
        await following.untilThere(RANGE);
      });
  });

  test('with a fault of ours ends following, whatever was asked', async () => {
    const error = answeredByPostgres('42601');
    for (const method of ['prepareChain', 'writeHead', 'status', 'storeGenesis'] as const)
      await follow(method, error, async (following) => {
        await expect(following.ended).rejects.toBe(error);
      });
  });
});
