/** Follows an endpoint that is in trouble for a part of the time, and compares what is written with the same chain indexed in peace. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  baleen,
  createDatabase,
  type Fault,
  fixture,
  type ReplayNode,
  replayNode,
  startBaleen,
  sumDifferences,
  type TestDatabase,
} from '@baleen/testing';
import { SHAPES } from './shapes.ts';

const FILES = [fixture('terra-columbus5-devnet', 'rpc.jsonl.gz')];
const LAST = 306;
/** The backfill has something to do from here down, the head from here up. */
const FIRST_HEAD = 100;
/** Longest window of trouble, in milliseconds; the shortest is a tenth. */
const LONGEST_TROUBLE_MS = 2_000;
/** Longest wait for the last rows after the chain has ended. */
const SETTLE_MS = 120_000;

export interface Troubled {
  /** Requests answered with trouble, by its shape. */
  readonly given: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly ended: boolean;
  readonly missing: number;
  readonly failed: number;
  /** Tables that differ from those of the chain indexed in peace. */
  readonly wrong: readonly string[];
}

export interface TroubledOptions {
  readonly minutes: number;
  /** Part of the time that the endpoint is in trouble, 0 to 1. */
  readonly share: number;
  /** Numbers from 0 to 1. */
  readonly random: () => number;
}

export async function followTroubled(options: TroubledOptions): Promise<Troubled> {
  const [followed, indexed] = [await createDatabase(), await createDatabase()];
  const trouble = createTrouble(options);
  const node = await replayNode(FILES, { head: FIRST_HEAD, fault: trouble.fault });
  try {
    const running = startBaleen(['follow', node.url, '--quiet'], { DATABASE_URL: followed.url });
    let hasEnded = false;
    void running.ended.then(() => (hasEnded = true));
    await grow(node, options.minutes * 60_000);
    trouble.end();
    const missing = async (): Promise<number> => {
      const [row] = await followed.query<{ there: number }>(
        'select count(*)::int as there from baleen.blocks',
      );
      return LAST - row!.there;
    };
    const settledBy = performance.now() + SETTLE_MS;
    while (!hasEnded && performance.now() < settledBy && (await missing()) > 0) await sleep(500);
    const ended = hasEnded;
    running.interrupt();
    await running.ended;
    await indexInPeace(indexed.url);
    return {
      ...trouble.counts,
      ended,
      missing: await missing(),
      ...(await compare(followed, indexed)),
    };
  } finally {
    await node.close();
    await followed.drop();
    await indexed.drop();
  }
}

async function grow(node: ReplayNode, ms: number): Promise<void> {
  const pace = ms / (LAST - FIRST_HEAD);
  for (let height = FIRST_HEAD + 1; height <= LAST; height++) {
    await sleep(pace);
    node.advance(height);
  }
}

async function indexInPeace(url: string): Promise<void> {
  const node = await replayNode(FILES, { head: LAST });
  const { code, stderr } = await baleen(['index', node.url, '--quiet'], { DATABASE_URL: url });
  await node.close();
  if (code !== 0) throw new Error(`index in peace: exit code ${code}: ${stderr}`);
}

async function compare(
  followed: TestDatabase,
  indexed: TestDatabase,
): Promise<Pick<Troubled, 'failed' | 'wrong'>> {
  const [row] = await followed.query<{ count: number }>(
    'select count(*)::int as count from baleen.failed_ranges',
  );
  return {
    failed: row!.count,
    // What was asked for differs: heights by index, all that comes by follow.
    wrong: sumDifferences(await indexed.checksums(), await followed.checksums()).filter(
      (table) => !table.startsWith('wanted_ranges:'),
    ),
  };
}

interface Trouble {
  readonly fault: () => Fault | undefined;
  readonly counts: { readonly given: Readonly<Record<string, number>>; readonly requests: number };
  /** From now on all is well. */
  end(): void;
}

/** Windows of trouble, each of one shape, with peace between them so that they take `share` of the time. */
function createTrouble({ share, random }: TroubledOptions): Trouble {
  const names = Object.keys(SHAPES);
  const given: Record<string, number> = {};
  let requests = 0;
  let turn = 0;
  let hasEnded = false;
  let shape = names[0]!;
  let [from, to] = [0, 0];
  function nextWindow(now: number): void {
    const lasting = LONGEST_TROUBLE_MS * (0.1 + 0.9 * random());
    from = Math.max(now, to) + ((lasting * (1 - share)) / share) * (0.5 + random());
    to = from + lasting;
    shape = names[turn++ % names.length]!;
  }
  return {
    fault() {
      requests++;
      const now = performance.now();
      if (now >= to) nextWindow(now);
      if (hasEnded || now < from) return undefined;
      given[shape] = (given[shape] ?? 0) + 1;
      return SHAPES[shape];
    },
    counts: {
      given,
      get requests() {
        return requests;
      },
    },
    end() {
      hasEnded = true;
    },
  };
}
