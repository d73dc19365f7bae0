/** A real node with a chain of its own, on this machine. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAccount } from './account.ts';
import { type BuiltNode, buildNode } from './build-node.ts';
import type { Database } from './chain-kind.ts';
import { createNodeRpc } from './node-rpc.ts';
import { NODES } from './nodes.ts';
import { type Program, startProgram } from './program.ts';
import { startTraffic } from './traffic.ts';

export interface DevnetOptions {
  /** Gets the node's home and logs. A chain that is there already goes on. */
  readonly dir: string;
  /** One of NODES; left out: `terra-columbus4`. */
  readonly node?: string | undefined;
  /** Wait between blocks (timeout_commit); making one adds a few milliseconds. Left out: 200. */
  readonly blockTimeMs?: number | undefined;
  /** Left out: 4. */
  readonly txsPerSecond?: number | undefined;
  /** Left out: goleveldb. */
  readonly database?: Database | undefined;
  /** Serves REST too, on this port. */
  readonly restPort?: number | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export interface Devnet {
  readonly chainId: string;
  /** `http://127.0.0.1:port` */
  readonly rpc: string;
  /** Its REST server, where one was asked for. */
  readonly rest: string | undefined;
  /** The node's home, with `data` and `config`. */
  readonly home: string;
  /** Txs that the mempool took. */
  readonly txsSent: number;
  /** @throws Error when the node does not answer */
  height(): Promise<number>;
  /** Rejects when the node, its REST server or the stream of txs ends by itself. */
  readonly ended: Promise<never>;
  stop(): Promise<void>;
}

const CHAIN_ID = 'baleen-devnet-1';
const START_TIMEOUT_MS = 60_000;

/** Builds the node where that was not done before, makes a chain of one validator and starts it, with a stream of txs.
 *
 * @returns once the chain has a block
 * @throws GoMissing */
export async function startDevnet(options: DevnetOptions): Promise<Devnet> {
  const software = NODES.get(options.node ?? 'terra-columbus4');
  if (software === undefined)
    throw new TypeError(`node ${options.node}: expected one of ${[...NODES.keys()].join(', ')}`);
  const { chain } = software;
  const database = options.database ?? 'goleveldb';
  if (!chain.databases.includes(database))
    throw new TypeError(`database ${database}: expected one of ${chain.databases.join(', ')}`);
  const built = await buildNode(software, options.log ?? (() => undefined));
  const home = join(resolve(options.dir), 'home');
  mkdirSync(home, { recursive: true });
  const validator = createAccount('validator', chain.prefix);
  const users = ['ada', 'ben', 'cleo', 'dora'].map((name) => createAccount(name, chain.prefix));
  chain.prepareHome(built.daemon, home, { chainId: CHAIN_ID, prefix: chain.prefix, validator, users });
  const rpcPort = await freePort();
  chain.configure(home, {
    ...{ rpc: rpcPort, p2p: await freePort(), rest: options.restPort },
    ...{ blockTimeMs: options.blockTimeMs ?? 200, database },
  });

  const programs = startPrograms(built, {
    dir: resolve(options.dir),
    chainId: CHAIN_ID,
    rpcPort,
    restPort: options.restPort,
  });
  const rpcUrl = `http://127.0.0.1:${rpcPort}`;
  const rpc = createNodeRpc(rpcUrl);
  const programsEnded = Promise.race(programs.map(({ ended }) => ended));
  const stopPrograms = async (): Promise<void> => {
    for (const program of programs.toReversed()) await program.stop();
  };
  try {
    await Promise.race([firstBlock(() => rpc.height()), programsEnded]);
  } catch (error) {
    await stopPrograms();
    throw error;
  }
  const traffic = startTraffic(rpc, {
    chain,
    chainId: CHAIN_ID,
    users,
    validator,
    txsPerSecond: options.txsPerSecond ?? 4,
  });
  const ended = Promise.race([programsEnded, traffic.failed]);
  ended.catch(() => undefined);
  return {
    chainId: CHAIN_ID,
    rpc: rpcUrl,
    rest: options.restPort === undefined ? undefined : `http://127.0.0.1:${options.restPort}`,
    home,
    get txsSent() {
      return traffic.sent;
    },
    height: () => rpc.height(),
    ended,
    async stop() {
      await traffic.stop();
      await stopPrograms();
    },
  };
}

export interface ProgramsPlan {
  /** Has the node's `home`; gets the logs. */
  readonly dir: string;
  readonly chainId: string;
  readonly rpcPort: number;
  readonly restPort: number | undefined;
}

/** The node first, then what stands before it. */
export function startPrograms(
  built: BuiltNode,
  { dir, chainId, rpcPort, restPort }: ProgramsPlan,
): readonly [node: Program, ...rest: Program[]] {
  const home = join(dir, 'home');
  const node = startProgram(
    built.daemon,
    ['start', '--home', home, '--pruning', 'nothing'],
    join(dir, 'node.log'),
  );
  if (restPort === undefined || built.client === undefined) return [node];
  const args = [
    'rest-server',
    '--laddr',
    `tcp://127.0.0.1:${restPort}`,
    '--node',
    `tcp://127.0.0.1:${rpcPort}`,
  ];
  const more = ['--chain-id', chainId, '--trust-node', '--home', join(dir, 'cli')];
  return [node, startProgram(built.client, [...args, ...more], join(dir, 'rest.log'))];
}

async function firstBlock(height: () => Promise<number>): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (let cause: unknown; ; await sleep(100)) {
    try {
      if ((await height()) > 0) return;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline)
      throw new Error(`start the node: no block within ${START_TIMEOUT_MS} ms`, { cause });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
