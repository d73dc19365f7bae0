/** Makes a long chain by repeating a recording's blocks and linking them anew, so that every hash that Baleen proves is right. */
import { formatGoTime, toHex } from '@baleen/codec';
import { type ConsensusEra, consensusEras } from '@baleen/decode/consensus';
import { answerJson, type RecordedAnswer, readJsonLines } from '@baleen/testing';
import { parseGoTime } from '../../packages/decode/src/parse-go-time.ts';
import { decodeBlockAnswer } from '../../packages/decode/src/rpc/block.ts';
import { decodeResultsAnswer } from '../../packages/decode/src/rpc/results.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of a node, in whose fields the recording is trusted
type Json = any;

const ERA = consensusEras['tendermint-0.34'];
/** Of the first block, whose commit is empty, nothing can be repeated. */
const FIRST_REPEATED = 2;

/** Answers by route, printed as a node of 0.34 prints them.
 *
 * @param file  `rpc.jsonl.gz` of a chain of Tendermint 0.34 that starts at height 1
 * @param to    the new chain's height */
export function longChain(file: string, to: number): Map<string, string> {
  const recorded = new Map(readJsonLines(file).map((line) => [line.request, line]));
  const json = (route: string): Json => jsonOf(recorded, route);
  const head = Number(json('/status').result.sync_info.latest_block_height);
  const answers = new Map<string, string>();
  const put = (route: string, answer: Json): unknown => answers.set(route, JSON.stringify(answer, null, 2));

  put('/status', withStatus(json('/status'), to));
  put('/genesis_chunked?chunk=0', json('/genesis_chunked?chunk=0'));
  let before: Before | undefined;
  for (let height = 1; height <= to; height++) {
    const repeated = sourceHeight(height, head);
    const block = relinked(json(`/block?height=${repeated}`), height, before, ERA);
    const results = json(`/block_results?height=${repeated}`);
    results.result.height = String(height);
    put(`/block?height=${height}`, block);
    put(`/block_results?height=${height}`, results);
    const validators = json(`/validators?height=${repeated}&per_page=100`);
    validators.result.block_height = String(height);
    put(`/validators?height=${height}&per_page=100`, validators);
    before = { block: block.result, resultsHash: resultsHashOf(results.result, ERA) };
  }
  const params = [...recorded.keys()].find((route) => route.startsWith('/consensus_params?height='))!;
  put('/consensus_params', json(params));
  return answers;
}

/** Heights 1 to head, then 2 to head again and again. */
const sourceHeight = (height: number, head: number): number =>
  height <= head ? height : FIRST_REPEATED + ((height - head - 1) % (head - FIRST_REPEATED + 1));

interface Before {
  readonly block: Json;
  readonly resultsHash: string;
}

/** The answer with another height, a later time, and hashes that fit the block before. */
function relinked(answer: Json, height: number, before: Before | undefined, era: ConsensusEra): Json {
  const { result } = answer;
  const { header, last_commit } = result.block;
  if (before === undefined || Number(header.height) === height) return answer;
  header.height = String(height);
  header.time = oneSecondLater(before.block.block.header.time);
  header.last_block_id = last_commit.block_id = before.block.block_id;
  header.last_results_hash = before.resultsHash;
  last_commit.height = String(height - 1);
  const { body, encoded } = decodeBlockAnswer(result, era);
  result.block_id = {
    hash: upperHex(era.hashes.header(body.header)),
    parts: { total: encoded.parts.length, hash: upperHex(era.hashes.parts(encoded.parts)) },
  };
  return answer;
}

function oneSecondLater(text: string): string {
  const { seconds, nanos } = parseGoTime(text);
  return formatGoTime({ seconds: seconds + 1, nanos });
}

const resultsHashOf = (result: Json, era: ConsensusEra): string =>
  upperHex(decodeResultsAnswer(result, 'base64', era.hashes.results).results.hash);

const upperHex = (bytes: Uint8Array): string => toHex(bytes).toUpperCase();

function withStatus(answer: Json, head: number): Json {
  answer.result.sync_info.latest_block_height = String(head);
  return answer;
}

/** Parsed anew each time, for it is changed. */
function jsonOf(recorded: ReadonlyMap<string, RecordedAnswer>, route: string): Json {
  const line = recorded.get(route) ?? recorded.get(route.replace(/&per_page=100$/, ''));
  if (line === undefined) throw new Error(`the recording has no ${route}`);
  return structuredClone(answerJson(line));
}
