import { decodeBech32 } from '@baleen/codec';

/** A whole JSON string that looks like an account address of 20 bytes: prefix, 1, 32 + 6 characters. */
const ADDRESS = /"([a-z][a-z0-9]*)1[02-9ac-hj-np-z]{38}"/g;
/** Prefixes of operators, consensus addresses and public keys stand beside those of accounts. */
const OTHER_KIND = /(valoper|valcons|pub)$/;
/** A bech32 prefix has at most 83 characters; with `1`, 38 more and two quotes. */
const LONGEST_QUOTED = 83 + 1 + 38 + 2;

/** Finds the prefix of account addresses in a stream of JSON. */
export interface PrefixFinder {
  /** The prefix, as soon as one is seen. */
  push(chunk: Uint8Array): string | undefined;
}

export function createPrefixFinder(): PrefixFinder {
  let found: string | undefined;
  let tail = '';
  return {
    push(chunk) {
      if (found !== undefined) return found;
      const text = tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
      for (const [quoted, prefix] of text.matchAll(ADDRESS)) {
        if (prefix !== undefined && !OTHER_KIND.test(prefix) && isAddress(quoted.slice(1, -1))) {
          found = prefix;
          break;
        }
      }
      tail = text.slice(-LONGEST_QUOTED);
      return found;
    },
  };
}

function isAddress(text: string): boolean {
  try {
    return decodeBech32(text).bytes.length === 20;
  } catch {
    return false;
  }
}
