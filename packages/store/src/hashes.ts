export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

/** The first 12 hex digits of a hash, for messages. */
export const shortHash = (hash: Uint8Array): string =>
  hash.length === 0 ? 'empty' : Buffer.from(hash).toString('hex').slice(0, 12);
