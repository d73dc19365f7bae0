/** The bundled chain: a real node's files, and what that node's REST server answered about them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { RestAnswer } from '../lcd/answer.ts';

const FOLDER = new URL('../../../../packages/testing/fixtures/terra-columbus4-devnet/', import.meta.url);

/** blockstore.db and state.db of a Terra core 0.4.6 node (columbus-4's software) on a development chain of 290 blocks. */
export const DEMO_SOURCE = fileURLToPath(new URL('data', FOLDER));
/** Height of the newest state that the node kept. The demo compares SQL with the node's answers about the state at this height. */
const HEIGHT = 290;

const lineSchema = z.object({
  height: z.coerce.number(),
  request: z.string(),
  status: z.number(),
  response: z.unknown(),
});

/** Returns all recorded answers to `GET /txs/<hash>` in which the node's REST server found the tx. */
export async function readTxAnswers(): Promise<RestAnswer[]> {
  return (await readAnswers('lcd-txs.jsonl.gz')).filter(({ status }) => status === 200);
}

/** Returns the recorded answers to these requests about the state at HEIGHT, by request. */
export async function readStateAnswers(requests: readonly string[]): Promise<Map<string, RestAnswer>> {
  const answers = (await readAnswers('lcd-state.jsonl.gz')).filter(
    ({ request, height }) => height === HEIGHT && requests.includes(request),
  );
  return new Map(answers.map((answer) => [answer.request, answer]));
}

async function readAnswers(file: string): Promise<RestAnswer[]> {
  const bytes = createReadStream(new URL(file, FOLDER)).pipe(createGunzip());
  const answers: RestAnswer[] = [];
  for await (const line of createInterface({ input: bytes })) {
    const { height, request, status, response } = lineSchema.parse(JSON.parse(line));
    const text = typeof response === 'string' ? response : JSON.stringify(response);
    const json = status === 200 ? JSON.parse(text) : undefined;
    answers.push({ height, request: request.replace(/\?height=\d+$/, ''), status, text, json });
  }
  return answers;
}
