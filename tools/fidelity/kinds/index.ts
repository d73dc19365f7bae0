import type { Kind } from '../kind.ts';
import { blockSizes } from './block-sizes.ts';
import { blocks } from './blocks.ts';
import { commits, lastCommits } from './commits.ts';
import { consensusParams } from './consensus-params.ts';
import { blockEvents, txEvents } from './events.ts';
import { evidence } from './evidence.ts';
import { fees } from './fees.ts';
import { memos } from './memos.ts';
import { innerMessages, messages } from './messages.ts';
import { aminoResults, protobufResults } from './rest-results.ts';
import { signatures } from './signatures.ts';
import { failedTxs, txs, txsByHash } from './txs.ts';
import { validatorSets } from './validator-sets.ts';
import { validatorUpdates } from './validator-updates.ts';

export const KINDS: readonly Kind[] = [
  blocks,
  blockSizes,
  txs,
  failedTxs,
  txsByHash,
  txEvents,
  blockEvents,
  commits,
  lastCommits,
  validatorSets,
  validatorUpdates,
  consensusParams,
  evidence,
  messages,
  innerMessages,
  fees,
  memos,
  signatures,
  aminoResults,
  protobufResults,
];
