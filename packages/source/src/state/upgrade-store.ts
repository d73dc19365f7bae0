/** What the store of the upgrade module says of the application's past. Entries of another shape are left out.
 *
 *     01 · name           8 bytes, big endian: the height    plans that were carried out, before SDK 0.46
 *     01 · height · name  01                                 the same since (the height in 8 bytes, big endian)
 *     02 · module         8 bytes, big endian                version of each module, since SDK 0.43
 *
 * (cosmos-sdk x/upgrade/types/keys.go and x/upgrade/keeper/keeper.go at v0.44.5 and v0.47.5) */
import { BaleenError, type DonePlan } from '@baleen/chain';
import { decodeUtf8 } from '@baleen/codec';
import type { Multistore } from '@baleen/iavl';

const STORE = 'upgrade';
const DONE = { gte: Uint8Array.of(0x01), lt: Uint8Array.of(0x02) };
const VERSIONS = { gte: Uint8Array.of(0x02), lt: Uint8Array.of(0x03) };

/** The consensus version of each module; empty: none is stored. */
export function readModuleVersions(multistore: Multistore, height: number): Record<string, number> {
  const versions: Record<string, number> = {};
  for (const [key, value] of entries(multistore, height, VERSIONS)) {
    const name = decodeUtf8(key.subarray(1));
    if (typeof name === 'string' && value.length === 8) versions[name] = toNumber(value);
  }
  return versions;
}

/** Upgrades that were carried out, in order of heights, with the stores that were committed at each. */
export function readDonePlans(multistore: Multistore, height: number): DonePlan[] {
  const plans: DonePlan[] = [];
  for (const [key, value] of entries(multistore, height, DONE)) {
    const isOld = value.length === 8;
    if (!isOld && (value.length !== 1 || key.length < 10)) continue;
    const name = decodeUtf8(key.subarray(isOld ? 1 : 9));
    if (typeof name === 'string') plans.push({ name, height: toNumber(isOld ? value : key.subarray(1, 9)) });
  }
  return plans
    .sort((one, other) => one.height - other.height)
    .map((plan) => ({ ...plan, stores: treesIfCommitted(multistore, plan.height) }));
}

/** Names of the stores with a tree that were committed at a height.
 * @throws BaleenError  as `stores` */
export const treesOf = (multistore: Multistore, height: number): string[] =>
  multistore
    .stores(height)
    .filter(({ kind }) => kind === 'iavl')
    .map(({ name }) => name);

/** undefined: the node began above that height, or what it committed there can't be read. */
function treesIfCommitted(multistore: Multistore, height: number): string[] | undefined {
  try {
    return treesOf(multistore, height);
  } catch (error) {
    if (error instanceof BaleenError) return undefined;
    throw error;
  }
}

function entries(multistore: Multistore, height: number, range: typeof DONE) {
  const isThere = multistore.stores(height).some(({ name, kind }) => name === STORE && kind === 'iavl');
  return isThere ? multistore.tree(STORE, height).entries(range) : [];
}

const toNumber = (bytes: Uint8Array): number =>
  Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0));
