/** The bundled chain: a real node's files, and what that node's REST server answered about them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';

const FOLDER = new URL('../../../../packages/testing/fixtures/terra-columbus4-devnet/', import.meta.url);

/** blockstore.db and state.db of a Terra core 0.4.6 node (columbus-4's software) on a development chain of 290 blocks. */
export const DEMO_SOURCE = fileURLToPath(new URL('data', FOLDER));
const REST_ANSWERS = fileURLToPath(new URL('lcd-txs.jsonl.gz', FOLDER));

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
  const lines = createInterface({ input: createReadStream(REST_ANSWERS).pipe(createGunzip()) });
  const txs: RestTx[] = [];
  for await (const line of lines) {
    const { status, response } = lineSchema.parse(JSON.parse(line));
    if (status === 200)
      txs.push(restTxSchema.parse(typeof response === 'string' ? JSON.parse(response) : response));
  }
  return txs;
}
