import type { LevelDbRef, NodeRef } from '@baleen/chain';
import { operatorError } from './errors.ts';
import { levelDbKind } from './leveldb/kind.ts';
import type { Heads } from './live-source.ts';
import { isRpcAddress, withoutSecrets } from './rpc/endpoint-address.ts';
import { rpcKind } from './rpc/kind.ts';
import type { CandidateSource, FileSource } from './source.ts';
import type { SourceKind } from './source-kind.ts';
import type { LiveOptions, SourceOptions } from './source-options.ts';

export function kindOf(ref: NodeRef): SourceKind {
  switch (ref.kind) {
    case 'leveldb':
      return levelDbKind(ref);
    case 'rpc':
      return rpcKind(ref);
  }
}

/** Type of an open source: a folder yields blocks, endpoints yield candidates. */
type SourceOf<Ref extends NodeRef> = Ref extends LevelDbRef ? FileSource : CandidateSource;

/** Opens a node's databases for reading: no lock, no change, also while the node runs. Or the RPC of one or several nodes of a
 * chain, which are one source: a height is asked of any that keeps it, and of another when one fails or lies.
 *
 * @throws BaleenError  operator: `SOURCE_NOT_FOUND`, `SOURCE_EMPTY`, `SOURCE_ERA_UNSUPPORTED`, `SOURCE_BACKEND_UNSUPPORTED`,
 *   `SOURCE_KIND_UNSUPPORTED`; data: `SOURCE_CORRUPT`, `SOURCE_MISSING`, `SOURCE_CHAIN_MISMATCH`; LevelDB's own;
 *   over RPC also operator: `SOURCE_NOT_RPC`, `SOURCE_REFUSED`; source: `SOURCE_UNREACHABLE` */
export const openSource = <Ref extends NodeRef>(
  ref: Ref,
  options: SourceOptions = {},
): Promise<SourceOf<Ref>> => kindOf(ref).open(options) as Promise<never>;

/** Opens a source that grows: the RPC of one or several nodes, or the directory that a node writes.
 *
 * @throws BaleenError  as `openSource` */
export const openLiveSource = <Ref extends NodeRef>(
  ref: Ref,
  options: LiveOptions = {},
): Promise<SourceOf<Ref> & Heads> => kindOf(ref).openLive(options) as Promise<never>;

export type Headers = Readonly<Record<string, string>>;

/** Reads what a user named as sources: each folder is a source of its own, all RPC addresses together are one source. Folders come first,
 * since reading them costs no node a request.
 *
 * @param texts  a node's home, its data folder or a folder that holds blockstore.db, `leveldb:` may stand before it; or
 *   `http(s)://host:26657`
 * @param headers  for the RPC addresses among them */
export function parseSources(texts: readonly string[], headers: Headers = {}): NodeRef[] {
  const endpoints = texts.filter(isRpcAddress);
  const folders = texts
    .filter((text) => !isRpcAddress(text))
    .map((path): NodeRef => ({ kind: 'leveldb', path }));
  const rpc = { kind: 'rpc', endpoints, ...(Object.keys(headers).length > 0 && { headers }) } as const;
  return endpoints.length === 0 ? folders : [...folders, rpc];
}

/** Returns the one source that all of `texts` name.
 *
 * @throws BaleenError operator `SOURCE_NOT_ONE` */
export function sourceAt(...texts: readonly string[]): NodeRef {
  return sourceWith({}, ...texts);
}

/** The same with headers for its requests over RPC.
 *
 * @throws BaleenError operator `SOURCE_NOT_ONE` */
export function sourceWith(headers: Headers, ...texts: readonly string[]): NodeRef {
  const [ref, ...others] = parseSources(texts, headers);
  if (ref !== undefined && others.length === 0) return ref;
  throw operatorError(
    'SOURCE_NOT_ONE',
    `open source ${texts.map(withoutSecrets).join(' ')}: expected addresses of RPC endpoints only, or one folder; open each folder by itself`,
  );
}
