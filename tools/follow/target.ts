/** The node that is followed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@baleen/testing';
import type { Database } from '../devnet/chain-kind.ts';
import { startDevnet } from '../devnet/start-devnet.ts';

/** The replayed chain begins here: the backfill has something to do, and what is left lasts a minute at 4 blocks/s. */
const REPLAY_FROM = 60;
const REPLAYED = 'terra-columbus5-devnet';

export interface Target {
  /** Address of its RPC, which is asked for heights. */
  readonly rpc: string;
  /** Argument of `baleen follow`. */
  readonly source: string;
  /** The node's home. undefined: a node that was not started here. */
  readonly files: string | undefined;
  stop(): Promise<void>;
}

export interface TargetOptions {
  readonly over: Over;
  /** Address of a node that runs. */
  readonly rpc: string | undefined;
  /** Name of a node that is started. */
  readonly node: string | undefined;
  readonly database: Database;
  readonly blockTimeMs: number;
  readonly txsPerSecond: number;
  /** Blocks per second of the replayed chain. */
  readonly rate: number;
}

export type Over = 'rpc' | 'files';

/** @throws TypeError */
export function overOf(text: string): Over {
  if (text === 'rpc' || text === 'files') return text;
  throw new TypeError(`--over: expected rpc or files, found ${text}`);
}

/** @throws TypeError when a node that is not started here shall be followed in its files
 * @throws GoMissing */
export async function openTarget(options: TargetOptions): Promise<Target> {
  if (options.node !== undefined) return openDevnet(options.node, options);
  if (options.over === 'files') throw new TypeError('--over files: expected --node');
  if (options.rpc === undefined) return replay(options.rate);
  return { rpc: options.rpc, source: options.rpc, files: undefined, stop: async () => undefined };
}

async function openDevnet(node: string, options: TargetOptions): Promise<Target> {
  const { database, blockTimeMs, txsPerSecond } = options;
  const dir = join(temporaryFolder('devnet'), 'node');
  const devnet = await startDevnet({
    ...{ dir, node, database, blockTimeMs, txsPerSecond },
    log: (line) => console.error(line),
  });
  devnet.ended.catch((error: unknown) => console.error(error));
  const { rpc, home } = devnet;
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    if (stopped === undefined) console.log(`${node}, ${database}: ${devnet.txsSent} txs sent`);
    stopped ??= devnet.stop();
    return stopped;
  };
  return { rpc, source: options.over === 'rpc' ? rpc : home, files: home, stop };
}

async function replay(rate: number): Promise<Target> {
  const script = fileURLToPath(new URL('replaying-node.ts', import.meta.url));
  const words = [script, REPLAYED, String(REPLAY_FROM), String(rate)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const rpc = line.toString().trim();
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { rpc, source: rpc, files: undefined, stop };
}
