import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { answerJson, fixture, readJsonLines, realdata } from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { genesisChunkSchema, statusSchema } from './schemas.ts';

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  '/status': statusSchema,
  '/genesis_chunked': genesisChunkSchema,
};

/** Parses an answer and sees that every field of it came through. */
function check(schema: z.ZodType, json: unknown, where: string): void {
  const { result } = json as { result: unknown };
  const parsed = schema.safeParse(result);
  if (!parsed.success) throw new Error(`${where}: ${parsed.error.message}`);
  expect(parsed.data, where).toEqual(result);
}

function checkRecording(file: string): string[] {
  const answers = readJsonLines(file).filter(({ request }) => request.split('?')[0]! in SCHEMAS);
  for (const answer of answers)
    check(SCHEMAS[answer.request.split('?')[0]!]!, answerJson(answer), `${file} ${answer.request}`);
  return answers.map(({ request }) => request);
}

describe('status and pieces of the genesis parse, and no field is lost', () => {
  test.each([
    ['terra-columbus4-devnet', ['/status']],
    ['terra-columbus5-devnet', ['/status', '/genesis_chunked?chunk=0']],
  ] as const)('%s', (name, requests) => {
    expect(checkRecording(fixture(name, 'rpc.jsonl.gz')).sort()).toEqual([...requests].sort());
  });
});

const folder = realdata('tendermint-rs');
const shared = folder === undefined ? undefined : join(dirname(dirname(folder)), 'fixtures');

describe.skipIf(shared === undefined || !existsSync(shared))(
  'whole recordings of 0.32, 0.33, 0.34, 0.37 and 0.38 (BALEEN_REALDATA or ../shared/realdata)',
  () => {
    test.each([
      ['terra-columbus3-devnet', 1],
      ['terra-columbus4-devnet', 1],
      ['terra-columbus5-devnet', 2],
      ['wasmd-sdk047-devnet', 2],
      ['sdk050-comet038-devnet', 2],
    ])('%s', (name, count) => {
      expect(checkRecording(join(shared!, name, 'rpc.jsonl.gz'))).toHaveLength(count);
    });
  },
);

describe.each([
  ['tendermint-rs', 4],
  ['tendermint-rs-old', 1],
] as const)('statuses of %s (BALEEN_REALDATA or ../shared/realdata)', (name, count) => {
  const path = realdata(name);
  test.skipIf(path === undefined)('parse as they were recorded', () => {
    const files = readdirSync(path!).filter((file) => /(^|__)status\.json(\.gz)?$/.test(file));
    expect(files).toHaveLength(count);
    for (const file of files) {
      const bytes = readFileSync(join(path!, file));
      const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
      check(statusSchema, JSON.parse(text), file);
    }
  });
});
