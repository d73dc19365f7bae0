/** npm run devnet -- NODE --dir DIR [--block-time 200ms] [--txs-per-second N] [--database goleveldb|pebbledb] [--rest PORT] [--minutes N]
 *
 * Runs a real node until it is stopped (Ctrl-C) or the minutes are over. Exit codes: 0 stopped; 2 wrong use; 3 no Go, or the node failed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DATABASES, databaseOf } from './chain-kind.ts';
import { GoMissing } from './go.ts';
import { NODES } from './nodes.ts';
import { type Devnet, startDevnet } from './start-devnet.ts';

const USAGE = `npm run devnet -- ${[...NODES.keys()].join('|')} --dir DIR [--block-time 200ms] [--txs-per-second N] [--database ${DATABASES.join('|')}] [--rest PORT] [--minutes N]`;
const TELL_MS = 60_000;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dir: { type: 'string' },
      'block-time': { type: 'string', default: '200ms' },
      'txs-per-second': { type: 'string', default: '4' },
      database: { type: 'string', default: 'goleveldb' },
      rest: { type: 'string' },
      minutes: { type: 'string' },
    },
  });
  const [node, ...rest] = positionals;
  if (node === undefined || rest.length > 0 || values.dir === undefined)
    throw new TypeError('expected a node and --dir');
  const minutes = values.minutes === undefined ? undefined : numberOf('--minutes', values.minutes);
  const over = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => over.abort());
  const devnet = await startDevnet({
    dir: values.dir,
    node,
    blockTimeMs: numberOf('--block-time', values['block-time'].replace(/ms$/, '')),
    txsPerSecond: numberOf('--txs-per-second', values['txs-per-second']),
    database: databaseOf(values.database),
    restPort: values.rest === undefined ? undefined : numberOf('--rest', values.rest),
    log: (line) => console.error(line),
  });
  console.log(`chain ${devnet.chainId}\nrpc   ${devnet.rpc}\nhome  ${devnet.home}`);
  if (devnet.rest !== undefined) console.log(`rest  ${devnet.rest}`);
  const telling = setInterval(() => void tell(devnet), TELL_MS);
  try {
    await Promise.race([untilOver(minutes, over.signal), devnet.ended]);
    await tell(devnet);
    return 0;
  } finally {
    over.abort();
    clearInterval(telling);
    await devnet.stop();
  }
}

async function untilOver(minutes: number | undefined, signal: AbortSignal): Promise<void> {
  const timeMs = minutes === undefined ? 2 ** 31 - 1 : minutes * 60_000;
  await sleep(timeMs, undefined, { signal }).catch(() => undefined);
}

async function tell(devnet: Devnet): Promise<void> {
  const height = await devnet.height().catch(() => undefined);
  console.log(`height ${height ?? 'unknown'}, ${devnet.txsSent} txs sent`);
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`${name}: expected a number above 0, found ${text}`);
  return value;
}

process.exitCode = await main().catch((error: unknown) => {
  if (error instanceof TypeError) console.error(`${error.message}\nusage: ${USAGE}`);
  else console.error(error instanceof GoMissing ? error.message : error);
  return error instanceof TypeError ? 2 : 3;
});
