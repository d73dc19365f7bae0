/** Reads REST answers that were recorded beside a node's data. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonLines } from '@baleen/testing';
import type { RestAnswer } from '../../apps/indexer/src/lcd/answer.ts';

interface Line {
  readonly height: number | string;
  readonly request: string;
  readonly status: number;
  readonly response: unknown;
}

/** Every answer of `lcd*.jsonl.gz` in the directory. */
export function readAnswers(directory: string): RestAnswer[] {
  const files = existsSync(directory)
    ? readdirSync(directory).filter((name) => /^lcd.*\.jsonl\.gz$/.test(name))
    : [];
  if (files.length === 0)
    throw new Error(`parity: read ${directory}: expected lcd*.jsonl.gz with REST answers, found none`);
  return files.sort().flatMap((name) => readJsonLines<Line>(join(directory, name)).map(answerOf));
}

function answerOf({ height, request, status, response }: Line): RestAnswer {
  const text = typeof response === 'string' ? response : JSON.stringify(response);
  return {
    height: Number(height),
    request: request.replace(/([?&])height=\d+&?/, '$1').replace(/[?&]$/, ''),
    status,
    text,
    json: typeof response === 'string' ? parsed(response) : response,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
