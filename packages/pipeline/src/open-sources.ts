import { BaleenError, type NodeRef } from '@baleen/chain';
import { kindOf } from '@baleen/source';
import type { BlockSource } from './walk/block-source.ts';
import type { ReadLimits } from './walk/index-ranges.ts';
import { openBlocks } from './walk/open-blocks.ts';

export interface OpenSourcesOptions {
  readonly limits?: ReadLimits | undefined;
  /** Chain id that every source has to have. undefined: that of the first source. */
  readonly expectedChain?: string | undefined;
  /** Name of the command, for errors. */
  readonly command: string;
}

/** Opens sources of one chain; closes all of them when one fails.
 *
 * @throws BaleenError operator `CLI_OTHER_CHAIN`; what `openBlocks` throws */
export async function openSources(
  refs: readonly NodeRef[],
  options: OpenSourcesOptions,
): Promise<readonly [BlockSource, ...BlockSource[]]> {
  const opened: BlockSource[] = [];
  try {
    for (const ref of refs) opened.push(await openBlocks(ref, options.limits));
    const [first, ...others] = opened;
    if (first === undefined) throw new TypeError('openSources needs a source');
    checkChain([first, ...others], options);
    return [first, ...others];
  } catch (error) {
    for (const source of opened) source.close();
    throw error;
  }
}

/** Checks that `--cross-check` is given with sources that can be compared.
 * @throws BaleenError operator `CLI_CROSS_CHECK`: none of them can */
export function checkCrossCheck(refs: readonly NodeRef[], crossCheck: boolean | undefined): void {
  if (!crossCheck || refs.some((ref) => kindOf(ref).canCrossCheck)) return;
  throw new BaleenError(
    'operator',
    'CLI_CROSS_CHECK',
    '--cross-check: expected the RPC addresses of two nodes, found none; name them, or leave it out',
  );
}

function checkChain(
  opened: readonly [BlockSource, ...BlockSource[]],
  { expectedChain, command }: OpenSourcesOptions,
): void {
  const [{ info: first }] = opened;
  const expected = expectedChain ?? first.chainId;
  const why = expectedChain === undefined ? `as ${first.path} has it` : '--chain';
  const other = opened.map(({ info }) => info).find(({ chainId }) => chainId !== expected);
  if (other === undefined) return;
  throw new BaleenError(
    'operator',
    'CLI_OTHER_CHAIN',
    `${command} ${other.path}: expected chain ${expected} (${why}), found ${other.chainId}; nothing written`,
  );
}
