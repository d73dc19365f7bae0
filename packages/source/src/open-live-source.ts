import { operatorError } from './errors.ts';
import { type LiveOptions, openLiveLevelDbSource } from './leveldb/live-leveldb-source.ts';
import type { LiveSource } from './live-source.ts';
import { isRpcAddress } from './rpc/endpoint.ts';

/** As `openSource`, of a source that grows: the RPC of one or several nodes, or the directory that a node writes. */
export async function openLiveSource(
  paths: readonly string[],
  options: LiveOptions = {},
): Promise<LiveSource> {
  if (paths.every(isRpcAddress)) {
    const { openRpcSource } = await import('./rpc/open-rpc-source.ts');
    return openRpcSource(paths, options);
  }
  const [path, ...others] = paths;
  if (path !== undefined && others.length === 0) return openLiveLevelDbSource(path, options);
  throw operatorError(
    'SOURCE_NOT_ONE',
    `follow ${paths.join(' ')}: expected addresses of RPC endpoints only; follow each folder by itself`,
  );
}
