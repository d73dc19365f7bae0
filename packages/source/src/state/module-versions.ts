import { decodeUtf8 } from '@baleen/codec';
import type { Multistore } from '@baleen/iavl';

const STORE = 'upgrade';
/** Key `02` + the module's name, value: 8 bytes, big endian (sdk x/upgrade/types/keys.go VersionMapByte, since 0.43). */
const VERSIONS = { gte: Uint8Array.of(0x02), lt: Uint8Array.of(0x03) };

/** The consensus version of each module, as the upgrade module stored it. Entries of another shape are left out. */
export function readModuleVersions(multistore: Multistore, height: number): Record<string, number> {
  const stores = multistore.stores(height);
  if (!stores.some(({ name, kind }) => name === STORE && kind === 'iavl')) return {};
  const versions: Record<string, number> = {};
  for (const [key, value] of multistore.tree(STORE, height).entries(VERSIONS)) {
    const name = decodeUtf8(key.subarray(1));
    if (typeof name !== 'string' || value.length !== 8) continue;
    versions[name] = Number(new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0));
  }
  return versions;
}
