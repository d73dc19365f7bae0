import { sha256, toHex } from '@baleen/codec';
import type { Registration } from './schema.ts';

/** The names that one era's software registered with amino. */
export interface Registry {
  /** Types by their prefix in upper-case hex, and by disambiguation and prefix, `00` · 3 bytes · 4 bytes. */
  readonly types: ReadonlyMap<string, Registration>;
  /** Prefix of the tx itself. */
  readonly tx: { readonly name: string; readonly prefix: string };
  /** Prefix of account addresses when the source tells none. */
  readonly bech32Prefix: string | undefined;
}

/** Prefix and disambiguation bytes of a registered name, upper-case hex.
 *
 * sha256 of the name; zero bytes are skipped; 3 bytes disambiguation; zero bytes are skipped; 4 bytes prefix
 * (go-amino codec.go, nameToDisfix, v0.15.1). */
export function aminoPrefix(name: string): { readonly disambiguation: string; readonly prefix: string } {
  const digest = sha256(Buffer.from(name));
  const first = skipZeros(digest, 0);
  const second = skipZeros(digest, first + 3);
  const hex = (from: number, to: number): string => toHex(digest.subarray(from, to)).toUpperCase();
  return { disambiguation: hex(first, first + 3), prefix: hex(second, second + 4) };
}

export function makeRegistry(
  txName: string,
  bech32Prefix: string | undefined,
  registrations: readonly Registration[],
): Registry {
  const types = new Map<string, Registration>();
  for (const registration of registrations) {
    const { disambiguation, prefix } = aminoPrefix(registration.name);
    if (types.has(prefix))
      throw new TypeError(`${registration.name} and ${types.get(prefix)?.name} share a prefix`);
    types.set(prefix, registration);
    types.set(`00${disambiguation}${prefix}`, registration);
  }
  return { types, tx: { name: txName, prefix: aminoPrefix(txName).prefix }, bech32Prefix };
}

/** Uniform name of a message, that of its protobuf successor. */
export const uniformName = (registration: Registration): string =>
  registration.successor ?? registration.name.replace('/', '.');

function skipZeros(bytes: Uint8Array, from: number): number {
  let pos = from;
  while (bytes[pos] === 0) pos++;
  return pos;
}
