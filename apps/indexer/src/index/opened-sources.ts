/** The sources that a command names, opened: each folder by itself, all RPC addresses as one. */
import { BaleenError } from '@baleen/chain';
import { isRpcAddress, openSource, type Source } from '@baleen/source';

export interface OpenedSource {
  /** What `openSource` was given. */
  readonly paths: readonly string[];
  readonly source: Source;
}

export interface SourcesNamed {
  readonly sources: readonly string[];
  readonly expectedChain?: string | undefined;
  readonly maxRps?: number | undefined;
  readonly crossCheck?: boolean | undefined;
  /** For errors; default: index. */
  readonly command?: string;
}

/** Folders first: they cost no node a request.
 * @throws BaleenError operator `CLI_OTHER_CHAIN`, `CLI_CROSS_CHECK`; what `openSource` throws */
export async function openSources(named: SourcesNamed): Promise<[OpenedSource, ...OpenedSource[]]> {
  const groups = groupSources(named.sources);
  if (named.crossCheck && !named.sources.some(isRpcAddress))
    throw new BaleenError(
      'operator',
      'CLI_CROSS_CHECK',
      '--cross-check: expected the RPC addresses of two nodes, found none; name them, or leave it out',
    );
  const opened: OpenedSource[] = [];
  try {
    for (const paths of groups) opened.push({ paths, source: await openSource(paths, optionsOf(named)) });
    checkChain(opened, named);
    return opened as [OpenedSource, ...OpenedSource[]];
  } catch (error) {
    for (const { source } of opened) source.close();
    throw error;
  }
}

export function groupSources(sources: readonly string[]): (readonly string[])[] {
  const addresses = sources.filter(isRpcAddress);
  const folders = sources.filter((each) => !isRpcAddress(each)).map((folder) => [folder]);
  return addresses.length === 0 ? folders : [...folders, addresses];
}

const optionsOf = ({ maxRps, crossCheck }: SourcesNamed): Parameters<typeof openSource>[1] => ({
  ...(maxRps !== undefined && { maxRps }),
  ...(crossCheck !== undefined && { crossCheck }),
});

function checkChain(
  opened: readonly OpenedSource[],
  { expectedChain: asked, command = 'index' }: SourcesNamed,
): void {
  const expected = asked ?? opened[0]!.source.info.chainId;
  const why = asked === undefined ? `as ${opened[0]!.source.info.path} has it` : '--chain';
  const other = opened.map(({ source }) => source.info).find(({ chainId }) => chainId !== expected);
  if (other === undefined) return;
  throw new BaleenError(
    'operator',
    'CLI_OTHER_CHAIN',
    `${command} ${other.path}: expected chain ${expected} (${why}), found ${other.chainId}; nothing written`,
  );
}
