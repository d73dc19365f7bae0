import { BaleenError, type Message } from '@baleen/chain';
import type { Registry } from './registry.ts';

/** Interfaces within interfaces (a multisig of multisigs, authorised messages within authorised ones). Real txs have
 * three; each level writes its text once more, so that this also bounds the output to 16 times the tx. */
export const MAX_DEPTH = 16;

/** State of reading one tx: the registry, and the messages and signers found so far. */
export interface Scope {
  readonly registry: Registry;
  /** Prefix of account addresses; undefined: addresses can't be written, messages with them stay raw. */
  readonly prefix: string | undefined;
  /** Path to the value that is being read, for errors: `['msg 0 bank/MsgSend', '.amount', '[1]', '.amount']`. */
  readonly path: string[];
  /** Raw addresses that sign, in order, with repeats; of the tx's own messages, not of those nested in them. */
  readonly signers: Uint8Array[];
  /** Messages in the order parent, its children; filled while reading. */
  readonly messages: Message[];
  /** Position of the message being read: its index in the tx and its path within that message. */
  index: number;
  messagePath: string;
  depth: number;
  /** False once something in the message being read can't be shown as the chain's REST shows it. */
  understood: boolean;
}

export const newScope = (registry: Registry, prefix: string | undefined): Scope => ({
  registry,
  prefix,
  path: [],
  signers: [],
  messages: [],
  index: 0,
  messagePath: '',
  depth: 0,
  understood: true,
});

/** Runs `read` with one more segment on the path, which an error keeps. */
export function within<T>(scope: Scope, segment: string, read: () => T): T {
  scope.path.push(segment);
  const result = read();
  scope.path.pop();
  return result;
}

/** Runs `read`; an error is told with the path that was reached, once. */
export function withPath<T>(scope: Scope, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BaleenError) || error.code === 'DECODE_AMINO') throw error;
    throw new BaleenError('data', 'DECODE_AMINO', `${where(scope)}: ${error.message}`, {
      cause: error,
    });
  }
}

export const aminoError = (scope: Scope, expected: string, found: string): BaleenError =>
  new BaleenError('data', 'DECODE_AMINO', `${where(scope)}: expected ${expected}, found ${found}`);

const where = (scope: Scope): string => scope.path.join('') || 'tx';
