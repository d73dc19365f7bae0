import { BaleenError, type Message } from '@baleen/chain';
import type { Registry } from './registry.ts';

/** Most levels of interfaces within interfaces (a multisig of multisigs, authorised messages within authorised ones). Real txs have three
 * levels. Each level writes its text once more, so this also limits the output to 16 times the size of the tx. */
export const MAX_DEPTH = 16;

/** What the amino reader knows while it reads one tx: the registered types, and the messages and signers that it has found so far. */
export interface Scope {
  readonly registry: Registry;
  /** Prefix of account addresses. If it is undefined, addresses can't be written, and messages that contain one stay raw. */
  readonly prefix: string | undefined;
  /** Path to the value that is being read, for error messages: `['msg 0 bank/MsgSend', '.amount', '[1]', '.amount']`. */
  readonly path: string[];
  /** Raw addresses of the signers of the tx's own messages, in order and with repeats. Nested messages add none. */
  readonly signers: Uint8Array[];
  /** The messages that were found so far, each followed by those nested in it. */
  readonly messages: Message[];
  /** Position of the message that is being read, as in `Message.index` and `Message.path`. */
  index: number;
  messagePath: string;
  depth: number;
  /** Whether a message stays raw whose bytes do not fit its registered type: nobody knows the application, whose own type of that name
   * may be another. false: the node refuses such a tx. */
  readonly keepsMisfits: boolean;
  /** Becomes true with the first message of the tx that stays raw so. */
  hasMisfit: boolean;
  /** Becomes false if a part of the message that is being read can't be printed as the chain's REST server prints it. */
  understood: boolean;
}

/** Returns the scope for reading a new tx. */
export const newScope = (registry: Registry, prefix: string | undefined, keepsMisfits: boolean): Scope => ({
  registry,
  prefix,
  keepsMisfits,
  hasMisfit: false,
  path: [],
  signers: [],
  messages: [],
  index: 0,
  messagePath: '',
  depth: 0,
  understood: true,
});

/** Runs `read` with one more segment on the path. If `read` throws, the segment stays, so that the error names it. */
export function within<T>(scope: Scope, segment: string, read: () => T): T {
  scope.path.push(segment);
  const result = read();
  scope.path.pop();
  return result;
}

/** Runs `read`. If it throws, the path to the value is added to the error, unless it has it already. */
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
