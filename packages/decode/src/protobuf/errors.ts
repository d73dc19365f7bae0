import { BaleenError } from '@baleen/chain';

/** An error on its way up: every level puts the place it knows in front, the top makes a sentence of it. */
class PlacedError extends Error {
  readonly place: string;
  constructor(place: string, message: string, cause: unknown) {
    super(message, { cause });
    this.place = place;
  }
}

export const misfit = (expected: string, found: string): BaleenError =>
  new BaleenError('data', 'DECODE_PROTOBUF', `expected ${expected}, found ${found}`);

/** Puts `place` (`.amount[1]`) in front of where `error` happened. Programming mistakes pass untouched. */
export function placed(error: unknown, place: string): unknown {
  if (error instanceof PlacedError) return new PlacedError(place + error.place, error.message, error.cause);
  return error instanceof BaleenError ? new PlacedError(place, error.message, error) : error;
}

/** The error that leaves this room: `msg 0 /cosmos.bank.v1beta1.MsgSend.amount[1].amount: expected …, found …`. */
export function finished(error: unknown): unknown {
  if (!(error instanceof PlacedError)) return error;
  return new BaleenError('data', 'DECODE_PROTOBUF', `${error.place}: ${error.message}`, {
    cause: error.cause,
  });
}

/** Found texts are the chain's users' choice: shown in full only when short. */
export const shorten = (text: string): string =>
  JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
