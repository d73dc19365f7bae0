/** The bundled chain: a real node's files, and what that node's REST server answered about them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';

const FOLDER = new URL('../../../../packages/testing/fixtures/terra-columbus4-devnet/', import.meta.url);

/** blockstore.db and state.db of a Terra core 0.4.6 node (columbus-4's software) on a development chain of 290 blocks. */
export const DEMO_SOURCE = fileURLToPath(new URL('data', FOLDER));
const TX_ANSWERS = fileURLToPath(new URL('lcd-txs.jsonl.gz', FOLDER));
const STATE_ANSWERS = fileURLToPath(new URL('lcd-state.jsonl.gz', FOLDER));

const restTxSchema = z.object({
  height: z.coerce.number(),
  txhash: z.string(),
  codespace: z.string().default(''),
  code: z.number().default(0),
  raw_log: z.string(),
  gas_wanted: z.coerce.string().default('0'),
  gas_used: z.coerce.string().default('0'),
  tx: z.object({
    value: z.object({
      msg: z.array(z.object({ type: z.string(), value: z.unknown() })),
      memo: z.string(),
    }),
  }),
});

/** What `GET /txs/<hash>` answered. */
export type RestTx = z.output<typeof restTxSchema>;

const lineSchema = z.object({ request: z.string(), status: z.number(), response: z.unknown() });

/** Every tx that the node's REST server was asked for and knew. */
export async function readRestTxs(): Promise<RestTx[]> {
  const txs: RestTx[] = [];
  for await (const { status, response } of answers(TX_ANSWERS))
    if (status === 200) txs.push(restTxSchema.parse(response));
  return txs;
}

/** What `request` was answered; the server puts the height beside it.
 *
 * @returns by request, of those that were asked */
export async function readRestState(requests: readonly string[]): Promise<Map<string, unknown>> {
  const wanted = new Set(requests);
  const found = new Map<string, unknown>();
  for await (const { request, status, response } of answers(STATE_ANSWERS))
    if (status === 200 && wanted.has(request)) found.set(request, resultSchema.parse(response).result);
  return found;
}

const resultSchema = z.object({ result: z.unknown() });

async function* answers(file: string): AsyncGenerator<z.output<typeof lineSchema>> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) });
  for await (const line of lines) {
    const answer = lineSchema.parse(JSON.parse(line));
    // An error is told in words that are no JSON.
    const isText = typeof answer.response === 'string' && answer.status === 200;
    yield isText ? { ...answer, response: JSON.parse(answer.response as string) } : answer;
  }
}
