/** Reads what a node had answered from a fixture's recordings. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { at, type Json, parseJson, text } from './json.ts';

export interface Answer {
  /** `/block`, `/txs/<hash>`: the request without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json;
}

export interface Recording {
  /** Successful RPC answers, their `result`. */
  readonly rpc: readonly Answer[];
  /** Successful REST answers. */
  readonly rest: readonly Answer[];
  readonly chainId: string;
  /** Event attributes are base64 in this node's JSON (Tendermint up to 0.34). */
  readonly base64Events: boolean;
}

const RPC_FILES = ['rpc.jsonl.gz', 'rpc-killed.jsonl.gz'];
const REST_FILES = ['lcd.jsonl.gz', 'lcd-txs.jsonl.gz'];

export function readRecording(directory: string): Recording {
  const rpc = RPC_FILES.flatMap((name) => linesOf(join(directory, name)).flatMap(rpcAnswer));
  const rest = REST_FILES.flatMap((name) => linesOf(join(directory, name)).flatMap(restAnswer));
  if (rpc.length === 0) throw new Error(`read recording ${directory}: no answers in ${RPC_FILES.join(', ')}`);
  return recordingOf(rpc, rest);
}

export function recordingOf(rpc: readonly Answer[], rest: readonly Answer[]): Recording {
  const block = rpc.find(({ path }) => path === '/block');
  const chainId = text(at(block?.body, 'block', 'header', 'chain_id'));
  if (chainId === null) throw new Error('read recording: no /block answer that names the chain');
  return { rpc, rest, chainId, base64Events: attributesAreBase64(rpc) };
}

/** Answers to requests with this path. */
export const answers = (from: readonly Answer[], path: string): Answer[] =>
  from.filter((answer) => answer.path === path);

function linesOf(file: string): Json[] {
  if (!existsSync(file)) return [];
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map(parseJson);
}

/** The response is the node's own text or its JSON value; a body that isn't JSON is an error page. */
function bodyOf(line: Json): Json | undefined {
  const response = at(line, 'response');
  if (typeof response !== 'string') return response;
  try {
    return parseJson(response);
  } catch {
    return undefined;
  }
}

function requestOf(line: Json): { path: string; query: URLSearchParams } {
  const url = new URL(text(at(line, 'request'))!, 'http://node');
  return { path: url.pathname, query: url.searchParams };
}

function rpcAnswer(line: Json): Answer[] {
  const body = at(bodyOf(line), 'result');
  return body === undefined || body === null ? [] : [{ ...requestOf(line), body }];
}

function restAnswer(line: Json): Answer[] {
  const body = bodyOf(line);
  return text(at(line, 'status')) === '200' && body !== undefined ? [{ ...requestOf(line), body }] : [];
}

/** True when every attribute key in the recorded results is base64; plain words (`amount`, `sender`) are not for long. */
function attributesAreBase64(rpc: readonly Answer[]): boolean {
  const keys = new Set<string>();
  const collect = (json: Json | undefined): void => {
    if (Array.isArray(json)) for (const element of json as readonly Json[]) collect(element);
    else if (typeof json === 'object' && json !== null)
      for (const [name, value] of Object.entries(json as { [key: string]: Json })) {
        if (name === 'attributes' && Array.isArray(value))
          for (const attribute of value as readonly Json[]) {
            const key = text(at(attribute, 'key'));
            if (key !== null) keys.add(key);
          }
        else collect(value);
      }
  };
  for (const { body } of answers(rpc, '/block_results')) collect(body);
  return [...keys].every((key) => Buffer.from(key, 'base64').toString('base64') === key);
}
