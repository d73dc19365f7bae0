import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { answerJson, fixture, needsRealdata, readJsonLines, realdata } from '@baleen/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  blockResultsSchema,
  blockSchema,
  commitSchema,
  consensusParamsSchema,
  oldBlockResultsSchema,
  validatorsSchema,
} from './schemas.ts';

const SCHEMAS: Readonly<Record<string, readonly z.ZodType[]>> = {
  block: [blockSchema],
  block_by_hash: [blockSchema],
  block_results: [blockResultsSchema, oldBlockResultsSchema],
  commit: [commitSchema],
  validators: [validatorsSchema],
  consensus_params: [consensusParamsSchema],
};

/** Parses an answer and sees that every field of it came through. */
function checkAnswer(kind: string, result: unknown, where: string): boolean {
  const schemas = SCHEMAS[kind];
  if (schemas === undefined || result === undefined || result === null) return false;
  const parsed = schemas.map((schema) => schema.safeParse(result));
  const found = parsed.find(({ success }) => success);
  if (found === undefined) throw new Error(`${where}: ${parsed[0]!.error!.message.slice(0, 2000)}`);
  expect(found.data, where).toEqual(result);
  return true;
}

const resultOf = (json: unknown): unknown => (json as { result?: unknown } | null)?.result;

function checkRecording(file: string): number {
  let checked = 0;
  for (const answer of readJsonLines(file)) {
    const kind = answer.request.slice(1).split('?')[0]!;
    if (!(kind in SCHEMAS)) continue;
    if (checkAnswer(kind, resultOf(answerJson(answer)), `${file} ${answer.request}`)) checked++;
  }
  return checked;
}

describe('every answer of a recording parses, and no field is lost', () => {
  test.each([
    ['terra-columbus4-devnet', 'rpc.jsonl.gz', 1165],
    ['terra-columbus4-devnet', 'rpc-killed.jsonl.gz', 37],
    ['terra-columbus5-devnet', 'rpc.jsonl.gz', 1240],
  ] as const)('%s %s', (name, file, atLeast) => {
    expect(checkRecording(fixture(name, file))).toBeGreaterThanOrEqual(atLeast);
  });
});

describe('whole recordings of 0.32, 0.33, 0.34, 0.37 and 0.38', () => {
  beforeEach(needsRealdata('../fixtures/terra-columbus3-devnet'));

  test.each([
    ['terra-columbus3-devnet', 1700],
    ['terra-columbus4-devnet', 1165],
    ['terra-columbus5-devnet', 1240],
    ['wasmd-sdk047-devnet', 1290],
    ['sdk050-comet038-devnet', 1610],
  ])('%s', (name, atLeast) => {
    const folder = realdata(`../fixtures/${name}`)!;
    expect(checkRecording(join(folder, 'rpc.jsonl.gz'))).toBeGreaterThanOrEqual(atLeast);
  });
});

/** `kvstore_fixtures__v0_34__block_at_height_10.json` is an answer of `/block`. */
function kindOf(file: string): string | undefined {
  const name = file
    .split('__')
    .at(-1)!
    .replace(/\.json(\.gz)?$/, '');
  if (/^block_results/.test(name)) return 'block_results';
  if (/^(block(_at_height_\d+|_by_hash|_with_evidences|_empty_block_id)?|first_block)$/.test(name))
    return 'block';
  if (/^commit(_|$)/.test(name)) return 'commit';
  return ['validators', 'consensus_params'].find((kind) => kind === name);
}

function readJson(path: string): unknown {
  const bytes = readFileSync(path);
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}

describe.each(['tendermint-rs', 'tendermint-rs-old'])('%s', (name) => {
  beforeEach(needsRealdata(name));

  test('parses as it was recorded', () => {
    const folder = realdata(name)!;
    let checked = 0;
    for (const file of readdirSync(folder)) {
      const kind = kindOf(file);
      if (kind !== undefined && checkAnswer(kind, resultOf(readJson(join(folder, file))), file)) checked++;
    }
    expect(checked).toBeGreaterThanOrEqual(name === 'tendermint-rs' ? 22 : 8);
  });
});
