import type { ErrorKind } from '@baleen/chain';

/** Exit codes of the command `baleen`. They never change their meaning, since scripts rely on them. */
export const EXIT = {
  done: 0,
  dataDisagree: 1,
  wrongUse: 2,
  unreachable: 3,
  incomplete: 4,
  /** A fault of Baleen itself (sysexits' EX_SOFTWARE). */
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_OF_KIND: Readonly<Record<ErrorKind, ExitCode>> = {
  data: EXIT.dataDisagree,
  operator: EXIT.wrongUse,
  source: EXIT.unreachable,
  bug: EXIT.bug,
};
