import { BaleenError } from '@baleen/chain';

/** Makes the error of one place in one file: only expected and found are left to say. */
export type Fail = (expected: string, found: string) => BaleenError;

/** A `Fail` for `what` (`table`, `log`, `manifest`) at `path`, at the place `where` names with its offset. */
export function corruptAt(what: string, path: string, where: string): Fail {
  return (expected, found) =>
    new BaleenError(
      'data',
      'LEVELDB_CORRUPT',
      `read ${what} ${path}, ${where}: expected ${expected}, found ${found}; restore the file or index another copy`,
    );
}

export const hex32 = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`;

/** Node's code of a failed system call (`ENOENT`, `EACCES`, ...), undefined for other errors. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
    ? error.code
    : undefined;
}
