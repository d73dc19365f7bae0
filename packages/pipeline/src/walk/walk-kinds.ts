import type { SourceRef } from '@baleen/chain';
import { kindOf } from '@baleen/source';
import { openBlocks } from './open-blocks.ts';
import { storedKind } from './stored-kind.ts';
import type { WalkKind } from './walk-kind.ts';

/** The kind of a source as the walk sees it; no other code of the walk asks for it. */
export const walkKindOf = (ref: SourceRef): WalkKind =>
  ref.kind === 'stored' ? storedKind(ref) : { ...kindOf(ref), open: (options) => openBlocks(ref, options) };
