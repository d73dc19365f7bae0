import type { BaleenError, Block } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { sourceAt } from '@baleen/source';
import { type FixtureName, fixture, fixtureData, fixtureKilled, replayRpc } from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import { openBlocks } from './open-blocks.ts';

async function readBlocks(path: string, from: number, to: number): Promise<Block[]> {
  using source = await openBlocks(sourceAt(path));
  const blocks: Block[] = [];
  for await (const { block } of source.blocks({ from, to })) blocks.push(block);
  return blocks;
}

/** Bytes as hexadecimal, whether a Buffer holds them or not. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${toHex(value)}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

describe('the same block', () => {
  test.each<[FixtureName, string, string[], number, number]>([
    ['terra-columbus4-devnet', fixtureData('terra-columbus4-devnet'), ['rpc.jsonl.gz'], 1, 290],
    [
      'terra-columbus4-devnet',
      fixtureKilled('terra-columbus4-devnet'),
      ['rpc.jsonl.gz', 'rpc-killed.jsonl.gz'],
      291,
      298,
    ],
    ['terra-columbus5-devnet', fixtureData('terra-columbus5-devnet'), ['rpc.jsonl.gz'], 1, 306],
  ])('of %s is the same value from LevelDB and over RPC', async (name, path, files, from, to) => {
    const server = await replayRpc(files.map((file) => fixture(name, file)));
    try {
      const overRpc = await readBlocks(server.url, from, to);
      const stored = await readBlocks(path, from, to);
      expect(overRpc.map(({ height }) => height)).toEqual(stored.map(({ height }) => height));
      for (const [index, block] of overRpc.entries()) expect(plain(block)).toEqual(plain(stored[index]));
    } finally {
      await server.close();
    }
  });
});

/** Reads two blocks and says how that ended, without the port. */
async function readAltered(
  name: FixtureName,
  route: string,
  from: number,
  alter: (answer: string) => string,
): Promise<string> {
  const server = await replayRpc([fixture(name, 'rpc.jsonl.gz')], {
    fault: (asked, answer) => (asked === route ? { kind: 'answer', body: alter(answer) } : undefined),
  });
  try {
    await readBlocks(server.url, from, from + 1);
    return 'nothing was found';
  } catch (error) {
    const { kind, code, message } = error as BaleenError;
    return `${kind} ${code}: ${message.replace(/127\.0\.0\.1:\d+/, 'node').replaceAll(/[0-9a-f]{64}/g, 'hash')}`;
  } finally {
    await server.close();
  }
}

/** Changes the first letter or digit of what `pattern` finds as its last group. */
const change =
  (pattern: RegExp) =>
  (answer: string): string => {
    const found = pattern.exec(answer);
    if (found === null) throw new TypeError(`${pattern} is not in the answer`);
    const at = found.index + found[0].length - found[1]!.length;
    return `${answer.slice(0, at)}${answer[at] === '4' ? '5' : '4'}${answer.slice(at + 1)}`;
  };

describe('a lie is found', () => {
  const proven = 'data SOURCE_LYING: prove block';
  test.each<[string, FixtureName, string, number, RegExp, string]>([
    [
      'a header field',
      'terra-columbus4-devnet',
      '/block?height=20',
      20,
      /"app_hash":\s*"(\w+)"/,
      'hash of block',
    ],
    ['a tx', 'terra-columbus4-devnet', '/block?height=5', 5, /"txs":\s*\["(\w+)/, 'hash of parts'],
    ['a vote', 'terra-columbus4-devnet', '/block?height=20', 20, /"signature":\s*"(\w+)/, 'hash of parts'],
    [
      "the commit's round, which no other hash covers",
      'terra-columbus5-devnet',
      '/block?height=20',
      20,
      /"last_commit":\s*\{\s*"height":\s*"\d+",\s*"round":\s*(\d)/,
      'hash of parts',
    ],
    [
      'evidence',
      'terra-columbus4-devnet',
      '/block?height=21',
      21,
      /"VoteB".*?"signature":\s*"(\w+)/,
      'hash of parts',
    ],
    [
      'evidence',
      'terra-columbus5-devnet',
      '/block?height=145',
      145,
      /"ValidatorPower":\s*"(\d+)/,
      'hash of parts',
    ],
    [
      'the code of a tx',
      'terra-columbus4-devnet',
      '/block_results?height=5',
      5,
      /"code":\s*(\d)/,
      'hash of results, as block 6 has it',
    ],
    [
      'the gas of a tx',
      'terra-columbus5-devnet',
      '/block_results?height=3',
      3,
      /"gas_used":\s*"(\d+)/,
      'hash of results, as block 4 has it',
    ],
    [
      "a validator's power",
      'terra-columbus4-devnet',
      '/validators?height=20',
      20,
      /"voting_power":\s*"(\d+)/,
      'hash of validators',
    ],
    [
      'the most gas of a block',
      'terra-columbus5-devnet',
      '/consensus_params?height=20',
      20,
      /"max_bytes":\s*"(\d+)/,
      'hash of consensus',
    ],
  ])('%s, %s %s', async (_what, name, route, from, pattern, hash) => {
    const ended = await readAltered(name, route, from, change(pattern));
    expect(ended).toContain(`${proven} ${from} of `);
    expect(ended).toContain(`${hash}: expected hash, found hash; use another endpoint`);
  });

  test('an answer in another shape names the field', async () => {
    const ended = await readAltered('terra-columbus4-devnet', '/block_results?height=5', 5, (answer) =>
      answer.replace(/"gasUsed":/, '"gas":'),
    );
    expect(ended).toMatchInlineSnapshot(
      `"data DECODE_MALFORMED: decode block 5 of devnet-col4-a (tendermint-0.33) from http://node: answer: /block_results: txs_results.0: Unrecognized key: "gas""`,
    );
  });
});
