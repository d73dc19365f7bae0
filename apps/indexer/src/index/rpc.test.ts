import {
  baleen,
  createDatabase,
  type Ended,
  type Fault,
  fixture,
  fixtureData,
  replayRpc,
} from '@baleen/testing';
import { describe, expect, test } from 'vitest';

const RECORDED = [fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')];

type Alter = (route: string, answer: string) => Fault | undefined;

async function withNode(alter: Alter | undefined, run: (url: string) => Promise<void>): Promise<void> {
  const node = await replayRpc(RECORDED, alter === undefined ? {} : { fault: alter });
  try {
    await run(node.url);
  } finally {
    await node.close();
  }
}

describe('the exit code over RPC', () => {
  test('is 3 where nobody listens', async () => {
    const node = await replayRpc(RECORDED);
    await node.close();
    const { code, stderr } = await baleen(['inspect', node.url]);
    expect(stderr).toMatch(/^baleen: ask .*\/status: expected an answer, found connect ECONNREFUSED/);
    expect(code).toBe(3);
  });

  test('is 2 where something else listens', () =>
    withNode(
      () => ({ kind: 'answer', body: '<html>hello</html>' }),
      async (url) => {
        const { code, stderr } = await baleen(['inspect', url]);
        expect(stderr).toMatch(/expected a Tendermint RPC answer in JSON/);
        expect(code).toBe(2);
      },
    ));

  test('is 1 where the node lies; nothing of that block is written, and failed_ranges says why', async () => {
    const database = await createDatabase();
    const env = { DATABASE_URL: database.url };
    const index = (url: string): Promise<Ended> =>
      baleen(['index', url, '--heights', '10..30', '--quiet'], env);
    const lie: Alter = (route, answer) =>
      route === '/block_results?height=23'
        ? { kind: 'answer', body: answer.replace(/"code":\s*0/, '"code":7') }
        : undefined;
    try {
      await withNode(lie, async (url) => {
        const { code, stderr } = await index(url);
        expect(stderr).toMatch(
          /prove block 23 of devnet-col4-a from .*: hash of results, as block 24 has it: expected/,
        );
        expect(code).toBe(1);
        const failed = await baleen(['sql', 'select from_height from failed_ranges', '--csv'], env);
        expect(failed.stdout).toBe('from_height\n23\n');
      });
      await withNode(undefined, async (url) => {
        expect((await index(url)).code).toBe(0);
        expect((await baleen(['gaps'], env)).stdout).not.toMatch(/not indexed yet|results/);
      });
    } finally {
      await database.drop();
    }
  });
});

describe('index over several sources', () => {
  const heightsOf = (routes: readonly string[]): number[] =>
    routes.flatMap((route) => /^\/block\?height=(\d+)$/.exec(route)?.[1] ?? []).map(Number);

  test('reads a folder first, then asks the endpoints together for what it does not have', async () => {
    const database = await createDatabase();
    const env = { DATABASE_URL: database.url };
    const files = [...RECORDED, fixture('terra-columbus4-devnet', 'rpc-killed.jsonl.gz')];
    const nodes = [await replayRpc(files), await replayRpc(files)];
    try {
      const { code, stdout } = await baleen(
        [
          'index',
          nodes[0]!.url,
          fixtureData('terra-columbus4-devnet'),
          nodes[1]!.url,
          '--cross-check',
          '--json',
        ],
        env,
      );
      expect(JSON.parse(stdout)).toMatchObject({ heights: 298, range: { from: 1, to: 298 }, missing: [] });
      expect(code).toBe(0);
      const asked = nodes.flatMap(({ routes }) => heightsOf(routes));
      expect([291, 292, 293, 294, 295, 296, 297, 298].every((height) => asked.includes(height))).toBe(true);
      // Those below are looked at to see that it is the same chain, and how large its blocks are.
      expect(asked.filter((height) => height <= 290).length).toBeLessThan(10);
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
      await database.drop();
    }
  });

  test('refuses sources of two chains, and a cross-check without two endpoints', async () => {
    const [one, other] = [fixtureData('terra-columbus4-devnet'), fixtureData('terra-columbus5-devnet')];
    const mixed = await baleen(['index', one, other]);
    expect(mixed.stderr).toMatch(
      /expected chain devnet-col4-a \(as .* has it\), found baleen-col5-a; nothing written\n$/,
    );
    expect(mixed.code).toBe(2);
    const alone = await baleen(['index', one, '--cross-check']);
    expect(alone.stderr).toMatch(/--cross-check: expected the RPC addresses of two nodes, found none/);
    expect(alone.code).toBe(2);
  });
});
