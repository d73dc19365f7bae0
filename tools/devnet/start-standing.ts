/** A real node on the data of a chain that stands still, with its REST server before it: for questions, not for blocks. */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeUvarint } from '@baleen/codec';
import { openMultistore } from '@baleen/iavl';
import { openLevelDb } from '@baleen/leveldb';
import { writeLevelDb } from '@baleen/testing';
import { buildNode } from './build-node.ts';
import { configureNode } from './home.ts';
import { NODES } from './nodes.ts';
import type { Program } from './program.ts';
import { freePort, startPrograms } from './start-devnet.ts';

export interface StandingNode {
  /** `http://127.0.0.1:port` of the REST server. */
  readonly rest: string;
  readonly node: Program;
  readonly restServer: Program;
  /** The node's databases. */
  readonly data: string;
  stop(): Promise<void>;
}

export interface StandingOptions {
  /** Gets the node's home and logs. */
  readonly dir: string;
  /** Databases and genesis.json of a node that was stopped; they are copied. */
  readonly data: string;
  readonly log: (line: string) => void;
}

const START_TIMEOUT_MS = 60_000;
/** No block is made: this node has no part in the chain's power. */
const BLOCK_TIME_MS = 1000;

/** @returns once REST answers
 * @throws GoMissing */
export async function startStandingNode({ dir, data, log }: StandingOptions): Promise<StandingNode> {
  const software = NODES.get('terra-columbus4')!;
  const built = await buildNode(software, log);
  const home = join(dir, 'home');
  const chainId = copyChain(built.daemon, home, data);
  await leaveLastBlockToBeExecuted(join(home, 'data/application.db'));
  const [rpcPort, p2p, restPort] = [await freePort(), await freePort(), await freePort()];
  configureNode(home, { rpc: rpcPort, p2p, blockTimeMs: BLOCK_TIME_MS, database: 'goleveldb' });
  const [node, restServer] = startPrograms(built, { dir, chainId, rpcPort, restPort });
  const rest = `http://127.0.0.1:${restPort}`;
  const stop = async (): Promise<void> => {
    await restServer!.stop();
    await node.stop();
  };
  try {
    await Promise.race([untilAnswered(`${rest}/staking/pool`), node.ended, restServer!.ended]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { rest, node, restServer: restServer!, data: join(home, 'data'), stop };
}

/** @returns the chain's id */
function copyChain(daemon: string, home: string, data: string): string {
  const { chain_id: chainId } = JSON.parse(readFileSync(join(data, 'genesis.json'), 'utf8'));
  mkdirSync(home, { recursive: true });
  execFileSync(daemon, ['init', 'standing', '--chain-id', chainId, '--home', home], { stdio: 'pipe' });
  cpSync(join(data, 'genesis.json'), join(home, 'config/genesis.json'));
  for (const path of globSync(join(data, '*.db')))
    cpSync(path, join(home, 'data', basename(path)), { recursive: true });
  return chainId;
}

/** As if the application had not written its last block yet: the node executes it at its start. Without a block since its start a
 * node takes the height of its questions for 0, and answers rewards wrongly. Works where it keeps the height before. */
async function leaveLastBlockToBeExecuted(path: string): Promise<void> {
  const before = encodeUvarint(newestVersion(path) - 1);
  await writeLevelDb(path, [['s/latest', Buffer.concat([encodeUvarint(before.length), before])]]);
}

function newestVersion(path: string): number {
  using db = openLevelDb(path);
  return openMultistore(db).latest;
}

async function untilAnswered(url: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (let cause: unknown; ; await sleep(100)) {
    try {
      const response = await fetch(url);
      await response.text();
      if (response.ok) return;
      cause = `HTTP status ${response.status}`;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline)
      throw new Error(`start the REST server: no answer to ${url} within ${START_TIMEOUT_MS} ms`, { cause });
  }
}
