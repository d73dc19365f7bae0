/** Finds which heights a directory holds and which one a recorded answer is about. */
import { join } from 'node:path';
import type { BlockRange } from '@baleen/chain';
import { openMultistore } from '@baleen/iavl';
import { openLevelDb } from '@baleen/leveldb';
import type { SourceInfo } from '@baleen/source';
import type { RestAnswer } from '../../apps/indexer/src/lcd/answer.ts';
import type { Route, Texts } from '../../apps/indexer/src/lcd/route.ts';

export interface HeldHeights {
  readonly blocks: BlockRange;
  /** True if the first of them is the chain's first block. */
  readonly isFromFirst: boolean;
  /** Heights whose state is kept; undefined: there is no application.db. */
  readonly states: readonly BlockRange[] | undefined;
}

export function heldHeights({ path, databases, base, head, initialHeight = 1 }: SourceInfo): HeldHeights {
  const states = databases.includes('application.db') ? keptStates(path) : undefined;
  return { blocks: { from: base, to: head }, isFromFirst: base <= initialHeight, states };
}

function keptStates(path: string): BlockRange[] {
  using application = openLevelDb(join(path, 'application.db'));
  return openMultistore(application).keptVersions();
}

/** Options of `baleen index` that leave out blocks made after the node was asked, since no answer knows them. */
export const blocksToIndex = (recordedAt: number, { blocks: { from, to } }: HeldHeights): string[] =>
  from <= recordedAt && recordedAt < to ? ['--heights', `..${recordedAt}`] : [];

/** What has to be there for an answer to be compared. */
export interface About {
  readonly of: 'state' | 'block' | 'chain';
  /** undefined: a block that the recorded chain does not have. */
  readonly height: number | undefined;
}

/** @param recordedAt  head of the chain when it was asked */
export function aboutOf(answer: RestAnswer, { of }: Route, parts: Texts, recordedAt: number): About {
  if (of === undefined) return { of: 'state', height: answer.height };
  if (of === 'chain') return { of, height: recordedAt };
  // An answer about a height beyond the head is an answer about the head.
  const { height } = parts;
  return { of, height: height === undefined ? toldHeight(answer) : Math.min(Number(height), recordedAt) };
}

export function isHeld({ of, height }: About, { blocks, isFromFirst, states }: HeldHeights): boolean {
  if (height === undefined) return isFromFirst;
  // Without application.db the answer counts as held, so that reading the state fails and is reported.
  if (of === 'state') return states?.some((range) => isWithin(height, range)) ?? true;
  return isWithin(height, blocks) && (of === 'block' || isFromFirst);
}

const isWithin = (height: number, { from, to }: BlockRange): boolean => from <= height && height <= to;

interface Told {
  readonly height?: unknown;
  readonly tx_response?: { readonly height?: unknown };
  readonly block?: { readonly header?: { readonly height?: unknown } };
}

/** Height of the tx or block that an answer shows; undefined: it shows none. */
export function toldHeight({ status, json }: RestAnswer): number | undefined {
  if (status !== 200 || typeof json !== 'object' || json === null) return undefined;
  const { height, tx_response, block }: Told = json;
  const told = Number(height ?? tx_response?.height ?? block?.header?.height);
  return Number.isSafeInteger(told) ? told : undefined;
}
