/** npm run fidelity -- DIR [--database URL] [--data NAME] [--order clean-then-killed] [--rpc]: every recorded row, value for value.
 *
 * With --rpc: the tables indexed from the recorded RPC answers are compared with those indexed from the directory. */
import { parseArgs } from 'node:util';
import { dataNames, indexHere, openServer, unpack, withClient, withDatabase } from '@baleen/testing';
import { type Comparison, compareDatabase } from './compare.ts';
import { compareOrder, parseOrder } from './order.ts';
import { type Recording, readRecording } from './recording.ts';
import { details, failures, table } from './report.ts';
import { compareRpc } from './rpc.ts';

const USAGE =
  'npm run fidelity -- DIR [--database URL] [--data data|data-killed] [--order clean-then-killed|killed-then-clean] [--rpc]';

async function compareData(
  directory: string,
  name: string,
  recording: Recording,
  serverUrl: string,
): Promise<Comparison> {
  const unpacked = await unpack(directory, name);
  try {
    return await withDatabase(serverUrl, async (url) => {
      await indexHere(unpacked.path, url);
      return withClient(url, (client) => compareDatabase(client, recording, name));
    });
  } finally {
    unpacked.remove();
  }
}

function print(name: string, comparison: Comparison): string[] {
  const { chainId, from, to, kinds } = comparison;
  const failed = failures(comparison, name);
  const verdict = failed.length === 0 ? 'equal' : failed.map((line) => `FAILED ${line}`).join('\n');
  const parts = [`${name}: ${chainId}, heights ${from} to ${to}`, table(kinds), details(comparison), verdict];
  console.log(`\n${parts.filter((part) => part !== '').join('\n')}`);
  return failed;
}

async function printRpc(directory: string, name: string, serverUrl: string): Promise<number> {
  const { from, to, differences } = await compareRpc(directory, name, serverUrl);
  const verdict = differences.length === 0 ? 'equal over RPC' : differences.join('\n');
  console.log(`${name}: heights ${from} to ${to}: ${verdict}`);
  return differences.length;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      database: { type: 'string' },
      data: { type: 'string' },
      order: { type: 'string' },
      rpc: { type: 'boolean' },
    },
  });
  const directory = positionals[0];
  if (directory === undefined || positionals.length > 1) throw new TypeError(USAGE);
  const order = values.order === undefined ? undefined : parseOrder(values.order);
  const names = values.data === undefined ? dataNames(directory) : [values.data];
  if (names.length === 0) throw new Error(`${directory}: holds no data and no data.tar.gz`);
  const server = await openServer(values.database);
  try {
    if (order !== undefined) {
      const differences = await compareOrder(directory, server.url, order);
      console.log(
        differences.length === 0 ? `${values.order}: equal to the second alone` : differences.join('\n'),
      );
      return differences.length === 0 ? 0 : 1;
    }
    let failed = 0;
    if (values.rpc) {
      for (const name of names) failed += await printRpc(directory, name, server.url);
      return failed === 0 ? 0 : 1;
    }
    const recording = readRecording(directory);
    for (const name of names)
      failed += print(name, await compareData(directory, name, recording, server.url)).length;
    return failed === 0 ? 0 : 1;
  } finally {
    await server.stop();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof TypeError ? `${error.message}\nusage: ${USAGE}` : error);
  return error instanceof TypeError ? 2 : 3;
});
