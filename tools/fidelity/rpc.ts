/** Indexes one chain from a node's directory and over RPC from the recorded answers of the same node, and compares the tables. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openSource, type SourceInfo, sourceAt } from '@baleen/source';
import {
  checksums,
  indexHere,
  replayRpc,
  sumDifferences,
  unpack,
  withClient,
  withDatabase,
} from '@baleen/testing';

/** What a node does not answer: the bytes of genesis.json, of which it only has the JSON; and the bytes of a log, an info or
 * an event that are not UTF-8, which JSON shows with U+FFFD, as the column beside does; so their digest. */
export const ONLY_IN_DIRECTORY = new Set([
  'genesis_file_sha256',
  'log_raw',
  'info_raw',
  'type_raw',
  'attributes_raw',
  'texts',
]);

export interface RpcComparison {
  readonly from: number;
  readonly to: number;
  /** Tables that differ, in words. */
  readonly differences: readonly string[];
}

/** @param name  `data` or `data-killed` */
export async function compareRpc(directory: string, name: string, serverUrl: string): Promise<RpcComparison> {
  const node = await replayRpc(recordings(directory, name));
  const unpacked = await unpack(directory, name);
  try {
    return await compareSources(unpacked.path, node.url, serverUrl);
  } finally {
    unpacked.remove();
    await node.close();
  }
}

/** Indexes the heights that both have, each source into a database of its own.
 *
 * @param path  of a node's home or data; the node may be running
 * @param rpc   URL of the same node */
export async function compareSources(path: string, rpc: string, serverUrl: string): Promise<RpcComparison> {
  const range = commonHeights(await infoOf(rpc), await infoOf(path));
  const sums = async (source: string): Promise<Map<string, string>> =>
    withDatabase(serverUrl, async (url) => {
      await indexHere(source, url, '--no-state', '--heights', `${range.from}..${range.to}`);
      return withClient(url, (client) => checksums(client, ONLY_IN_DIRECTORY));
    });
  return { ...range, differences: sumDifferences(await sums(path), await sums(rpc)) };
}

/** Files with a node's recorded answers. A killed node gave its own after a restart, when it had gone further. */
export function recordings(directory: string, name: string): string[] {
  const names = name === 'data-killed' ? ['rpc.jsonl.gz', 'rpc-killed.jsonl.gz'] : ['rpc.jsonl.gz'];
  return names.map((file) => join(directory, file)).filter((file) => existsSync(file));
}

async function infoOf(path: string): Promise<SourceInfo> {
  using source = await openSource(sourceAt(path));
  return source.info;
}

/** Heights whose results both have: the head's are not there yet where a node was killed. */
function commonHeights(one: SourceInfo, other: SourceInfo): { from: number; to: number } {
  const from = Math.max(one.resultsBase ?? one.base, other.resultsBase ?? other.base);
  const to = Math.min(one.resultsHead ?? one.head, other.resultsHead ?? other.head);
  return { from, to };
}
