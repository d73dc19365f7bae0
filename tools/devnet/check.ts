/** npm run devnet:check [-- --blocks N] [--database URL]: a real node, indexed while it runs over its RPC and from its live directory; the same tables.
 *
 * No vitest test, since the first build takes minutes. Exit codes: 0 equal; 1 different; 3 no Go, or something failed. */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openServer, temporaryFolder } from '@baleen/testing';
import { compareSources, type RpcComparison } from '../fidelity/rpc.ts';
import { GoMissing } from './go.ts';
import { NODES } from './nodes.ts';
import { type Devnet, startDevnet } from './start-devnet.ts';

const { values } = parseArgs({
  options: { blocks: { type: 'string', default: '60' }, database: { type: 'string' } },
});

async function checkNode(node: string, blocks: number, serverUrl: string): Promise<boolean> {
  const dir = temporaryFolder('devnet');
  const devnet = await startDevnet({ node, dir, log: (line) => console.error(line) });
  try {
    const { from, to, differences } = await Promise.race([
      compareWhileRunning(devnet, blocks, serverUrl),
      devnet.ended,
    ]);
    const verdict =
      differences.length === 0 ? 'equal over RPC and from the live directory' : differences.join('\n');
    console.log(
      `${node}: heights ${from} to ${to}, ${devnet.txsSent} txs sent, now at ${await devnet.height()}: ${verdict}`,
    );
    return differences.length === 0;
  } finally {
    await devnet.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function compareWhileRunning(
  devnet: Devnet,
  blocks: number,
  serverUrl: string,
): Promise<RpcComparison> {
  while ((await devnet.height()) < blocks) await sleep(200);
  return compareSources(devnet.home, devnet.rpc, serverUrl);
}

const server = await openServer(values.database);
try {
  for (const node of NODES.keys())
    if (!(await checkNode(node, Number(values.blocks), server.url))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof GoMissing ? error.message : error);
  process.exitCode = 3;
} finally {
  await server.stop();
}
