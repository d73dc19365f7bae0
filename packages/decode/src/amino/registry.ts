import { sha256, toHex } from '@baleen/codec';
import type { Registration } from './schema.ts';

/** The types that the software of one era registered with amino. */
export interface Registry {
  /** Types by their prefix (4 bytes), and also by `00`, their disambiguation (3 bytes) and their prefix. Keys are upper-case hex. */
  readonly types: ReadonlyMap<string, Registration>;
  /** Name and amino prefix of the type of the tx itself. */
  readonly tx: { readonly name: string; readonly prefix: string };
  /** Bech32 prefix of account addresses, used if the source does not tell one. */
  readonly bech32Prefix: string | undefined;
}

/** Computes the disambiguation and prefix bytes of a registered name, in upper-case hex.
 *
 * They are cut from the name's sha256: zero bytes are skipped, the next 3 bytes are the disambiguation, zero bytes are skipped again, and
 * the next 4 bytes are the prefix (go-amino codec.go, nameToDisfix, v0.15.1). */
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

/** Returns the name of a message type that is the same in all eras: the name of the protobuf type that replaced it. */
export const uniformName = (registration: Registration): string =>
  registration.successor ?? registration.name.replace('/', '.');

function skipZeros(bytes: Uint8Array, from: number): number {
  let pos = from;
  while (bytes[pos] === 0) pos++;
  return pos;
}
