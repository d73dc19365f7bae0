import { BaleenError } from '@baleen/chain';

/** The error codes for a file's content: it is damaged, or it is in a format that this reader does not know. */
export type FailCode = 'LEVELDB_CORRUPT' | 'LEVELDB_UNSUPPORTED';

/** Makes an error about one place in one file, such as a block of a table, from what was expected there and what was found. */
export type Fail = (expected: string, found: string, code?: FailCode) => BaleenError;

const NEXT_STEP: Readonly<Record<FailCode, string>> = {
  LEVELDB_CORRUPT: 'restore the file or index another copy',
  LEVELDB_UNSUPPORTED: "index a copy with goleveldb, or the node's RPC",
};

/** Returns the function that makes errors about one place in a file.
 *
 * @param what  kind of file: `table`, `log` or `manifest`
 * @param where  the place with its offset in bytes, e.g. `block at 4096` */
export function corruptAt(what: string, path: string, where: string): Fail {
  return (expected, found, code = 'LEVELDB_CORRUPT') =>
    new BaleenError(
      'data',
      code,
      `read ${what} ${path}, ${where}: expected ${expected}, found ${found}; ${NEXT_STEP[code]}`,
    );
}

export const hex32 = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`;

/** Returns Node's code of a failed system call (`ENOENT`, `EACCES`, ...); undefined if the error is another one. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
    ? error.code
    : undefined;
}
